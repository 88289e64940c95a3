import Foundation
import GAS
import Testing

/// The rules of `PaymentStore`.
public enum PaymentStoreConformance: String, ConformanceRule {
    case customers = "a customer is found by its account, and replaced as a whole"
    case forgottenCustomer = "a customer that was forgotten is gone, and others stay"
    case events = "an event that was handled is known, however often it is noted"
    case forgetting = "events are forgotten by their age, and others stay"

    /// Runs the rule.
    public func check(_ store: any PaymentStore, clock: any TestClock) async throws {
        switch self {
        case .customers: try await customers(store)
        case .forgottenCustomer: try await forgottenCustomer(store)
        case .events: try await events(store, now: clock.now)
        case .forgetting: try await forgetting(store, now: clock.now)
        }
    }

    private func customers(_ store: any PaymentStore) async throws {
        let (ada, bob) = (AccountID(), AccountID())
        #expect(try await store.customer(of: ada) == nil)
        try await store.save(PaymentCustomer(account: ada, customer: "c1", subscription: "s1"))
        try await store.save(PaymentCustomer(account: bob, customer: "c2", subscription: "s2"))
        let later = PaymentCustomer(account: ada, customer: "c1", subscription: "s3")
        try await store.save(later)
        #expect(try await store.customer(of: ada) == later)
        #expect(try await store.customer(of: bob)?.subscription == "s2")
    }

    private func forgottenCustomer(_ store: any PaymentStore) async throws {
        let (ada, bob) = (AccountID(), AccountID())
        for account in [ada, bob] {
            try await store.save(PaymentCustomer(account: account, customer: "c", subscription: "s"))
        }
        for _ in 1...2 { try await store.forgetCustomer(of: ada) }
        #expect(try await store.customer(of: ada) == nil)
        #expect(try await store.customer(of: bob) != nil)
    }

    private func events(_ store: any PaymentStore, now: Date) async throws {
        let event = "event-\(UUID().uuidString)"
        #expect(try await !store.isHandled(event))
        try await store.markHandled(event, at: now)
        try await store.markHandled(event, at: now)
        #expect(try await store.isHandled(event))
        #expect(try await !store.isHandled(event + "x"))
    }

    private func forgetting(_ store: any PaymentStore, now: Date) async throws {
        let (old, new) = ("old-\(UUID().uuidString)", "new-\(UUID().uuidString)")
        try await store.markHandled(old, at: now.addingTimeInterval(-100))
        try await store.markHandled(new, at: now)
        #expect(try await store.forgetEvents(before: now.addingTimeInterval(-50)) == 1)
        #expect(try await !store.isHandled(old))
        #expect(try await store.isHandled(new))
    }
}
