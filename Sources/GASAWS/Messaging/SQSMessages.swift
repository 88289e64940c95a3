import Foundation
import GAS

// The members have SQS's own names.

struct ReceiveMessage: Encodable, Sendable {
    let QueueUrl: String
    let MaxNumberOfMessages: Int
    let VisibilityTimeout: Int
    let WaitTimeSeconds: Int
    let AttributeNames: [String]

    struct Output: Decodable, Sendable {
        let Messages: [Message]?
    }

    struct Message: Decodable, Sendable {
        let MessageId: String
        let ReceiptHandle: String
        let Body: String
        let Attributes: [String: String]?

        func delivery() throws -> Delivery {
            guard let count = Attributes?["ApproximateReceiveCount"].flatMap({ Int($0) }),
                let sent = Attributes?["SentTimestamp"].flatMap({ Double($0) })
            else { throw GASError(.internal, "SQS delivered a message without its attributes.") }
            return Delivery(
                messageID: MessageId, body: SNSEnvelope.opened(Data(Body.utf8)), receiveCount: count,
                sent: Date(timeIntervalSince1970: sent / 1000), receipt: .init(rawValue: ReceiptHandle))
        }
    }
}

struct DeleteMessage: Encodable, Sendable {
    let QueueUrl: String
    let ReceiptHandle: String
}

struct DeleteMessages: Encodable, Sendable {
    let QueueUrl: String
    let Entries: [Entry]

    struct Entry: Encodable, Sendable {
        let Id: String
        let ReceiptHandle: String
    }

    struct Output: Decodable, Sendable {
        let Failed: [Failure]?
    }

    struct Failure: Decodable, Sendable {
        let Id: String
        let Code: String
        let Message: String?
    }
}

struct ChangeVisibility: Encodable, Sendable {
    let QueueUrl: String
    let ReceiptHandle: String
    let VisibilityTimeout: Int
}

struct QueueAttributes: Encodable, Sendable {
    let QueueUrl: String
    let AttributeNames: [String]

    struct Output: Decodable, Sendable {
        let Attributes: [String: String]?
    }
}

struct SendMessage: Encodable, Sendable {
    let QueueUrl: String
    let MessageBody: String
    let DelaySeconds: Int?
}

/// What SNS puts around a message unless its subscription says "raw message delivery".
struct SNSEnvelope: Decodable {
    let kind: String
    let topic: String
    let message: String

    enum CodingKeys: String, CodingKey {
        case kind = "Type"
        case topic = "TopicArn"
        case message = "Message"
    }

    /// The message inside, or the body as it is when there is no envelope.
    static func opened(_ body: Data) -> Data {
        guard let envelope = try? JSONDecoder().decode(SNSEnvelope.self, from: body), envelope.kind == "Notification"
        else { return body }
        return Data(envelope.message.utf8)
    }
}
