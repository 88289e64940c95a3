import Foundation
import GAS
import Synchronization

/// Sessions in memory.
public final class InMemorySessionStore: SessionStore {
    private let sessions = Mutex<[String: Session]>([:])
    private let faults: FaultInjector

    /// Makes an empty store.
    /// - Parameter faults: passes `SessionStore.add`, `.session`, `.touch`, `.delete`, `.sessions`, `.deleteExpired`.
    public init(faults: FaultInjector = FaultInjector()) {
        self.faults = faults
    }

    /// Keeps the session.
    public func add(_ session: Session) async throws {
        try faults.around("SessionStore.add") {
            try sessions.withLock { sessions in
                guard sessions[session.tokenHash] == nil else {
                    throw GASError(.conflict, "There is such a session already.")
                }
                sessions[session.tokenHash] = session
            }
        }
    }

    /// Gives the session.
    public func session(tokenHash: String) async throws -> Session? {
        try faults.around("SessionStore.session") {
            sessions.withLock { $0[tokenHash] }
        }
    }

    /// Changes when it was last seen.
    public func touch(tokenHash: String, at time: Date) async throws {
        try faults.around("SessionStore.touch") {
            sessions.withLock { $0[tokenHash]?.lastSeen = time }
        }
    }

    /// Forgets the session.
    public func delete(tokenHash: String) async throws {
        try faults.around("SessionStore.delete") {
            sessions.withLock { $0[tokenHash] = nil }
        }
    }

    /// Sorts the sessions of the account.
    public func sessions(of account: AccountID) async throws -> [Session] {
        try faults.around("SessionStore.sessions") {
            sessions.withLock { Array($0.values) }.filter { $0.accountID == account }
                .sorted { ($1.lastSeen, $0.tokenHash) < ($0.lastSeen, $1.tokenHash) }
        }
    }

    /// Forgets what has expired.
    public func deleteExpired(lastSeenBefore lastSeen: Date, createdBefore created: Date) async throws -> Int {
        try faults.around("SessionStore.deleteExpired") {
            sessions.withLock { sessions in
                let expired = sessions.values.filter { $0.lastSeen < lastSeen || $0.created < created }
                for session in expired { sessions[session.tokenHash] = nil }
                return expired.count
            }
        }
    }
}
