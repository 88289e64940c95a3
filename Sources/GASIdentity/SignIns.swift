import Foundation
import GAS

/// Signing in at identity providers, from leaving our sign-in page to having an account.
///
/// Nothing is kept here meanwhile: what must be remembered goes to the browser, sealed, so that any web server can go on,
/// and nobody can fill a store by beginning sign-ins. That it was used is noted, so that it is used once.
public struct SignIns: Sendable {
    /// The providers, in the order in which they are offered.
    public let providers: [any IdentityProvider]
    /// The accounts of those whom the providers sign in.
    public let accounts: ProviderAccounts
    private let tickets: any TicketStore
    private let seal: Seal
    private let clock: any WallClock
    private let patience: Double
    private let publicURL: String

    /// - Parameters:
    ///   - providers: no two of one name.
    ///   - patience: so long a sign-in may take, in seconds.
    ///   - publicURL: the address of the web server, to which the providers send browsers back.
    public init(
        providers: [any IdentityProvider], accounts: ProviderAccounts, tickets: any TicketStore, seal: Seal,
        clock: any WallClock, patience: Double, publicURL: String
    ) {
        self.providers = providers
        self.accounts = accounts
        self.tickets = tickets
        self.seal = seal
        self.clock = clock
        self.patience = patience
        self.publicURL = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
    }

    /// Seconds for which the browser keeps what `begin` gives.
    public var cookieSeconds: Double { patience }

    /// The provider of a name, or `nil`.
    public func provider(_ name: String) -> (any IdentityProvider)? { providers.first { $0.name == name } }

    /// A sign-in on its way.
    private struct Journey: Codable {
        let provider: String
        let attempt: SignInAttempt
        let next: String
    }

    /// What a sign-in led to.
    public struct Arrival: Sendable {
        /// Who it is.
        public let account: Account
        /// Whether the account was opened just now.
        public let isNew: Bool
        /// Where the person wanted to go.
        public let next: String
        /// What the provider gave, sealed, for the session.
        public let sealedTokens: String
    }

    /// Begins a sign-in.
    /// - Parameter next: where to go afterwards.
    /// - Returns: where to send the browser, and what it must bring back as a cookie.
    /// - Throws: `SignInFailure`.
    public func begin(at provider: any IdentityProvider, next: String) async throws -> (address: String, cookie: String)
    {
        let start = try await provider.begin(returningTo: redirect(of: provider))
        let journey = Journey(provider: provider.name, attempt: start.attempt, next: next)
        return (start.address, try seal.close(journey, for: Self.journeyPurpose))
    }

    /// Ends a sign-in.
    /// - Parameter cookie: as the browser brought it.
    /// - Throws: `SignInFailure`.
    public func finish(
        at provider: any IdentityProvider, _ answer: SignInAnswer, cookie: String?
    ) async throws -> Arrival {
        guard let journey = cookie.flatMap({ seal.open($0, as: Journey.self, for: Self.journeyPurpose) }),
            journey.provider == provider.name
        else { throw SignInFailure(.notBegun, at: provider.title) }
        let attempt = journey.attempt
        guard RandomToken.areEqual(answer.state, attempt.state) else { throw SignInFailure(.state, at: provider.title) }
        let end = attempt.started.addingTimeInterval(patience)
        guard clock.now < end else { throw SignInFailure(.tooLate, at: provider.title) }
        let used = Ticket(
            tokenHash: RandomToken.hash(attempt.state), purpose: .signIn, account: nil, content: "", expires: end)
        guard try await tickets.add(used) else { throw SignInFailure(.repeated, at: provider.title) }
        let voucher = try await provider.finish(answer, of: attempt, returningTo: redirect(of: provider))
        let (account, isNew) = try await accounts.account(of: voucher, at: provider)
        return Arrival(
            account: account, isNew: isNew, next: journey.next,
            sealedTokens: try seal.close(
                Kept(provider: provider.name, tokens: voucher.tokens), for: Self.purpose(of: account.id)))
    }

    /// The provider at which a session began; `nil` for one that began here, or at a provider that is no more offered.
    public func provider(of session: Session) -> (any IdentityProvider)? {
        kept(session).flatMap { provider($0.provider) }
    }

    /// Makes the tokens of a session worthless.
    /// - Throws: `SignInFailure` when the provider does not do it.
    public func revokeTokens(of session: Session) async throws {
        guard let kept = kept(session), let provider = provider(kept.provider) else { return }
        try await provider.revoke(kept.tokens)
    }

    /// The provider's page for signing out there; `nil` when it has none.
    public func signOutPage(of provider: any IdentityProvider) async throws -> String? {
        try await provider.signOutPage(returningTo: publicURL + "/")
    }

    private struct Kept: Codable {
        let provider: String
        let tokens: ProviderTokens
    }

    private func kept(_ session: Session) -> Kept? {
        session.sealedTokens.flatMap { seal.open($0, as: Kept.self, for: Self.purpose(of: session.accountID)) }
    }

    /// An address for each provider, so that none can pass on an answer that was meant for another (RFC 9700, section 4.4).
    private func redirect(of provider: any IdentityProvider) -> String {
        "\(publicURL)/login/\(provider.name)/callback"
    }

    private static let journeyPurpose = "sign-in"
    private static func purpose(of account: AccountID) -> String { "tokens of \(account)" }
}
