import GAS
import GASEmbedded

/// The topics and queues of the service, and who is subscribed to what.
struct EmbeddedMessaging {
    let requests: SQLiteTopic
    let requestQueue: SQLiteQueue
    let requestDeadLetters: SQLiteTopic
    let results: SQLiteTopic
    let notifyQueue: SQLiteQueue
    let notifyDeadLetters: SQLiteTopic

    init(_ configuration: EffectiveConfiguration, database: EmbeddedDatabase, clock: any WallClock) {
        func queue(_ name: String) -> (queue: SQLiteQueue, deadLetters: SQLiteTopic) {
            let dead = SQLiteQueue(name: name + "-dead-letters", database: database, clock: clock)
            let queue = SQLiteQueue(
                name: name, database: database, clock: clock,
                redrive: .init(
                    maximumReceives: configuration[Settings.queueMaximumReceives], deadLetterQueue: dead.name))
            return (queue, SQLiteTopic(queues: [dead], database: database))
        }
        (requestQueue, requestDeadLetters) = queue("job-requests")
        (notifyQueue, notifyDeadLetters) = queue("notify")
        requests = SQLiteTopic(queues: [requestQueue], database: database)
        results = SQLiteTopic(queues: [notifyQueue], database: database)
    }
}
