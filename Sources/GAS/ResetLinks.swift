/// A link with which somebody who has forgotten their password chooses a new one.
public struct ResetLink: Sendable, Hashable {
    /// Holds a token that is stored nowhere.
    public let address: String
    /// So long it works, in seconds.
    public let lifetime: Double

    /// Describes a link.
    public init(address: String, lifetime: Double) {
        self.address = address
        self.lifetime = lifetime
    }
}

/// Makes such links.
public protocol ResetLinks: Sendable {
    /// A new link, which works once; `nil` for an account that has no password here.
    func make(for account: Account) async throws -> ResetLink?
}
