import Foundation
import GAS

/// A topic that puts each message into all of its queues, in one transaction.
public struct SQLiteTopic: Topic {
    private let queues: [SQLiteQueue]
    private let database: EmbeddedDatabase

    /// Makes a topic.
    /// - Parameters:
    ///   - queues: those subscribed, all kept in `database`.
    public init(queues: [SQLiteQueue], database: EmbeddedDatabase) {
        self.queues = queues
        self.database = database
    }

    /// Inserts one row for each queue and wakes their receivers.
    public func publish(_ body: Data) async throws {
        let messageID = UUID().uuidString.lowercased()
        try await database.write { db in
            for queue in queues { try queue.insert(db, messageID: messageID, body: body) }
        }
        for queue in queues { queue.announce() }
    }
}
