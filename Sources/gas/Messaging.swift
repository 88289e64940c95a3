import GAS

/// Makes queues and topics of one kind. A topic reaches queues of its own kind only, since it puts a message into all of
/// them in one step.
protocol QueueKind {
    associatedtype Line: Queue

    /// - Parameter redrive: the queue to which messages are moved that were received so often; `nil` to go on for ever.
    func queue(_ name: String, redrive: (maximumReceives: Int, deadLetterQueue: String)?) -> Line
    func topic(_ name: TopicName, to queues: [Line]) -> any Topic
    /// A topic without a name, of one queue.
    func topic(to queue: Line) -> any Topic
}

/// A queue, and where what cannot be dealt with goes.
struct QueueLine<Line: Queue> {
    let queue: Line
    let deadLetterQueue: Line
    let deadLetters: any Topic
    /// Publishes to the queue alone.
    let entrance: any Topic

    /// For administrators.
    var office: DeadLetterOffice {
        DeadLetterOffice(queue: queue, deadLetters: deadLetterQueue, entrance: entrance)
    }
}

extension QueueKind {
    /// The queue that a setting names.
    func line(_ name: Setting<String>, _ configuration: EffectiveConfiguration) -> QueueLine<Line> {
        let dead = queue(configuration[name] + configuration[Settings.deadLetterSuffix], redrive: nil)
        let maximum = configuration[Settings.queueMaximumReceives]
        let live = queue(configuration[name], redrive: (maximum, dead.name))
        return QueueLine(
            queue: live, deadLetterQueue: dead, deadLetters: topic(to: dead), entrance: topic(to: live))
    }
}

/// The topics and queues of the service, and who is subscribed to what.
struct Messaging {
    let requests: any Topic
    let requestQueue: any Queue
    let requestDeadLetters: any Topic
    let results: any Topic
    let notifyQueue: any Queue
    let notifyDeadLetters: any Topic
    let archiveRequests: any Topic
    let archiveQueue: any Queue
    let archiveDeadLetters: any Topic
    let restoreRequests: any Topic
    let restoreQueue: any Queue
    let restoreDeadLetters: any Topic
    let thaw: any Topic
    /// The full name of that topic, where it is one of SNS's that an archive announces to by itself; else empty.
    let thawARN: String
    let thawQueue: any Queue
    let thawDeadLetters: any Topic
    let notices: any Topic
    /// Every queue with the queue of its dead letters, for administrators.
    let offices: [DeadLetterOffice]

    /// - Parameters:
    ///   - kind: where the queues are kept.
    ///   - thaw: the queue in which the archive announces, which is where the archive is.
    ///   - thawTopic: publishes there.
    init<Kind: QueueKind, Thaw: Queue>(
        _ configuration: EffectiveConfiguration, kind: Kind, thaw: QueueLine<Thaw>, thawTopic: any Topic,
        thawARN: String = ""
    ) {
        let request = kind.line(Settings.requestQueueName, configuration)
        let notify = kind.line(Settings.notifyQueueName, configuration)
        let archive = kind.line(Settings.archiveQueueName, configuration)
        let restore = kind.line(Settings.restoreQueueName, configuration)
        (requestQueue, requestDeadLetters) = (request.queue, request.deadLetters)
        (notifyQueue, notifyDeadLetters) = (notify.queue, notify.deadLetters)
        (archiveQueue, archiveDeadLetters) = (archive.queue, archive.deadLetters)
        (restoreQueue, restoreDeadLetters) = (restore.queue, restore.deadLetters)
        (thawQueue, thawDeadLetters) = (thaw.queue, thaw.deadLetters)
        requests = kind.topic(.jobRequests, to: [request.queue])
        results = kind.topic(.jobResults, to: [notify.queue, archive.queue])
        archiveRequests = kind.topic(.archiveRequests, to: [archive.queue])
        restoreRequests = kind.topic(.restoreRequests, to: [restore.queue])
        notices = kind.topic(.resultNotices, to: [notify.queue])
        self.thaw = thawTopic
        self.thawARN = thawARN
        offices = [request, notify, archive, restore].map(\.office) + [thaw.office]
    }
}
