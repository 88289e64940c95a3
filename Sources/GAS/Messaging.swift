import Foundation

/// Where events are announced. What is published reaches every queue that is subscribed, at least once each.
public protocol Topic: Sendable {
    /// Publishes one message. When the call returns it is safe in every subscribed queue.
    func publish(_ body: Data) async throws
}

/// Where messages wait for a worker. Delivery is at least once and in no promised order.
public protocol Queue: Sendable {
    /// The queue's name, for logs and metrics.
    var name: String { get }

    /// Takes up to `limit` messages, which stay hidden from other receivers for `visibility` seconds.
    /// Waits up to `wait` seconds for the first one, woken as soon as one comes; then the result may be empty.
    func receive(limit: Int, visibility: Double, wait: Double) async throws -> [Delivery]

    /// Removes a message that was dealt with. A receipt that is no longer valid (the message became visible again and
    /// somebody else received it) removes nothing.
    func delete(_ receipt: Delivery.Receipt) async throws

    /// Hides a received message for `seconds` from now: more time for the worker, a pause before a retry, or 0 to give
    /// it back. A receipt that is no longer valid changes nothing.
    func hide(_ receipt: Delivery.Receipt, seconds: Double) async throws

    /// Gives a received message back, to be received again in `seconds` from now and no sooner; until then it is in nobody's
    /// hands. A receipt that is no longer valid changes nothing.
    func putBack(_ receipt: Delivery.Receipt, seconds: Double) async throws

    /// Puts off a received message that is not due yet, for `seconds` from now. That is no failure: however long it is to wait,
    /// the message neither goes to the dead letters nor gets lost for it. Where a wait takes several deliveries, they do not
    /// count; so it may come back earlier, and as a message with another id. A receipt that is no longer valid changes nothing.
    func postpone(_ delivery: Delivery, seconds: Double) async throws

    /// How much waits.
    func depth() async throws -> QueueDepth
}

extension Queue {
    /// Hides it, where a queue knows no difference.
    public func putBack(_ receipt: Delivery.Receipt, seconds: Double) async throws {
        try await hide(receipt, seconds: seconds)
    }

    /// Puts it back, which is enough where that can be for any time.
    public func postpone(_ delivery: Delivery, seconds: Double) async throws {
        try await putBack(delivery.receipt, seconds: seconds)
    }
}

/// A message in the hands of a receiver.
public struct Delivery: Sendable {
    /// Proof of one delivery, valid until the message becomes visible again and is received anew.
    public struct Receipt: RawRepresentable, Sendable, Hashable {
        /// The adapter's own proof.
        public let rawValue: String

        /// Wraps the adapter's own proof.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }
    }

    /// The same for every delivery of the message.
    public let messageID: String
    /// What was published.
    public let body: Data
    /// How often it was delivered, this time included.
    public let receiveCount: Int
    /// When it was published.
    public let sent: Date
    /// To delete or hide it.
    public let receipt: Receipt

    /// Describes a delivery.
    public init(messageID: String, body: Data, receiveCount: Int, sent: Date, receipt: Receipt) {
        self.messageID = messageID
        self.body = body
        self.receiveCount = receiveCount
        self.sent = sent
        self.receipt = receipt
    }
}

/// How much waits in a queue; approximate where the adapter only knows it so.
public struct QueueDepth: Sendable, Hashable {
    /// Ready to be received.
    public let visible: Int
    /// Received, and with a worker; where the queue cannot tell, also what was put back and is not due yet.
    public let inFlight: Int
    /// Not due yet: sent with a delay, or put back.
    public let delayed: Int
    /// When the oldest message was sent; `nil` when there is none or the adapter cannot tell.
    public let oldest: Date?

    /// Describes a queue.
    public init(visible: Int, inFlight: Int, delayed: Int, oldest: Date?) {
        self.visible = visible
        self.inFlight = inFlight
        self.delayed = delayed
        self.oldest = oldest
    }
}
