import Foundation
import GAS
import Testing

/// The rules of `SessionStore`. They can run one after the other on one store, whatever else it holds.
public enum SessionStoreConformance: String, ConformanceRule {
    case addedSessionIsReadBack = "a session that was added is read back whole"
    case missingSession = "a session that does not exist is read as nil; touching and deleting it is no error"
    case touch = "touching changes when a session was last seen, and nothing else"
    case delete = "a deleted session is gone, others stay"
    case sessionsOfAccount = "an account's sessions come last used first"
    case deleteExpired = "sessions expire by their last use or by their age, and are counted"

    /// Runs the rule.
    public func check(_ store: any SessionStore, clock: any TestClock) async throws {
        let now = Date(timeIntervalSince1970: clock.now.timeIntervalSince1970.rounded())
        let rules = SessionStoreRules(store: store, now: now)
        switch self {
        case .addedSessionIsReadBack: try await rules.addedSessionIsReadBack()
        case .missingSession: try await rules.missingSession()
        case .touch: try await rules.touch()
        case .delete: try await rules.delete()
        case .sessionsOfAccount: try await rules.sessionsOfAccount()
        case .deleteExpired: try await rules.deleteExpired()
        }
    }
}

private struct SessionStoreRules {
    let store: any SessionStore
    let now: Date
    let account = AccountID()

    private func added(created: Double = 0, lastSeen: Double = 0, of owner: AccountID? = nil) async throws -> Session {
        let session = Session.sample(
            of: owner ?? account,
            created: now.addingTimeInterval(created),
            lastSeen: now.addingTimeInterval(lastSeen)
        )
        try await store.add(session)
        return session
    }

    func addedSessionIsReadBack() async throws {
        let session = try await added(created: -5, lastSeen: -1)
        #expect(try await store.session(tokenHash: session.tokenHash) == session)
    }

    func missingSession() async throws {
        let hash = Session.sample(created: now, lastSeen: now).tokenHash
        #expect(try await store.session(tokenHash: hash) == nil)
        try await store.touch(tokenHash: hash, at: now)
        try await store.delete(tokenHash: hash)
        #expect(try await store.session(tokenHash: hash) == nil)
    }

    func touch() async throws {
        var session = try await added()
        let other = try await added()
        session.lastSeen = now.addingTimeInterval(60)
        try await store.touch(tokenHash: session.tokenHash, at: session.lastSeen)
        #expect(try await store.session(tokenHash: session.tokenHash) == session)
        #expect(try await store.session(tokenHash: other.tokenHash) == other)
    }

    func delete() async throws {
        let session = try await added()
        let other = try await added()
        try await store.delete(tokenHash: session.tokenHash)
        #expect(try await store.session(tokenHash: session.tokenHash) == nil)
        #expect(try await store.sessions(of: account) == [other])
    }

    func sessionsOfAccount() async throws {
        let second = try await added(lastSeen: 2)
        let third = try await added(lastSeen: 1)
        let first = try await added(lastSeen: 3)
        _ = try await added(of: AccountID())
        #expect(try await store.sessions(of: account) == [first, second, third])
        #expect(try await store.sessions(of: AccountID()).isEmpty)
    }

    func deleteExpired() async throws {
        // Times of their own, before whatever else the store holds.
        let early = -2e9
        let idle = try await added(created: early, lastSeen: early + 9)
        let old = try await added(created: early - 1, lastSeen: early + 20)
        let edge = try await added(created: early, lastSeen: early + 10)
        let removed = try await store.deleteExpired(
            lastSeenBefore: now.addingTimeInterval(early + 10),
            createdBefore: now.addingTimeInterval(early)
        )
        #expect(removed == 2)
        for session in [idle, old] { #expect(try await store.session(tokenHash: session.tokenHash) == nil) }
        #expect(try await store.sessions(of: account) == [edge])
        try await store.delete(tokenHash: edge.tokenHash)
    }
}
