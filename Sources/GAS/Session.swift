import Foundation

/// One browser's stay. The browser holds a random token; the store knows only its hash.
public struct Session: Sendable, Hashable {
    /// SHA-256 of the token, in lower-case hexadecimal.
    public let tokenHash: String
    /// Who is signed in.
    public let accountID: AccountID
    /// When the person signed in.
    public let created: Date
    /// When it was last used.
    public var lastSeen: Date
    /// Random, echoed by every form that changes something.
    public let csrfToken: String
    /// The browser's own description of itself, for the list of sessions.
    public let userAgent: String
    /// What an identity provider gave for this stay, sealed; `nil` for who signed in with a password.
    public let sealedTokens: String?

    /// Describes a session.
    public init(
        tokenHash: String, accountID: AccountID, created: Date, lastSeen: Date, csrfToken: String, userAgent: String,
        sealedTokens: String? = nil
    ) {
        self.tokenHash = tokenHash
        self.accountID = accountID
        self.created = created
        self.lastSeen = lastSeen
        self.csrfToken = csrfToken
        self.userAgent = userAgent
        self.sealedTokens = sealedTokens
    }
}

/// Keeps the sessions, so that any web server can answer any request.
public protocol SessionStore: Sendable {
    /// Adds a session.
    func add(_ session: Session) async throws

    /// The session, or `nil` when there is none.
    func session(tokenHash: String) async throws -> Session?

    /// Notes that the session was used.
    func touch(tokenHash: String, at time: Date) async throws

    /// Ends one session; ending what is not there is no error.
    func delete(tokenHash: String) async throws

    /// The sessions of one account, last used first.
    func sessions(of account: AccountID) async throws -> [Session]

    /// Removes sessions last used before `lastSeen`, or created before `created`.
    /// - Returns: how many.
    func deleteExpired(lastSeenBefore lastSeen: Date, createdBefore created: Date) async throws -> Int
}
