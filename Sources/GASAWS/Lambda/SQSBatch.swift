import Foundation
import GAS

/// Messages of a queue that Lambda received for a function, several at a time.
/// See https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html.
public struct SQSBatch: Sendable {
    /// The messages.
    public let deliveries: [Delivery]

    /// Reads an event.
    /// - Throws: `invalid` when it is none of a queue.
    public init(event: Data) throws {
        do {
            deliveries = try JSONDecoder().decode(Event.self, from: event).records.map { record in
                guard record.eventSource == "aws:sqs", let count = Int(record.attributes.ApproximateReceiveCount),
                    let sent = Double(record.attributes.SentTimestamp)
                else { throw GASError(.invalid, "a record of \(record.eventSource)") }
                return Delivery(
                    messageID: record.messageId, body: SNSEnvelope.opened(Data(record.body.utf8)),
                    receiveCount: count, sent: Date(timeIntervalSince1970: sent / 1000),
                    receipt: .init(rawValue: record.receiptHandle))
            }
        } catch {
            throw GASError(
                .invalid,
                "The event is no batch of messages of SQS's. Let a queue, and nothing else, call this function.",
                cause: error)
        }
    }

    /// The answer that names the messages which are to come back; all others are removed from the queue. For this, the
    /// function's event source needs `ReportBatchItemFailures`.
    public static func answer(failures: [String]) throws -> Data {
        try JSONEncoder().encode(Answer(batchItemFailures: failures.map(Answer.Failure.init)))
    }

    private struct Answer: Encodable {
        struct Failure: Encodable { let itemIdentifier: String }
        let batchItemFailures: [Failure]
    }

    private struct Event: Decodable {
        let records: [Record]

        enum CodingKeys: String, CodingKey { case records = "Records" }
    }

    private struct Record: Decodable {
        let messageId: String
        let receiptHandle: String
        let body: String
        let eventSource: String
        let attributes: Attributes
    }

    private struct Attributes: Decodable {
        let ApproximateReceiveCount: String
        let SentTimestamp: String
    }
}
