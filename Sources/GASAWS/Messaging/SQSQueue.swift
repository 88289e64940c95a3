import Foundation
import GAS

/// A queue of SQS's. Delay and redrive are attributes of the queue there.
/// See https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference.
///
/// SQS says of standard queues that an old receipt handle may still delete a message. The port promises that it does
/// nothing, so a receipt is used only while our own clock says that the message is still hidden.
public struct SQSQueue: Queue {
    /// The queue's name, without account and region.
    public let name: String
    private let address: QueueAddress
    private let client: AWSClient
    private let held = HeldReceipts()
    private let deletions: PendingDeletions

    /// Most messages of one answer.
    private static let batch = 10
    /// Longest time that SQS waits for a message, in seconds.
    private static let longestWait = 20.0
    /// Longest time for which SQS hides a message after one delivery, all in all, in seconds.
    private static let longestVisibility = 43_200.0
    /// No answer is longer on its way than this, in seconds, nor than a quarter of the time for which a message is hidden: by
    /// so much earlier it may have been handed out.
    private static let transit = 1.0

    /// Uses the queue of that name, which is looked up at the first use.
    public init(named name: String, client: AWSClient) {
        self.name = name
        self.client = client
        let address = QueueAddress(of: name, client: client)
        self.address = address
        deletions = PendingDeletions(address: address, client: client)
    }

    /// Long polling, in stretches as long as SQS allows. Times are whole seconds there, so they are rounded up.
    public func receive(limit: Int, visibility: Double, wait: Double) async throws -> [Delivery] {
        let deadline = client.clock.now.addingTimeInterval(wait)
        while true {
            let left = max(0, deadline.timeIntervalSince(client.clock.now))
            let deliveries = try await poll(limit: limit, visibility: visibility, wait: min(left, Self.longestWait))
            if !deliveries.isEmpty || client.clock.now >= deadline { return deliveries }
        }
    }

    private func poll(limit: Int, visibility: Double, wait: Double) async throws -> [Delivery] {
        let seconds = Int(min(visibility, Self.longestVisibility).rounded(.up))
        let input = ReceiveMessage(
            QueueUrl: try await address.url(), MaxNumberOfMessages: min(limit, Self.batch), VisibilityTimeout: seconds,
            WaitTimeSeconds: Int(wait.rounded(.up)),
            // The older name of the same parameter: emulators and SQS itself know both.
            AttributeNames: ["ApproximateReceiveCount", "SentTimestamp"])
        return try await translatingErrors {
            let asked = client.clock.now
            let answer: AWSAnswer<ReceiveMessage.Output> = try await client.call(
                "sqs", "AmazonSQS.ReceiveMessage", input, wait: wait.rounded(.up))
            let now = client.clock.now
            // A request may wait for a message, so what is hidden briefly cannot be counted from when it was asked for.
            let handedOut = max(asked, now.addingTimeInterval(-min(Self.transit, Double(seconds) / 4)))
            let deadline = handedOut.addingTimeInterval(Double(seconds))
            // The limit can, which keeps SQS from ever refusing more time.
            let limit = asked.addingTimeInterval(Self.longestVisibility)
            return try (answer.value.Messages ?? []).map { message in
                held.hold(message.ReceiptHandle, until: deadline, limit: limit, now: now)
                return try message.delivery()
            }
        }
    }

    /// Deletes the message while the receipt holds, in one request with those that others delete meanwhile.
    public func delete(_ receipt: Delivery.Receipt) async throws {
        guard held.release(receipt.rawValue, now: client.clock.now) else { return }
        try await ignoringLostReceipts { try await deletions.delete(receipt.rawValue) }
    }

    /// Puts a message off: the first time by hiding it, then by putting it into the queue anew.
    ///
    /// SQS counts each delivery, ends each after 12 hours, and keeps no message for more than 14 days. A message that is
    /// sent again begins anew in all three, so that it may wait for any time and be put off any number of times.
    public func postpone(_ delivery: Delivery, seconds: Double) async throws {
        guard delivery.receiveCount > 1, seconds >= 1 else {
            return try await hide(delivery.receipt, seconds: seconds)
        }
        guard held.holds(delivery.receipt.rawValue, now: client.clock.now) else { return }
        // In this order a crash leaves two messages rather than none.
        try await SQSTopic(queue: self, delay: Int(min(seconds, SQSTopic.longestDelay).rounded(.up))).publish(
            delivery.body)
        try await delete(delivery.receipt)
    }

    /// Changes the visibility while the receipt holds, to no later than 12 hours after the delivery, which is all that SQS allows.
    public func hide(_ receipt: Delivery.Receipt, seconds: Double) async throws {
        guard let seconds = held.extend(receipt.rawValue, seconds: seconds, now: client.clock.now) else { return }
        let url = try await address.url()
        try await ignoringLostReceipts {
            let _: AWSAnswer<NoOutput> = try await client.call(
                "sqs", "AmazonSQS.ChangeMessageVisibility",
                ChangeVisibility(QueueUrl: url, ReceiptHandle: receipt.rawValue, VisibilityTimeout: seconds))
        }
    }

    /// SQS's own counts, which are approximate. It does not tell the oldest message.
    public func depth() async throws -> QueueDepth {
        let names = [
            "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesDelayed",
        ]
        let url = try await address.url()
        let attributes = try await translatingErrors {
            let answer: AWSAnswer<QueueAttributes.Output> = try await client.call(
                "sqs", "AmazonSQS.GetQueueAttributes", QueueAttributes(QueueUrl: url, AttributeNames: names))
            return answer.value.Attributes ?? [:]
        }
        func count(_ name: String) throws -> Int {
            guard let count = attributes[name].flatMap({ Int($0) }) else {
                throw GASError(.internal, "SQS did not count the messages of the queue \(self.name).")
            }
            return count
        }
        return QueueDepth(
            visible: try count(names[0]), inFlight: try count(names[1]), delayed: try count(names[2]), oldest: nil)
    }

    /// Puts one message into this queue alone.
    /// - Parameter delay: whole seconds before it may be received; `nil` for the queue's own.
    func send(_ body: String, delay: Int?) async throws {
        let url = try await address.url()
        try await translatingErrors {
            let _: AWSAnswer<NoOutput> = try await client.call(
                "sqs", "AmazonSQS.SendMessage", SendMessage(QueueUrl: url, MessageBody: body, DelaySeconds: delay))
        }
    }

    /// A receipt of which SQS knows nothing any more changes nothing.
    private func ignoringLostReceipts(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as AWSError where Self.isLostReceipt(error) {
            return
        } catch let error as AWSError {
            throw error.error
        }
    }

    private static func isLostReceipt(_ error: AWSError) -> Bool {
        switch error.code {
        case "ReceiptHandleIsInvalid", "MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight": true
        case "InvalidParameterValue": error.message.contains("ReceiptHandle")
        default: false
        }
    }
}
