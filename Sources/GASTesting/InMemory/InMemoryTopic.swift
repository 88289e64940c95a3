import Foundation
import GAS

/// A topic that puts each message into all of its queues.
public struct InMemoryTopic: Topic {
    private let queues: [InMemoryQueue]
    private let faults: FaultInjector

    /// Makes a topic.
    /// - Parameters:
    ///   - queues: those subscribed.
    ///   - faults: passes `Topic.publish`.
    public init(queues: [InMemoryQueue], faults: FaultInjector = FaultInjector()) {
        self.queues = queues
        self.faults = faults
    }

    /// Puts the message into each queue.
    public func publish(_ body: Data) async throws {
        try faults.around("Topic.publish") {
            let id = UUID().uuidString.lowercased()
            for queue in queues { queue.add(id, body) }
        }
    }
}
