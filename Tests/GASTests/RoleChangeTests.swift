import Foundation
import GAS
import GASTesting
import Testing

@Suite struct RoleChangeTests {
    private let clock = ManualClock()
    private let faults = FaultInjector()
    private let queue: InMemoryQueue
    private let accounts: InMemoryAccountStore
    private let audit: InMemoryAuditLog
    private let change: RoleChange

    init() {
        queue = InMemoryQueue(name: "restore", clock: clock)
        accounts = InMemoryAccountStore(faults: faults)
        audit = InMemoryAuditLog(faults: faults)
        let topic = InMemoryTopic(queues: [queue])
        change = RoleChange(
            accounts: accounts, announcement: RoleAnnouncement(restoreRequests: topic, archiveRequests: topic),
            audit: audit, clock: clock)
    }

    private func added() async throws -> Account {
        let account = Account.sample(at: clock.now)
        #expect(try await accounts.add(account, passwordHash: nil))
        return account
    }

    @Test func aChangeIsNotedAndAnnouncedOnce() async throws {
        let ada = try await added()
        #expect(try await change.give(.premium, to: ada.id))
        #expect(try await !change.give(.premium, to: ada.id))
        #expect(try await !change.give(.premium, to: AccountID()))
        #expect(audit.events.map(\.detail) == ["free_user to premium_user"])
        #expect(try await queue.depth().visible == 1)
    }

    @Test(arguments: ["AuditLog.append", "AuditLog.append.done"])
    func whatCannotBeNotedDoesNotHappen(point: String) async throws {
        let ada = try await added()
        faults.arm(point)
        await #expect(throws: GASError.self) { try await change.give(.premium, to: ada.id) }
        #expect(try await accounts.account(ada.id)?.role == .free)
        #expect(try await change.give(.premium, to: ada.id))
        #expect(try await accounts.account(ada.id)?.role == .premium)
    }

    /// Wherever the process dies, a role that was changed was noted.
    @Test(arguments: ["AccountStore.changeRole", "AccountStore.changeRole.done"])
    func aChangeIsNeverLost(point: String) async throws {
        let ada = try await added()
        faults.arm(point)
        await #expect(throws: GASError.self) { try await change.give(.premium, to: ada.id) }
        #expect(audit.events.map(\.kind) == [.roleChanged])
    }
}
