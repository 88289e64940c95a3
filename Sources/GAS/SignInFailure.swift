/// Why somebody could not be signed in by an identity provider.
public struct SignInFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong; the raw value goes to the audit log.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// This browser began no sign-in, or its cookie is not one of ours.
        case notBegun = "not-begun"
        /// The state is missing or belongs to another sign-in.
        case state
        /// The sign-in took too long.
        case tooLate = "too-late"
        /// The answer was used before.
        case repeated
        /// The person, or the provider, said no.
        case declined
        /// The answer names another provider than the one that was asked.
        case mixUp = "mix-up"
        /// The provider does not answer, or not in time.
        case unreachable
        /// What the provider says about itself cannot be used.
        case metadata
        /// The provider does not accept the code.
        case code
        /// The provider does not accept our client ID or secret.
        case client
        /// The provider's answer is not what the protocol says.
        case unreadable
        /// The proof is signed in a way that is not accepted, or not at all.
        case algorithm
        /// The proof is signed with a key that the provider does not publish.
        case key
        /// The signature is wrong.
        case signature
        /// The proof was made by somebody else.
        case issuer
        /// The proof was made for another service.
        case audience
        /// The proof was made for another sign-in.
        case nonce
        /// The proof is over.
        case expired
        /// The proof is of the future.
        case notYetValid = "not-yet-valid"
        /// The proof does not say who.
        case subject
        /// The proof belongs to another access token.
        case accessToken = "access-token"
        /// The provider described somebody else than it signed in.
        case otherPerson = "other-person"
    }

    /// What went wrong.
    public let reason: Reason
    /// What people call the provider.
    public let provider: String
    /// More about it, for the log; never a token or a secret.
    public let detail: String

    /// Describes a failure.
    public init(_ reason: Reason, at provider: String, detail: String = "") {
        self.reason = reason
        self.provider = provider
        self.detail = detail
    }

    /// Reason and detail, for the log.
    public var description: String {
        "\(provider): \(reason.rawValue)" + (detail.isEmpty ? "" : " (\(detail))")
    }

    /// Whether the provider is at fault, or we who set it up, rather than the person or whoever sent them.
    public var isProviderFault: Bool {
        switch reason {
        case .notBegun, .state, .tooLate, .repeated, .declined, .mixUp, .code: false
        default: true
        }
    }

    /// Whether the same may work in a while.
    public var isPassing: Bool { reason == .unreachable || reason == .key }

    /// One sentence or two for the person.
    public var message: String {
        let again = "Please sign in again."
        let told = "This was noted in the log of this service."
        return switch reason {
        case .notBegun: "This sign-in was not begun in this browser, or is over already. \(again)"
        case .state: "The answer of \(provider) does not belong to the sign-in that was begun in this browser. \(again)"
        case .tooLate: "This sign-in has taken too long. \(again)"
        case .repeated: "This sign-in was used already. \(again)"
        case .declined: "\(provider) did not sign you in: it was declined there."
        case .mixUp: "The answer came from another provider than \(provider). \(again)"
        case .unreachable: "\(provider) does not answer now. Please try again in a minute."
        case .metadata: "What \(provider) says about itself cannot be used. \(told)"
        case .code: "\(provider) did not accept this sign-in any more. \(again)"
        case .client: "\(provider) does not accept this service. \(told)"
        case .unreadable: "The answer of \(provider) was not understood. \(told)"
        case .algorithm: "The proof that \(provider) gave is signed in a way that is not accepted here. \(told)"
        case .key: "The proof that \(provider) gave is signed with an unknown key. Please try again in a minute."
        case .signature: "The proof that \(provider) gave has a wrong signature. \(told)"
        case .issuer: "The proof that \(provider) gave was made by another provider. \(told)"
        case .audience: "The proof that \(provider) gave was made for another service. \(told)"
        case .nonce: "The proof that \(provider) gave was made for another sign-in. \(again)"
        case .expired: "The proof that \(provider) gave has expired. \(again)"
        case .notYetValid: "The proof that \(provider) gave is not valid yet: a clock must be wrong. \(told)"
        case .subject: "The proof that \(provider) gave does not say who you are. \(told)"
        case .accessToken: "The proof that \(provider) gave belongs to another answer. \(told)"
        case .otherPerson: "\(provider) described somebody else than it signed in. \(told)"
        }
    }
}
