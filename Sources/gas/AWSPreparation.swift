import GAS
import GASAWS

/// Makes at AWS what the layout says.
struct AWSPreparation {
    let aws: AWSAccess

    private var layout: AWSLayout { aws.layout }
    private var resources: AWSResources { AWSResources(client: aws.client) }

    /// Makes everything that the settings use.
    /// - Parameter report: told of each thing that is there now.
    func run(_ report: (String) -> Void) async throws {
        if layout.configuration[Settings.jobStore] == .dynamodb {
            try await making("table \(layout.table)") { try await resources.makeJobTable(named: layout.table) }
            report("table \(layout.table)")
        }
        if !layout.lines.isEmpty { try await makeQueues(report) }
        for bucket in layout.s3Buckets {
            try await making("bucket \(bucket)") {
                try await resources.makeBucket(named: bucket)
                try await resources.abandonUnfinishedUploads(
                    in: bucket, afterDays: layout.configuration[Settings.s3AbandonDays])
            }
            report("bucket \(bucket)")
        }
        if layout.configuration.isArchivedAtAWS { try await makeArchive(report) }
    }

    /// Says of an error with what it came about.
    private func making<Value>(_ name: String, _ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as GASError where error.underlying != nil {
            throw GASError(error.code, "The \(name) cannot be made: \(error.message)", cause: error.underlying)
        }
    }

    private func makeArchive(_ report: (String) -> Void) async throws {
        let topic = layout.arn(of: .thaw, try await aws.account())
        try await making("policy of the topic \(topic)") { try await resources.admitAnnouncements(to: topic) }
        if layout.configuration[Settings.archiveStore] == .vault {
            let vault = layout.configuration[Settings.archiveVault]
            try await making("vault \(vault)") { try await resources.makeVault(named: vault) }
            report("vault \(vault)")
        } else if let bucket = layout.glacierBucket {
            try await making("archive in the bucket \(bucket)") {
                try await resources.makeArchiveBucket(named: bucket, announcingTo: topic)
            }
            report("bucket \(bucket), which announces to \(layout.name(of: .thaw))")
        }
    }

    private func makeQueues(_ report: (String) -> Void) async throws {
        var topics: [TopicName: String] = [:]
        for topic in layout.topics {
            topics[topic] = try await making("topic \(layout.name(of: topic))") {
                try await resources.makeTopic(named: layout.name(of: topic))
            }
            report("topic \(layout.name(of: topic))")
        }
        for line in layout.lines {
            let dead = try await making("queue \(line.deadLetters)") {
                try await resources.makeQueue(named: line.deadLetters)
            }
            report("queue \(line.deadLetters)")
            let announced = line.topics.compactMap { topics[$0] }
            try await making("queue \(line.name)") {
                let queue = try await resources.makeQueue(
                    named: line.name,
                    .init(
                        delay: line.delay,
                        redrive: (dead, layout.configuration[Settings.queueMaximumReceives]), topics: announced))
                for topic in announced { try await resources.subscribe(queue: queue, to: topic) }
            }
            report("queue \(line.name), told by \(line.topics.map(layout.name).joined(separator: ", "))")
        }
    }
}
