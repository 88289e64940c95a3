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

    /// Most messages of one answer.
    private static let batch = 10
    /// Longest time that SQS waits for a message, in seconds.
    private static let longestWait = 20.0
    /// Longest time that SQS hides a message, in seconds.
    private static let longestVisibility = 43_200.0

    /// Uses the queue of that name, which is looked up at the first use.
    public init(named name: String, client: AWSClient) {
        self.name = name
        self.client = client
        address = QueueAddress(of: name, client: client)
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
            // Counted from before the request, so that our clock never believes a receipt longer than SQS does.
            let answer: AWSAnswer<ReceiveMessage.Output> = try await client.call(
                "sqs", "AmazonSQS.ReceiveMessage", input, wait: wait.rounded(.up))
            let deadline = client.clock.now.addingTimeInterval(Double(seconds))
            return try (answer.value.Messages ?? []).map { message in
                held.hold(message.ReceiptHandle, until: deadline, now: client.clock.now)
                return try message.delivery()
            }
        }
    }

    /// Deletes the message while the receipt holds.
    public func delete(_ receipt: Delivery.Receipt) async throws {
        guard held.release(receipt.rawValue, now: client.clock.now) else { return }
        let url = try await address.url()
        try await ignoringLostReceipts {
            let _: AWSAnswer<NoOutput> = try await client.call(
                "sqs", "AmazonSQS.DeleteMessage", DeleteMessage(QueueUrl: url, ReceiptHandle: receipt.rawValue))
        }
    }

    /// Changes the visibility while the receipt holds.
    public func hide(_ receipt: Delivery.Receipt, seconds: Double) async throws {
        let now = client.clock.now
        let seconds = min(max(0, seconds), Self.longestVisibility).rounded(.up)
        guard held.extend(receipt.rawValue, until: now.addingTimeInterval(seconds), now: now) else { return }
        let url = try await address.url()
        try await ignoringLostReceipts {
            let _: AWSAnswer<NoOutput> = try await client.call(
                "sqs", "AmazonSQS.ChangeMessageVisibility",
                ChangeVisibility(QueueUrl: url, ReceiptHandle: receipt.rawValue, VisibilityTimeout: Int(seconds)))
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
