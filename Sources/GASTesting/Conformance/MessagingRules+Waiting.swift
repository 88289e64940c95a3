import Foundation
import GAS
import Testing

extension MessagingRules {
    /// A receiver that waits, and what is done meanwhile. Time passes only where the rule needs it.
    private func received(from queue: any Queue, while body: @Sendable () async throws -> Void) async throws
        -> [Delivery]
    {
        async let deliveries = within { [unit] in
            try await queue.receive(limit: 10, visibility: 2 * unit, wait: 10 * unit)
        }
        // The receiver should be waiting by now; if it is not, the rule holds all the same.
        try await Task.sleep(for: .milliseconds(20))
        try await body()
        return try await deliveries
    }

    func waitEnds() async throws {
        let start = clock.now
        let deliveries = try await whileTimePasses(clock) { [queue, unit] in
            try await queue.receive(limit: 10, visibility: unit, wait: 2 * unit)
        }
        #expect(deliveries.isEmpty)
        #expect(clock.now.timeIntervalSince(start) >= 2 * unit)
    }

    func publishWakes() async throws {
        let deliveries = try await received(from: queue) { try await publish() }
        #expect(deliveries.count == 1)
    }

    func givingBackWakes() async throws {
        try await publish()
        let held = try await receiveOne()
        let deliveries = try await received(from: queue) { try await queue.hide(held.receipt, seconds: 0) }
        #expect(deliveries.map(\.messageID) == [held.messageID])
    }

    func dueWakes() async throws {
        let start = clock.now
        let delayed = try await whileTimePasses(clock) { [messaging, unit] in
            try await messaging.topic.publish(Data("{}".utf8))
            return try await messaging.delayed.receive(limit: 10, visibility: 2 * unit, wait: 10 * unit)
        }
        #expect(delayed.count == 1)
        #expect(clock.now.timeIntervalSince(start) >= 2 * unit)
        let held = try await receiveOne()
        let again = try await whileTimePasses(clock) { [queue, unit] in
            try await queue.receive(limit: 10, visibility: 2 * unit, wait: 10 * unit)
        }
        #expect(again.map(\.messageID) == [held.messageID])
    }

    func cancellation() async throws {
        let receiver = Task { [queue, unit] in
            try await queue.receive(limit: 10, visibility: unit, wait: 10 * unit)
        }
        try await Task.sleep(for: .milliseconds(20))
        let start = ContinuousClock.now
        receiver.cancel()
        // Whether it throws or returns nothing is the adapter's choice.
        let outcome = await receiver.result
        #expect(ContinuousClock.now - start < .seconds(8), "a busy machine may take a while, a whole wait is longer")
        #expect((try? outcome.get().isEmpty) ?? true)
    }
}
