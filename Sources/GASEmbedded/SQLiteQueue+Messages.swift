import Foundation
import GAS
import GRDB

/// What happens to messages inside a transaction, and who is told after it.
extension SQLiteQueue {
    /// Adds a message.
    /// - Parameter earliest: when it may be received, if that is later than the queue's delay.
    func insert(_ db: Database, messageID: String, body: Data, notBefore earliest: Date? = nil) throws {
        let now = clock.now
        let due = max(now.addingTimeInterval(delay), earliest ?? now)
        try db.cachedStatement(sql: "INSERT INTO messages (queue, message_id, body, sent, due) VALUES (?, ?, ?, ?, ?)")
            .execute(arguments: [
                name, messageID, body, now.milliseconds, due.milliseconds,
            ])
    }

    /// Wakes the receivers of this queue.
    func announce() { database.wakeups.announce(channel(name)) }

    func channel(_ queue: String) -> String { "queue \(queue)" }

    /// Delivers what is due, and moves away what was delivered too often.
    func take(limit: Int, visibility: Double) async throws -> [Delivery] {
        let now = clock.now
        let hidden = now.addingTimeInterval(visibility)
        let (deliveries, hasMoved) = try await database.write { db in
            var deliveries: [Delivery] = []
            var hasMoved = false
            while deliveries.isEmpty {
                let rows = try dueMessages(db, limit: limit, now: now)
                guard !rows.isEmpty else { break }
                for row in rows {
                    if try moveIfDead(db, row, now: now) {
                        hasMoved = true
                    } else {
                        deliveries.append(try deliver(db, row, until: hidden))
                    }
                }
            }
            return (deliveries, hasMoved)
        }
        if hasMoved, let redrive { database.wakeups.announce(channel(redrive.deadLetterQueue)) }
        return deliveries
    }

    private func dueMessages(_ db: Database, limit: Int, now: Date) throws -> [Row] {
        try Row.fetchAll(
            try db.cachedStatement(
                sql: """
                    SELECT id, message_id, body, receive_count, sent FROM messages
                    WHERE queue = ? AND due <= ? ORDER BY due, id LIMIT ?
                    """
            ),
            arguments: [name, now.milliseconds, limit]
        )
    }

    private func deliver(_ db: Database, _ row: Row, until hidden: Date) throws -> Delivery {
        let receipt = MessageReceipt(id: row["id"], receiveCount: row["receive_count"] + 1)
        try db.cachedStatement(sql: "UPDATE messages SET due = ?, receive_count = ?, held = 1 WHERE id = ?")
            .execute(arguments: [hidden.milliseconds, receipt.receiveCount, receipt.id])
        return Delivery(
            messageID: row["message_id"],
            body: row["body"],
            receiveCount: receipt.receiveCount,
            sent: Date(milliseconds: row["sent"]),
            receipt: receipt.wrapped
        )
    }

    private func moveIfDead(_ db: Database, _ row: Row, now: Date) throws -> Bool {
        guard let redrive, row["receive_count"] >= redrive.maximumReceives else { return false }
        try db.cachedStatement(sql: "UPDATE messages SET queue = ?, due = ?, receive_count = 0, held = 0 WHERE id = ?")
            .execute(arguments: [redrive.deadLetterQueue, now.milliseconds, row["id"] as Int])
        return true
    }
}
