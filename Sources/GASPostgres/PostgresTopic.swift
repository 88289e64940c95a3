import Foundation
import GAS

/// A topic that puts each message into all of its queues, in one transaction.
public struct PostgresTopic: Topic {
    private let queues: [PostgresQueue]
    private let database: PostgresDatabase

    /// Makes a topic.
    /// - Parameter queues: those subscribed, all kept in `database`.
    public init(queues: [PostgresQueue], database: PostgresDatabase) {
        self.queues = queues
        self.database = database
    }

    /// Inserts one row for each queue. In doubt it is done again: delivery is at least once.
    public func publish(_ body: Data) async throws {
        let messageID = UUID().uuidString.lowercased()
        try await database.write(isRepeatable: true) { link in
            for queue in queues { try queue.insert(link, messageID: messageID, body: body) }
        }
    }
}
