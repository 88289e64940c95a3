import Foundation
import GAS

/// Understands what Glacier announces by itself.
public protocol GlacierAnnouncements: Sendable {
    /// The retrievals whose end a message announces.
    /// - Returns: none when nobody waits for what is announced; `nil` when the message is not Glacier's.
    func retrievals(announcedIn body: Data) async throws -> [RetrievalEnded]?
}

/// The queue `thaw` where Glacier itself writes to it, so that who reads it finds nothing but `RetrievalEnded`.
public struct GlacierThawQueue: Queue {
    private let queue: any Queue
    private let topic: any Topic
    private let archive: any GlacierAnnouncements

    /// - Parameters:
    ///   - queue: gets Glacier's announcements, raw or in SNS's envelope, and our own messages.
    ///   - topic: reaches that queue; for messages of Glacier's that announce several retrievals.
    public init(queue: any Queue, topic: any Topic, archive: any GlacierAnnouncements) {
        self.queue = queue
        self.topic = topic
        self.archive = archive
    }

    /// The queue's own name.
    public var name: String { queue.name }

    /// Receives, and translates what Glacier announced. What nobody waits for is removed.
    public func receive(limit: Int, visibility: Double, wait: Double) async throws -> [Delivery] {
        var deliveries: [Delivery] = []
        for delivery in try await queue.receive(limit: limit, visibility: visibility, wait: wait) {
            guard let retrievals = try await archive.retrievals(announcedIn: delivery.body) else {
                deliveries.append(delivery)
                continue
            }
            if retrievals.count == 1 {
                deliveries.append(delivery.with(body: try retrievals[0].encoded()))
            } else {
                for retrieval in retrievals { try await topic.publish(retrieval.encoded()) }
                try await queue.delete(delivery.receipt)
            }
        }
        return deliveries
    }

    /// Removes the message.
    public func delete(_ receipt: Delivery.Receipt) async throws { try await queue.delete(receipt) }

    /// Hides the message.
    public func hide(_ receipt: Delivery.Receipt, seconds: Double) async throws {
        try await queue.hide(receipt, seconds: seconds)
    }

    /// Puts the message off as it was translated.
    public func postpone(_ delivery: Delivery, seconds: Double) async throws {
        try await queue.postpone(delivery, seconds: seconds)
    }

    /// The queue's own count.
    public func depth() async throws -> QueueDepth { try await queue.depth() }
}

extension Delivery {
    fileprivate func with(body: Data) -> Delivery {
        Delivery(messageID: messageID, body: body, receiveCount: receiveCount, sent: sent, receipt: receipt)
    }
}
