import Foundation
import GAS
import GRDB

/// A queue in the table `messages`. Of the messages that are due, those that were due first are received first.
public struct SQLiteQueue: Queue {
    /// Where messages go that were received too often.
    public struct Redrive: Sendable {
        /// A message that was received so often is moved instead of being received once more.
        public let maximumReceives: Int
        /// The name of the queue that it is moved to.
        public let deadLetterQueue: String

        /// States a rule.
        public init(maximumReceives: Int, deadLetterQueue: String) {
            self.maximumReceives = maximumReceives
            self.deadLetterQueue = deadLetterQueue
        }
    }

    /// The name under which its messages are stored.
    public let name: String
    let database: EmbeddedDatabase
    let clock: any WallClock
    let delay: Double
    let redrive: Redrive?

    /// Makes a queue; a queue exists by its messages, so there is nothing to create.
    /// - Parameters:
    ///   - delay: seconds that a published message waits before it may be received.
    ///   - redrive: what happens to messages that are received again and again; `nil` to go on for ever.
    public init(
        name: String,
        database: EmbeddedDatabase,
        clock: any WallClock,
        delay: Double = 0,
        redrive: Redrive? = nil
    ) {
        self.name = name
        self.database = database
        self.clock = clock
        self.delay = delay
        self.redrive = redrive
    }

    /// Looks, takes what is due in one transaction, or sleeps until a bell rings or the next message is due.
    public func receive(limit: Int, visibility: Double, wait: Double) async throws -> [Delivery] {
        let bell = database.wakeups.bell(channel(name))
        let deadline = clock.now.addingTimeInterval(wait)
        while true {
            let rings = bell.rings
            let due = try await nextDue()
            if let due, due <= clock.now.milliseconds {
                let taken = try await take(limit: limit, visibility: visibility)
                if !taken.isEmpty { return taken }
            }
            guard clock.now < deadline else { return [] }
            try await bell.wait(
                past: rings, until: min(deadline, due.map(Date.init(milliseconds:)) ?? deadline), by: clock)
        }
    }

    /// Deletes the row if it was not delivered again.
    public func delete(_ receipt: Delivery.Receipt) async throws {
        try await change(receipt, "DELETE FROM messages", [])
    }

    /// Changes when the message is due, if it was not delivered again.
    public func hide(_ receipt: Delivery.Receipt, seconds: Double) async throws {
        let due = clock.now.addingTimeInterval(seconds).milliseconds
        try await change(receipt, "UPDATE messages SET due = ?", [due])
        // It may be due sooner than those who wait for it believe.
        announce()
    }

    /// As `hide`, and the message counts as waiting from now on.
    public func putBack(_ receipt: Delivery.Receipt, seconds: Double) async throws {
        let due = clock.now.addingTimeInterval(seconds).milliseconds
        try await change(receipt, "UPDATE messages SET held = 0, due = ?", [due])
        announce()
    }

    /// Counts the queue's rows.
    public func depth() async throws -> QueueDepth {
        let now = clock.now.milliseconds
        return try await database.read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT count(*) FILTER (WHERE due <= :now) AS visible,
                        count(*) FILTER (WHERE due > :now AND held) AS in_flight,
                        count(*) FILTER (WHERE due > :now AND NOT held) AS delayed,
                        min(sent) AS oldest
                    FROM messages WHERE queue = :queue
                    """,
                arguments: ["now": now, "queue": name]
            )
            guard let row else { throw GASError(.internal, "The database did not count the messages.") }
            return QueueDepth(
                visible: row["visible"],
                inFlight: row["in_flight"],
                delayed: row["delayed"],
                oldest: (row["oldest"] as Int?).map(Date.init(milliseconds:))
            )
        }
    }

    /// When the first message is due, be that past or future. In milliseconds, as it is stored: as a date, a time that
    /// was rounded up would lie in the future for a moment.
    private func nextDue() async throws -> Int? {
        try await database.read { db in
            let query = try db.cachedStatement(sql: "SELECT due FROM messages WHERE queue = ? ORDER BY due LIMIT 1")
            return try Int.fetchOne(query, arguments: [name])
        }
    }

    /// Does something to a message if the receipt is that of its last delivery.
    private func change(
        _ receipt: Delivery.Receipt, _ statement: String, _ arguments: StatementArguments
    ) async throws {
        guard let receipt = MessageReceipt(receipt) else { return }
        try await database.write { db in
            try db.cachedStatement(sql: "\(statement) WHERE id = ? AND queue = ? AND receive_count = ?")
                .execute(arguments: arguments + [receipt.id, name, receipt.receiveCount])
        }
    }
}
