import GAS
import GASAWS
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

    func topic(_ name: TopicName, to queues: [SQLiteQueue]) -> any Topic {
        SQLiteTopic(queues: queues, database: database)
    }

    func topic(to queue: SQLiteQueue) -> any Topic { SQLiteTopic(queues: [queue], database: database) }
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

    func topic(_ name: TopicName, to queues: [PostgresQueue]) -> any Topic {
        PostgresTopic(queues: queues, database: database)
    }

    func topic(to queue: PostgresQueue) -> any Topic { PostgresTopic(queues: [queue], database: database) }
}

/// Queues of SQS's and topics of SNS's, which know themselves who is subscribed, and when a message goes to the dead letters.
struct AWSQueues: QueueKind {
    let client: AWSClient
    let layout: AWSLayout
    let account: AWSCaller

    func queue(_ name: String, redrive: (maximumReceives: Int, deadLetterQueue: String)?) -> SQSQueue {
        SQSQueue(named: layout.name(of: name), client: client)
    }

    func topic(_ name: TopicName, to queues: [SQSQueue]) -> any Topic {
        // What is subscribed to no topic of SNS's has one queue.
        guard name.isAnnounced else { return SQSTopic(queue: queues[0], delay: 0) }
        return SNSTopic(arn: layout.arn(of: name, account), client: client)
    }

    func topic(to queue: SQSQueue) -> any Topic { SQSTopic(queue: queue) }
}
