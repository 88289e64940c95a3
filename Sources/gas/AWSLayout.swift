import GAS
import GASAWS

/// What the service's things at AWS are called and how they hang together: the plan that `gas aws init` carries out, `gas doctor`
/// compares with, and the adapters use.
struct AWSLayout: Sendable {
    let configuration: EffectiveConfiguration

    /// A queue with what it should be like.
    struct Line: Sendable {
        let name: String
        let deadLetters: String
        /// Whole seconds before a message may be received.
        let delay: Int
        let topics: [TopicName]
    }

    /// Most seconds for which SQS delays a message.
    private static let longestDelay = 900.0

    /// The table of jobs.
    var table: String { name(of: configuration[Settings.awsTable]) }

    /// The name at AWS of a queue, topic or table.
    func name(of name: String) -> String { "\(configuration[Settings.awsPrefix])_\(name)" }

    /// The full name of a topic.
    func arn(of topic: TopicName, _ account: AWSCaller) -> String {
        "arn:\(account.partition):sns:\(Self.region(configuration) ?? ""):\(account.account):\(name(of: topic))"
    }

    /// The full name of a queue.
    func arn(ofQueue name: String, _ account: AWSCaller) -> String {
        "arn:\(account.partition):sqs:\(Self.region(configuration) ?? ""):\(account.account):\(name)"
    }

    func name(of topic: TopicName) -> String {
        let setting = Settings.awsTopics.first { $0.topic == topic }?.setting
        return name(of: setting.map { configuration[$0] } ?? topic.rawValue)
    }

    /// The topics of SNS's that are in use.
    var topics: [TopicName] {
        Settings.awsTopics.map(\.topic).filter { topic in lines.contains { $0.topics.contains(topic) } }
    }

    /// The queues in use, each with its queue of dead letters. Results wait in the archive's queue until the plan's time is over, or as
    /// long as SQS can delay them; what is then not due is put off again by the archiver.
    var lines: [Line] {
        let thaw = line(Settings.thawQueueName, [.thaw])
        guard configuration[Settings.queueTransport] == .aws else { return configuration.isArchivedAtAWS ? [thaw] : [] }
        let window = min(configuration[Settings.freeDownloadWindowSeconds], Self.longestDelay)
        return [
            line(Settings.requestQueueName, [.jobRequests]),
            line(Settings.notifyQueueName, [.jobResults, .resultNotices]),
            line(Settings.archiveQueueName, [.jobResults], delay: Int(window.rounded(.down))),
            line(Settings.restoreQueueName, [.restoreRequests]),
            thaw,
        ]
    }

    /// The buckets of the object store, wherever that is.
    var buckets: [String] {
        [configuration[Settings.objectsInputsBucket], configuration[Settings.objectsResultsBucket]]
            + (configuration[Settings.archiveStore] == .objects ? [configuration[Settings.archiveBucket]] : [])
    }

    /// The bucket of archives in Glacier's class, which is at S3 wherever objects are.
    var glacierBucket: String? {
        configuration[Settings.archiveStore] == .glacier ? configuration[Settings.archiveBucket] : nil
    }

    /// The bucket of archives, if they are objects that the object store can reach.
    var archiveBucket: String? {
        switch configuration[Settings.archiveStore] {
        case .objects: configuration[Settings.archiveBucket]
        case .glacier where configuration[Settings.objectStore] == .s3: configuration[Settings.archiveBucket]
        default: nil
        }
    }

    /// The buckets from which the sweeper removes what nobody has.
    var sweptBuckets: [String] {
        [configuration[Settings.objectsInputsBucket], configuration[Settings.objectsResultsBucket]]
            + (archiveBucket.map { [$0] } ?? [])
    }

    /// The buckets at S3.
    var s3Buckets: [String] {
        (configuration[Settings.objectStore] == .s3 ? buckets : []) + (glacierBucket.map { [$0] } ?? [])
    }

    private func line(_ setting: Setting<String>, _ topics: [TopicName], delay: Int = 0) -> Line {
        let name = configuration[setting]
        return Line(
            name: self.name(of: name), deadLetters: self.name(of: name + configuration[Settings.deadLetterSuffix]),
            delay: delay, topics: topics)
    }
}
