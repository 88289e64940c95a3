import Foundation
import GAS

/// Browsers' stays: begun at sign-in, ended at sign-out, after a while without a request, or after a day's work.
public struct Sessions: Sendable {
    /// How long a session lasts.
    public struct Lifetime: Sendable, Hashable {
        /// Seconds without a request.
        public let idle: Double
        /// Seconds since sign-in.
        public let absolute: Double
        /// How old the note of the last request grows before it is written again, in seconds: a write per page would
        /// cost more than it tells.
        public let touch: Double

        /// States a lifetime.
        public init(idle: Double, absolute: Double, touch: Double = 60) {
            self.idle = idle
            self.absolute = absolute
            self.touch = touch
        }
    }

    private let store: any SessionStore
    private let clock: any WallClock
    private let lifetime: Lifetime

    /// Makes the sessions of a store.
    public init(store: any SessionStore, clock: any WallClock, lifetime: Lifetime) {
        self.store = store
        self.clock = clock
        self.lifetime = lifetime
    }

    /// Begins a session with a token that nobody has seen before.
    /// - Parameters:
    ///   - userAgent: what the browser says of itself.
    ///   - sealedTokens: what an identity provider gave, sealed.
    /// - Returns: the token for the browser, which is stored nowhere, and the session.
    public func begin(
        for account: AccountID, userAgent: String, sealedTokens: String? = nil
    ) async throws -> (token: String, session: Session) {
        let token = RandomToken.make()
        let session = Session(
            tokenHash: RandomToken.hash(token),
            accountID: account,
            created: clock.now,
            lastSeen: clock.now,
            csrfToken: RandomToken.make(),
            userAgent: String(userAgent.prefix(200)),
            sealedTokens: sealedTokens
        )
        try await store.add(session)
        return (token, session)
    }

    /// The session of a token, or `nil` when there is none or it has ended.
    /// - Parameter touching: whether this counts as a request of the person, which keeps the session alive.
    public func session(token: String, touching: Bool) async throws -> Session? {
        guard let session = try await store.session(tokenHash: RandomToken.hash(token)) else { return nil }
        let now = clock.now
        guard !hasEnded(session) else {
            try await store.delete(tokenHash: session.tokenHash)
            return nil
        }
        if touching, now.timeIntervalSince(session.lastSeen) >= min(lifetime.touch, lifetime.idle / 2) {
            try await store.touch(tokenHash: session.tokenHash, at: now)
        }
        return session
    }

    /// Ends the session of a token on every server.
    public func end(token: String) async throws {
        try await store.delete(tokenHash: RandomToken.hash(token))
    }

    /// The sessions of an account that have not ended, last used first.
    public func sessions(of account: AccountID) async throws -> [Session] {
        try await store.sessions(of: account).filter { !hasEnded($0) }
    }

    /// The session of an account with this handle, or `nil`.
    public func session(handle: String, of account: AccountID) async throws -> Session? {
        try await sessions(of: account).first { $0.handle == handle }
    }

    /// Ends a session on every server.
    public func end(_ session: Session) async throws {
        try await store.delete(tokenHash: session.tokenHash)
    }

    private func hasEnded(_ session: Session) -> Bool {
        let now = clock.now
        return now.timeIntervalSince(session.lastSeen) >= lifetime.idle
            || now.timeIntervalSince(session.created) >= lifetime.absolute
    }
}

extension Session {
    /// Names the session in a page, where neither its token nor what is stored of it must stand.
    public var handle: String { String(RandomToken.hash(tokenHash).prefix(32)) }
}
