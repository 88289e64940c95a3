/// What the queues are called.
extension Settings {
    static let requestQueueName = Setting.requiredText(
        "queues.names.requests", "job-requests", "The queue in which jobs wait for an annotator.")
    static let notifyQueueName = Setting.requiredText(
        "queues.names.notify", "notify", "The queue of what owners are to be told.")
    static let archiveQueueName = Setting.requiredText(
        "queues.names.archive", "archive", "The queue of results that may have to be archived.")
    static let restoreQueueName = Setting.requiredText(
        "queues.names.restore", "restore", "The queue of results that are wanted back.")
    static let thawQueueName = Setting.requiredText(
        "queues.names.thaw", "thaw", "The queue of results that the archive has made readable.")
    static let deadLetterSuffix = Setting.requiredText(
        "queues.names.dead-letter-suffix", "-dead-letters",
        "Added to a queue's name for the queue of what could not be dealt with.")

    static let forQueueNames: [any AnySetting] = [
        requestQueueName, notifyQueueName, archiveQueueName, restoreQueueName, thawQueueName, deadLetterSuffix,
    ]
}
