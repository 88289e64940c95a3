import Foundation
import GAS

/// What happens to messages inside a transaction.
extension PostgresQueue {
    /// Picks what is due and nobody else has, and in the same statement hides it, or moves away what was delivered too often.
    private static let taking = """
        WITH picked AS (
            SELECT id, due FROM messages WHERE queue = $1 AND due <= $2 ORDER BY due, id LIMIT $3
            FOR UPDATE SKIP LOCKED
        )
        UPDATE messages AS message SET
            queue = CASE WHEN receive_count >= $5 THEN $6 ELSE queue END,
            due = CASE WHEN receive_count >= $5 THEN $2 ELSE $4 END,
            receive_count = CASE WHEN receive_count >= $5 THEN 0 ELSE receive_count + 1 END,
            held = receive_count < $5
        FROM picked WHERE message.id = picked.id
        RETURNING message.id, message.message_id, message.body, message.receive_count, message.sent, picked.due
        """

    /// Adds a message, and wakes the receivers.
    func insert(_ link: ServerLink, messageID: String, body: Data) throws {
        let now = clock.now
        try link.query(
            "INSERT INTO messages (queue, message_id, body, sent, due) VALUES ($1, $2, $3, $4, $5)",
            [.text(name), .text(messageID), .bytes(body), .time(now), .time(now.addingTimeInterval(delay))])
        try link.announce(Self.channel(name))
    }

    /// Delivers what is due. Delivered twice when a connection breaks, which every receiver must bear anyway.
    func take(limit: Int, visibility: Double) async throws -> [Delivery] {
        try await database.write(isRepeatable: true) { link in
            while true {
                let now = clock.now
                let rows = try link.query(
                    Self.taking,
                    [
                        .text(name), .time(now), .number(limit), .time(now.addingTimeInterval(visibility)),
                        .number(redrive?.maximumReceives ?? Int.max), .text(redrive?.deadLetterQueue ?? name),
                    ]
                ).rows
                // One that was moved away begins to be counted anew; a delivery is counted from 1.
                let delivered = try rows.filter { try $0.number(3) > 0 }
                if delivered.count < rows.count, let redrive {
                    try link.announce(Self.channel(redrive.deadLetterQueue))
                }
                guard delivered.isEmpty, !rows.isEmpty else { return try Self.deliveries(delivered) }
            }
        }
    }

    private static func deliveries(_ rows: [PostgresRow]) throws -> [Delivery] {
        try rows.map { (key: (try $0.number(5), try $0.number(0)), row: $0) }.sorted { $0.key < $1.key }.map { _, row in
            let receipt = MessageReceipt(id: try row.number(0), receiveCount: try row.number(3))
            return Delivery(
                messageID: try row.text(1), body: try row.bytes(2), receiveCount: receipt.receiveCount,
                sent: try row.time(4), receipt: receipt.wrapped)
        }
    }
}
