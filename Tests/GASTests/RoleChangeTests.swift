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
        let asked = Initiator(ada.id, from: "203.0.113.5")
        #expect(try await change.give(.premium, to: ada.id, by: asked))
        #expect(try await !change.give(.premium, to: ada.id, by: asked))
        #expect(try await !change.give(.premium, to: AccountID()))
        #expect(audit.events.map(\.kind) == [.roleChangeBegun, .roleChanged])
        #expect(Set(audit.events.map(\.detail)) == ["free_user to premium_user"])
        #expect(audit.events.allSatisfy { $0.account == ada.id && $0.about == nil && $0.address == "203.0.113.5" })
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
        #expect(audit.events.map(\.kind) == [.roleChangeBegun])
    }

    /// Of several clicks at once one makes the change, and the log says of one alone that it was made.
    @Test func aChangeThatSomebodyElseMadeDoesNotReadAsMade() async throws {
        let ada = try await added()
        let changed = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 1...8 {
                group.addTask { [change] in
                    try await change.give(.premium, to: ada.id, by: Initiator(ada.id, from: "203.0.113.5"))
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(changed == 1)
        #expect(audit.events.count { $0.kind == .roleChanged } == 1)
        #expect(audit.events.first?.kind == .roleChangeBegun)
        #expect(try await queue.depth().visible == 1)
    }

    /// On the word of a payment provider nobody is there who did it.
    @Test func theServiceIsNotedForWhatItDoes() async throws {
        let ada = try await added()
        #expect(try await change.give(.premium, to: ada.id))
        #expect(audit.events.allSatisfy { $0.account == nil && $0.about == ada.id && $0.address.isEmpty })
    }
}
