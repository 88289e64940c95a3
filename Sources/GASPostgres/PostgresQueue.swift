import Foundation
import GAS

/// A queue in the table `messages`. Of the messages that are due, those that were due first are received first. Receivers
/// step over what others are just receiving (`SKIP LOCKED`), and are woken by `NOTIFY`.
///
/// Times are those of the machine that publishes or receives: keep the clocks of all machines together.
public struct PostgresQueue: Queue {
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

    /// What is due and yet was not received is just being received by somebody else, who may fail: in seconds, when to
    /// look again.
    private static let secondLook = 1.0

    /// The name under which its messages are stored.
    public let name: String
    let database: PostgresDatabase
    let clock: any WallClock
    let delay: Double
    let redrive: Redrive?

    /// Makes a queue; a queue exists by its messages, so there is nothing to create.
    /// - Parameters:
    ///   - delay: seconds that a published message waits before it may be received.
    ///   - redrive: what happens to messages that are received again and again; `nil` to go on for ever.
    public init(
        name: String, database: PostgresDatabase, clock: any WallClock, delay: Double = 0, redrive: Redrive? = nil
    ) {
        self.name = name
        self.database = database
        self.clock = clock
        self.delay = delay
        self.redrive = redrive
    }

    /// Takes what is due, or sleeps until a bell rings or the next message is due.
    public func receive(limit: Int, visibility: Double, wait: Double) async throws -> [Delivery] {
        let bell = database.board[Self.channel(name)]
        let deadline = clock.now.addingTimeInterval(wait)
        while true {
            let rings = bell.rings
            let taken = try await take(limit: limit, visibility: visibility)
            if !taken.isEmpty { return taken }
            let now = clock.now
            guard now < deadline else { return [] }
            let next = try await nextDue().map {
                $0 > now.milliseconds ? Date(milliseconds: $0) : now.addingTimeInterval(Self.secondLook)
            }
            try await bell.wait(past: rings, until: min(deadline, next ?? deadline), by: clock)
        }
    }

    /// Deletes the row if it was not delivered again.
    public func delete(_ receipt: Delivery.Receipt) async throws {
        guard let receipt = MessageReceipt(receipt) else { return }
        try await database.write(isRepeatable: true) { link in
            try link.query(
                "DELETE FROM messages WHERE id = $1 AND queue = $2 AND receive_count = $3",
                [.number(receipt.id), .text(name), .number(receipt.receiveCount)])
        }
    }

    /// Changes when the message is due, if it was not delivered again.
    public func hide(_ receipt: Delivery.Receipt, seconds: Double) async throws {
        try await change(receipt, to: "due = $4", seconds: seconds)
    }

    /// As `hide`, and the message counts as waiting from now on.
    public func putBack(_ receipt: Delivery.Receipt, seconds: Double) async throws {
        try await change(receipt, to: "due = $4, held = false", seconds: seconds)
    }

    private func change(_ receipt: Delivery.Receipt, to values: String, seconds: Double) async throws {
        guard let receipt = MessageReceipt(receipt) else { return }
        try await database.write(isRepeatable: true) { link in
            try link.query(
                "UPDATE messages SET \(values) WHERE id = $1 AND queue = $2 AND receive_count = $3",
                [
                    .number(receipt.id), .text(name), .number(receipt.receiveCount),
                    .time(clock.now.addingTimeInterval(seconds)),
                ])
            // It may be due sooner than those who wait for it believe.
            try link.announce(Self.channel(name))
        }
    }

    /// Counts the queue's rows.
    public func depth() async throws -> QueueDepth {
        let now = clock.now
        return try await database.read { link in
            let row = try link.query(
                """
                SELECT count(*) FILTER (WHERE due <= $1), count(*) FILTER (WHERE due > $1 AND held),
                    count(*) FILTER (WHERE due > $1 AND NOT held), min(sent)
                FROM messages WHERE queue = $2
                """, [.time(now), .text(name)]
            ).rows[0]
            return QueueDepth(
                visible: try row.number(0), inFlight: try row.number(1), delayed: try row.number(2),
                oldest: try row.numberIfPresent(3).map(Date.init(milliseconds:)))
        }
    }

    static func channel(_ queue: String) -> String { "queue \(queue)" }

    /// When the first message is due, be that past or future, in milliseconds as it is stored.
    private func nextDue() async throws -> Int? {
        try await database.read { link in
            try link.query("SELECT min(due) FROM messages WHERE queue = $1", [.text(name)]).rows[0].numberIfPresent(0)
        }
    }
}
