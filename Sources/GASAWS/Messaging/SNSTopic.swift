import Foundation
import GAS

/// A topic of SNS's. Who is subscribed is known there; see
/// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html.
public struct SNSTopic: Topic {
    private let arn: String
    private let client: AWSClient

    /// Publishes to the topic of that name (ARN).
    public init(arn: String, client: AWSClient) {
        self.arn = arn
        self.client = client
    }

    /// Publishes one message, which must be text.
    public func publish(_ body: Data) async throws {
        let text = try MessageText.of(body)
        _ = try await translatingErrors {
            try await client.query(
                "sns", "Publish", version: "2010-03-31", [("TopicArn", arn), ("Message", text)])
        }
    }
}

/// A topic that is one queue of SQS's: for dead letters, and where nobody else is to be told.
public struct SQSTopic: Topic {
    private let queue: SQSQueue
    private let delay: Int?

    /// Longest time for which SQS delays a message, in seconds.
    static let longestDelay = 900.0

    /// Publishes to one queue.
    /// - Parameter delay: whole seconds, at most 900, before a message may be received; `nil` for the queue's own.
    public init(queue: SQSQueue, delay: Int? = nil) {
        self.queue = queue
        self.delay = delay
    }

    /// Sends one message, which must be text.
    public func publish(_ body: Data) async throws { try await queue.send(try MessageText.of(body), delay: delay) }
}

/// SNS and SQS carry text alone.
private enum MessageText {
    static func of(_ body: Data) throws -> String {
        guard let text = String(validating: body, as: UTF8.self) else {
            throw GASError(.invalid, "A message must be text in UTF-8.")
        }
        return text
    }
}
