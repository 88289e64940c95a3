import Foundation
import GAS
import Synchronization

/// Payments in memory.
public final class InMemoryPaymentStore: PaymentStore {
    private struct State {
        var customers: [AccountID: PaymentCustomer] = [:]
        var events: [String: Date] = [:]
    }

    private let faults: FaultInjector
    private let state = Mutex(State())

    /// Makes an empty store.
    /// - Parameter faults: passes `PaymentStore.customer`, `.save`, `.forgetCustomer`, `.isHandled`, `.markHandled`, `.forgetEvents`.
    public init(faults: FaultInjector = FaultInjector()) {
        self.faults = faults
    }

    /// Looks it up.
    public func customer(of account: AccountID) async throws -> PaymentCustomer? {
        try faults.around("PaymentStore.customer") { state.withLock { $0.customers[account] } }
    }

    /// Keeps it.
    public func save(_ customer: PaymentCustomer) async throws {
        try faults.around("PaymentStore.save") { state.withLock { $0.customers[customer.account] = customer } }
    }

    /// Forgets it.
    public func forgetCustomer(of account: AccountID) async throws {
        try faults.around("PaymentStore.forgetCustomer") { state.withLock { $0.customers[account] = nil } }
    }

    /// Looks it up.
    public func isHandled(_ event: String) async throws -> Bool {
        try faults.around("PaymentStore.isHandled") { state.withLock { $0.events[event] != nil } }
    }

    /// Keeps it.
    public func markHandled(_ event: String, at time: Date) async throws {
        try faults.around("PaymentStore.markHandled") { state.withLock { $0.events[event] = time } }
    }

    /// Filters.
    public func forgetEvents(before time: Date) async throws -> Int {
        try faults.around("PaymentStore.forgetEvents") {
            state.withLock { state in
                let old = state.events.filter { $0.value < time }
                for event in old.keys { state.events[event] = nil }
                return old.count
            }
        }
    }
}
