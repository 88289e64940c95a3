import Foundation
import GAS

/// Makes what the service needs in an AWS account, for development and tests. Making what is there already changes it to what
/// is asked for, and keeps what others have added: rules, statements and announcements of other names.
public struct AWSResources: Sendable {
    let client: AWSClient

    /// Works with the permissions of the client.
    public init(client: AWSClient) {
        self.client = client
    }

    /// What a queue is like.
    public struct QueueShape: Sendable {
        /// Seconds, at most 900, before a message may be received.
        public var delay: Int
        /// The name (ARN) of the queue for dead letters, and how often a message is received before it goes there.
        public var redrive: (queue: String, maximumReceives: Int)?
        /// Names (ARNs) of the topics that may put messages into it.
        public var topics: [String]
        /// Whole seconds for which a message is kept.
        public var retention: Int

        /// The longest that SQS knows: 14 days.
        public static let longestRetention = 1_209_600

        /// States a shape.
        public init(
            delay: Int = 0, redrive: (queue: String, maximumReceives: Int)? = nil, topics: [String] = [],
            retention: Int = Self.longestRetention
        ) {
            self.delay = delay
            self.redrive = redrive
            self.topics = topics
            self.retention = retention
        }
    }

    /// Makes a queue.
    /// - Returns: its name (ARN).
    public func makeQueue(named name: String, _ shape: QueueShape = QueueShape()) async throws -> String {
        struct Created: Decodable, Sendable { let QueueUrl: String }
        struct Settings: Encodable, Sendable {
            let QueueUrl: String
            let Attributes: [String: String]
        }
        return try await translatingErrors {
            let created: AWSAnswer<Created> = try await client.call("sqs", "AmazonSQS.CreateQueue", ["QueueName": name])
            let url = created.value.QueueUrl
            let answer: AWSAnswer<QueueAttributes.Output> = try await client.call(
                "sqs", "AmazonSQS.GetQueueAttributes",
                QueueAttributes(QueueUrl: url, AttributeNames: ["QueueArn", "Policy"]))
            guard let arn = answer.value.Attributes?["QueueArn"] else {
                throw GASError(.internal, "SQS did not name the queue \(name).")
            }
            var attributes = ["DelaySeconds": "\(shape.delay)", "MessageRetentionPeriod": "\(shape.retention)"]
            if let redrive = shape.redrive {
                attributes["RedrivePolicy"] = try Self.text(
                    RedrivePolicy(deadLetterTargetArn: redrive.queue, maxReceiveCount: redrive.maximumReceives))
            }
            if !shape.topics.isEmpty {
                attributes["Policy"] = try PolicyDocument(answer.value.Attributes?["Policy"]).replacing(
                    [QueueStatement(Resource: arn, Condition: ["ArnEquals": ["aws:SourceArn": shape.topics]])], of: name
                )
            }
            let _: AWSAnswer<NoOutput> = try await client.call(
                "sqs", "AmazonSQS.SetQueueAttributes", Settings(QueueUrl: url, Attributes: attributes))
            return arn
        }
    }

    /// Makes a topic.
    /// - Returns: its name (ARN).
    public func makeTopic(named name: String) async throws -> String {
        let result = try await translatingErrors {
            try await client.query("sns", "CreateTopic", version: "2010-03-31", [("Name", name)])
        }
        guard let arn = result?["TopicArn"]?.text else {
            throw GASError(.internal, "SNS did not name the topic \(name).")
        }
        return arn
    }

    /// Subscribes a queue to a topic.
    /// - Parameter isRaw: whether messages come as they are, without SNS's envelope.
    public func subscribe(queue: String, to topic: String, isRaw: Bool = true) async throws {
        _ = try await translatingErrors {
            try await client.query(
                "sns", "Subscribe", version: "2010-03-31",
                [
                    ("TopicArn", topic), ("Protocol", "sqs"), ("Endpoint", queue), ("ReturnSubscriptionArn", "true"),
                    ("Attributes.entry.1.key", "RawMessageDelivery"), ("Attributes.entry.1.value", "\(isRaw)"),
                ])
        }
    }

    static func text(_ document: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }
}

private struct RedrivePolicy: Encodable {
    let deadLetterTargetArn: String
    let maxReceiveCount: Int
}

/// Lets topics put messages into a queue, besides who has permissions of their own.
private struct QueueStatement: Encodable {
    let Sid = "topics"
    let Effect = "Allow"
    let Principal = ["Service": "sns.amazonaws.com"]
    let Action = "sqs:SendMessage"
    let Resource: String
    let Condition: [String: [String: [String]]]

    enum CodingKeys: String, CodingKey { case Sid, Effect, Principal, Action, Resource, Condition }
}
