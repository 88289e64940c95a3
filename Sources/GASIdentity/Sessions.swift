import Crypto
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
    /// - Returns: the token for the browser, which is stored nowhere, and the session.
    public func begin(for account: AccountID, userAgent: String) async throws -> (token: String, session: Session) {
        let token = RandomToken.make()
        let session = Session(
            tokenHash: Self.hash(token),
            accountID: account,
            created: clock.now,
            lastSeen: clock.now,
            csrfToken: RandomToken.make(),
            userAgent: String(userAgent.prefix(200))
        )
        try await store.add(session)
        return (token, session)
    }

    /// The session of a token, or `nil` when there is none or it has ended.
    /// - Parameter touching: whether this counts as a request of the person, which keeps the session alive.
    public func session(token: String, touching: Bool) async throws -> Session? {
        guard let session = try await store.session(tokenHash: Self.hash(token)) else { return nil }
        let now = clock.now
        guard now.timeIntervalSince(session.lastSeen) < lifetime.idle,
            now.timeIntervalSince(session.created) < lifetime.absolute
        else {
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
        try await store.delete(tokenHash: Self.hash(token))
    }

    /// A token is random and long, so a plain hash is enough to make a stolen table useless.
    private static func hash(_ token: String) -> String {
        SHA256.hash(data: Array(token.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
