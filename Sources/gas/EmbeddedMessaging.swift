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
    let archiveRequests: SQLiteTopic
    let archiveQueue: SQLiteQueue
    let archiveDeadLetters: SQLiteTopic
    let restoreRequests: SQLiteTopic
    let restoreQueue: SQLiteQueue
    let restoreDeadLetters: SQLiteTopic
    let thaw: SQLiteTopic
    let thawQueue: SQLiteQueue
    let thawDeadLetters: SQLiteTopic
    let notices: SQLiteTopic

    init(_ configuration: EffectiveConfiguration, database: EmbeddedDatabase, clock: any WallClock) {
        func queue(_ setting: Setting<String>) -> (queue: SQLiteQueue, deadLetters: SQLiteTopic) {
            let name = configuration[setting]
            let dead = SQLiteQueue(
                name: name + configuration[Settings.deadLetterSuffix], database: database, clock: clock)
            let queue = SQLiteQueue(
                name: name, database: database, clock: clock,
                redrive: .init(
                    maximumReceives: configuration[Settings.queueMaximumReceives], deadLetterQueue: dead.name))
            return (queue, SQLiteTopic(queues: [dead], database: database))
        }
        (requestQueue, requestDeadLetters) = queue(Settings.requestQueueName)
        (notifyQueue, notifyDeadLetters) = queue(Settings.notifyQueueName)
        (archiveQueue, archiveDeadLetters) = queue(Settings.archiveQueueName)
        (restoreQueue, restoreDeadLetters) = queue(Settings.restoreQueueName)
        (thawQueue, thawDeadLetters) = queue(Settings.thawQueueName)
        requests = SQLiteTopic(queues: [requestQueue], database: database)
        results = SQLiteTopic(queues: [notifyQueue, archiveQueue], database: database)
        archiveRequests = SQLiteTopic(queues: [archiveQueue], database: database)
        restoreRequests = SQLiteTopic(queues: [restoreQueue], database: database)
        thaw = SQLiteTopic(queues: [thawQueue], database: database)
        notices = SQLiteTopic(queues: [notifyQueue], database: database)
    }
}
