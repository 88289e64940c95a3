import Foundation
import GAS
import GASTesting
import Synchronization
import Testing

/// What the provider says may be old by the time it is acted upon.
@Suite struct SubscriptionRaceTests {
    /// A provider whose word changes from call to call.
    private final class FickleProvider: PaymentProvider {
        let price: String? = "a lot"
        let origins: [String] = []
        let signatureHeader: String? = "Signature"
        private let answers: Mutex<[Bool]>
        private let account: AccountID

        init(account: AccountID, answers: [Bool]) {
            self.account = account
            self.answers = Mutex(answers)
        }

        private func next() -> Bool {
            answers.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        }

        func subscribe(_ account: Account) async throws -> PaymentStep { .redirect("https://pay.example") }
        func isPaid(_ reference: String, by account: Account) async throws -> Bool { next() }
        func portal(for account: Account) async throws -> String? { nil }
        func cancel(_ account: AccountID) async throws {}
        func read(_ notification: PaymentNotification) throws -> PaymentEvent {
            PaymentEvent(id: "e", kind: "k", subject: "s")
        }
        func standing(after event: PaymentEvent) async throws -> PaymentStanding? {
            PaymentStanding(account: account, isPaid: next())
        }
    }

    private func house(_ answers: [Bool]) async throws -> (Subscriptions, InMemoryAccountStore, Account) {
        let clock = ManualClock()
        let accounts = InMemoryAccountStore()
        let account = Account.sample(at: clock.now)
        #expect(try await accounts.add(account, passwordHash: nil))
        let topic = InMemoryTopic(queues: [])
        let subscriptions = Subscriptions(
            provider: FickleProvider(account: account.id, answers: answers), payments: InMemoryPaymentStore(),
            roleChange: RoleChange(
                accounts: accounts, announcement: RoleAnnouncement(restoreRequests: topic, archiveRequests: topic),
                audit: InMemoryAuditLog(), clock: clock),
            clock: clock)
        return (subscriptions, accounts, account)
    }

    @Test func aSubscriptionThatEndsWhileItIsConfirmedGivesNothing() async throws {
        let (subscriptions, accounts, account) = try await house([true, false])
        #expect(try await !subscriptions.finish("r", by: account))
        #expect(try await accounts.account(account.id)?.role == .free)
    }

    @Test(arguments: [[true, false], [true, false, true], [false, true]])
    func whatIsTrueInTheEndCounts(answers: [Bool]) async throws {
        let (subscriptions, accounts, account) = try await house(answers)
        try await subscriptions.receive(PaymentNotification(body: Data(), signature: ""))
        let expected: Role = answers.last == true ? .premium : .free
        #expect(try await accounts.account(account.id)?.role == expected)
    }
}
