import Foundation

/// Somebody elsewhere who signs people in and vouches for who they are.
///
/// The browser is sent to the provider with `begin`, comes back with an answer, and `finish` makes sure of it. Calls
/// throw `SignInFailure`.
public protocol IdentityProvider: Sendable {
    /// Its name in settings and addresses: lower-case letters and digits.
    var name: String { get }

    /// What people call it.
    var title: String { get }

    /// Begins a sign-in; nothing is remembered here.
    /// - Parameter redirect: where the provider sends the browser back to.
    func begin(returningTo redirect: String) async throws -> SignInStart

    /// Makes sure of what the provider says about a sign-in.
    /// - Parameters:
    ///   - answer: as the browser brought it back; its state was compared already.
    ///   - attempt: what `begin` gave, kept where nobody but this browser's owner could have put it.
    ///   - redirect: as it was given to `begin`.
    func finish(_ answer: SignInAnswer, of attempt: SignInAttempt, returningTo redirect: String) async throws -> Voucher

    /// What the provider knows about a person beyond what the voucher says.
    func details(of voucher: Voucher) async throws -> PersonalDetails

    /// Makes tokens worthless. Tokens that are worthless already are no error.
    func revoke(_ tokens: ProviderTokens) async throws

    /// The provider's own page for signing out there, from which people come back; `nil` when it has none.
    func signOutPage(returningTo address: String) async throws -> String?
}

/// Where a sign-in begins, and what must be remembered until it ends.
public struct SignInStart: Sendable, Hashable {
    /// The provider's page to send the browser to.
    public let address: String
    /// To be kept for `IdentityProvider.finish`.
    public let attempt: SignInAttempt

    /// Describes the beginning of a sign-in.
    public init(address: String, attempt: SignInAttempt) {
        self.address = address
        self.attempt = attempt
    }
}

/// The secrets of one sign-in, each of them random and used once.
public struct SignInAttempt: Sendable, Hashable, Codable {
    /// Comes back with the browser: proof that this browser began the sign-in (RFC 6749, section 10.12).
    public let state: String
    /// Comes back inside the ID token: proof that it was made for this sign-in (OpenID Connect Core 1.0, section 3.1.2.1).
    public let nonce: String
    /// Goes to the provider when the code is redeemed: proof that we asked for the code (RFC 7636).
    public let verifier: String
    /// When it began.
    public let started: Date

    /// Describes an attempt.
    public init(state: String, nonce: String, verifier: String, started: Date) {
        self.state = state
        self.nonce = nonce
        self.verifier = verifier
        self.started = started
    }
}

/// What the browser brings back from the provider (RFC 6749, section 4.1.2; RFC 9207).
public struct SignInAnswer: Sendable, Hashable {
    /// As it was sent.
    public let state: String
    /// What the ID token is redeemed for; empty when the provider refused.
    public let code: String
    /// Who answers, when the provider says so; else empty.
    public let issuer: String
    /// Why the provider refused; else empty.
    public let error: String

    /// Takes an answer.
    public init(state: String, code: String, issuer: String, error: String) {
        self.state = state
        self.code = code
        self.issuer = issuer
        self.error = error
    }
}

/// Who somebody is, as a provider has proved.
public struct Voucher: Sendable, Hashable {
    /// Who.
    public let identity: Identity
    /// What the proof says about them besides; often not everything.
    public let details: PersonalDetails
    /// What the provider can be asked with.
    public let tokens: ProviderTokens

    /// Describes a voucher.
    public init(identity: Identity, details: PersonalDetails, tokens: ProviderTokens) {
        self.identity = identity
        self.details = details
        self.tokens = tokens
    }
}
