import GAS
import GASEmbedded
import GASPostgres

/// Queues in the database of the data folder.
struct EmbeddedQueues: QueueKind {
    let database: EmbeddedDatabase
    let clock: any WallClock

    func queue(_ name: String, redrive: (maximumReceives: Int, deadLetterQueue: String)?) -> SQLiteQueue {
        SQLiteQueue(
            name: name, database: database, clock: clock,
            redrive: redrive.map { .init(maximumReceives: $0.maximumReceives, deadLetterQueue: $0.deadLetterQueue) })
    }

    func topic(_ queues: [SQLiteQueue]) -> any Topic { SQLiteTopic(queues: queues, database: database) }
}

/// Queues in PostgreSQL.
struct PostgresQueues: QueueKind {
    let database: PostgresDatabase
    let clock: any WallClock

    func queue(_ name: String, redrive: (maximumReceives: Int, deadLetterQueue: String)?) -> PostgresQueue {
        PostgresQueue(
            name: name, database: database, clock: clock,
            redrive: redrive.map { .init(maximumReceives: $0.maximumReceives, deadLetterQueue: $0.deadLetterQueue) })
    }

    func topic(_ queues: [PostgresQueue]) -> any Topic { PostgresTopic(queues: queues, database: database) }
}
