import GASAWS

/// Where uploads, results, logs and summaries are kept.
enum ObjectStoreKind: String, CaseIterable, Sendable {
    case files, s3
}

/// Where jobs are kept.
enum JobStoreKind: String, CaseIterable, Sendable {
    case database, dynamodb
}

/// What carries messages.
enum QueueTransport: String, CaseIterable, Sendable {
    case database, aws
}

/// The settings of AWS, and of who speaks its protocols.
extension Settings {
    static let objectStore = Setting.choice(
        "objects.store", ObjectStoreKind.files,
        "Where uploads, results, logs and summaries are kept: files in the data folder, or S3 and whatever speaks its "
            + "protocol.")
    static let s3PartBytes = Setting.number(
        "objects.s3.part-bytes", 16_777_216, in: 5_242_880...5_368_709_120,
        "Files with more bytes go to S3 in parts of this size.")
    static let s3ParallelParts = Setting.number(
        "objects.s3.parallel-parts", 4, in: 1...64, "Parts of one file that are on their way at the same time.")
    static let s3Encryption = Setting.text(
        "objects.s3.encryption", "",
        "How S3 is told to encrypt what the service itself puts there, such as AES256 or aws:kms. Empty: as the bucket says."
    )
    static let s3AbandonDays = Setting.number(
        "objects.s3.abandon-days", 1, in: 1...365,
        "After so many days 'gas aws init' lets buckets forget uploads in parts that a crash left unfinished.")

    static let jobStore = Setting.choice(
        "jobs.store", JobStoreKind.database, "Where jobs are kept: in the database, or in a table of DynamoDB's.")
    static let queueTransport = Setting.choice(
        "queues.transport", QueueTransport.database,
        "What carries messages: queues in the database, or SNS and SQS of AWS.")

    static let awsRegion = Setting.text(
        "aws.region", "", "Region, such as us-east-1. Empty: the one in AWS_REGION or AWS_DEFAULT_REGION.")
    static let awsAccount = Setting.text(
        "aws.account", "", "Number of the account in which the topics are. Empty: STS is asked at start.")
    static let awsPrefix = Setting.requiredText(
        "aws.prefix", "gas", "What the names of table, topics and queues begin with; an underscore follows.")
    static let awsTable = Setting.requiredText("aws.table", "annotations", "Name of the table of jobs.")
    static let awsEndpoint = Setting.origin(
        "aws.endpoint", "Where all services of AWS are reached. Empty: where the region has them.")
    static let awsTimeoutSeconds = Setting.seconds(
        "aws.timeout-seconds", 30, in: 0.1...600, "Longest time until one request is answered.")
    static let awsRetries = Setting.number(
        "aws.retries", 4, in: 0...20, "How often a request that failed for the moment is repeated.")
    static let awsBackoffSeconds = Setting.seconds(
        "aws.backoff-seconds", 0.2, in: 0.001...60, "Longest pause before the first repetition; it doubles each time.")
    static let awsMaximumBackoffSeconds = Setting.seconds(
        "aws.maximum-backoff-seconds", 10, in: 0.001...600, "Longest pause between two repetitions.")
    static let awsPollSeconds = Setting.seconds(
        "aws.poll-seconds", 2, in: 0.1...3600,
        "A live page looks after so long for changes that other processes made in DynamoDB, which announces none.")

    /// Services by the names with which their requests are signed.
    static let awsServices = ["s3", "dynamodb", "sqs", "sns", "sts", "glacier", "ses", "secretsmanager"]
    static let awsEndpoints = awsServices.map { service in
        (
            service: service,
            setting: Setting.origin(
                "aws.endpoint-\(service)", "Where \(service) is reached, if not where the others are.")
        )
    }

    static let awsTopics = TopicName.allCases.filter(\.isAnnounced).map { topic in
        (
            topic: topic,
            setting: Setting.requiredText(
                "aws.topics.\(topic.rawValue.replacing("_", with: "-"))", topic.rawValue,
                "The topic of \(topic.meaning).")
        )
    }

    static let forAWS: [any AnySetting] =
        [
            objectStore, s3PartBytes, s3ParallelParts, s3Encryption, s3AbandonDays, jobStore, queueTransport,
            awsRegion, awsAccount, awsPrefix, awsTable, awsEndpoint,
        ] + awsEndpoints.map { $0.setting } + awsTopics.map { $0.setting } + [
            awsTimeoutSeconds, awsRetries, awsBackoffSeconds, awsMaximumBackoffSeconds, awsPollSeconds,
        ]
}
