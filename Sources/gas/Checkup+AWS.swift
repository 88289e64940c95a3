import Foundation
import GAS
import GASAWS
import GASEmbedded

extension Checkup {
    private static let make = "Run 'gas aws init', or change it yourself; its permissions are in docs/aws.md."

    /// Table, topics and queues.
    func atAWS() async -> [Finding] {
        let aws: AWSAccess
        do {
            aws = try AWSAccess(configuration, clock: clock)
        } catch {
            return [await Finding.of("AWS", remedy: "") { throw error }]
        }
        var findings: [Finding] = []
        let resources = AWSResources(client: aws.client)
        if configuration[Settings.jobStore] == .dynamodb {
            findings.append(
                await Finding.of("the table \(aws.layout.table)", remedy: Self.make) {
                    try await resources.flaws(ofJobTable: aws.layout.table)
                })
        }
        if !aws.layout.lines.isEmpty {
            var account: AWSCaller?
            let finding = await Finding.of(
                "the AWS account",
                remedy:
                    "Look at the credentials (docs/aws.md says where they are looked for) and at \(Settings.awsRegion.key)."
            ) {
                account = try await aws.account()
                return []
            }
            findings.append(finding)
            if let account {
                findings += await messaging(aws, account)
                if configuration.isArchivedAtAWS { findings.append(await archive(aws, account)) }
            }
        }
        do { try await aws.close() } catch {
            findings.append(await Finding.of("the connections to AWS", remedy: "") { throw error })
        }
        return findings
    }

    /// Whether Glacier is there, and announces where the service listens.
    private func archive(_ aws: AWSAccess, _ account: AWSCaller) async -> Finding {
        let resources = AWSResources(client: aws.client)
        guard configuration[Settings.archiveStore] == .vault else {
            let bucket = configuration[Settings.archiveBucket]
            return await Finding.of("the archive in the bucket \(bucket)", remedy: Self.make) {
                try await resources.flaws(
                    ofArchiveBucket: bucket, announcingTo: aws.layout.arn(of: .thaw, account))
            }
        }
        let vault = configuration[Settings.archiveVault]
        return await Finding.of("the vault \(vault)", remedy: Self.make) { try await resources.flaws(ofVault: vault) }
    }

    private func messaging(_ aws: AWSAccess, _ account: AWSCaller) async -> [Finding] {
        let (layout, resources) = (aws.layout, AWSResources(client: aws.client))
        var findings: [Finding] = []
        for topic in layout.topics {
            let queues = layout.lines.filter { $0.topics.contains(topic) }
            findings.append(
                await Finding.of("the topic \(layout.name(of: topic))", remedy: Self.make) {
                    try await resources.flaws(
                        ofTopic: layout.arn(of: topic, account),
                        queues: queues.map { layout.arn(ofQueue: $0.name, account) })
                })
        }
        for line in layout.lines {
            findings.append(
                await Finding.of("the queue \(line.deadLetters)", remedy: Self.make) {
                    try await resources.flaws(ofQueue: line.deadLetters, .init())
                })
            findings.append(
                await Finding.of("the queue \(line.name)", remedy: Self.make) {
                    try await resources.flaws(
                        ofQueue: line.name,
                        .init(
                            delay: line.delay,
                            redrive: (
                                layout.arn(ofQueue: line.deadLetters, account),
                                configuration[Settings.queueMaximumReceives]
                            ),
                            topics: line.topics.map { layout.arn(of: $0, account) }))
                })
        }
        return findings
    }

    /// Buckets: what is written there is read back, and removed again.
    func objects() async -> [Finding] {
        let isS3 = configuration[Settings.objectStore] == .s3
        let probe = Data("well".utf8)
        var findings: [Finding] = []
        for bucket in AWSLayout(configuration: configuration).buckets {
            findings.append(
                await Finding.of(
                    "the bucket \(bucket)",
                    remedy: isS3 ? Self.make : "Look at the disk and the permissions of the data folder."
                ) {
                    try await AWSAccess.whileOpen(configuration, clock: clock) { aws in
                        try await look(at: bucket, isS3 ? aws : nil, probe)
                    }
                })
        }
        return findings
    }

    private func look(at bucket: String, _ aws: AWSAccess?, _ probe: Data) async throws -> [String] {
        let folders = try DataFolders(configuration)
        if let aws {
            let flaws = try await AWSResources(client: aws.client).flaws(ofBucket: bucket)
            guard flaws.isEmpty else { return flaws }
        }
        let database = aws == nil ? try EmbeddedDatabase(path: folders.database) : nil
        let store = try Composition.objects(configuration, folders, database, aws, clock: clock).store
        // Outside the prefix of all keys, where the sweeper does not look.
        let location = ObjectLocation(bucket: bucket, key: "doctor/\(UUID().uuidString)")
        _ = try await store.put(probe, at: location)
        let isRight = try await store.get(location, limit: probe.count) == probe
        let isListed = try await !store.list(bucket: bucket, prefix: location.key, after: nil, limit: 1).isEmpty
        try await store.delete(location)
        try database?.close()
        return (isRight ? [] : ["gives other bytes than it was given"])
            + (isListed ? [] : ["does not list what is in it"])
    }
}
