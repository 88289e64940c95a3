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
            return [await Finding.of("AWS", remedy: "Set \(Settings.awsRegion.key), or AWS_REGION.") { throw error }]
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
        if let bucket = aws.layout.glacierBucket {
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
        let layout = AWSLayout(configuration: configuration)
        var findings: [Finding] = []
        for bucket in layout.buckets where !layout.s3Buckets.contains(bucket) {
            findings.append(
                await Finding.of(
                    "the bucket \(bucket)", remedy: "Look at the disk and the permissions of the data folder."
                ) { try await look(atFolderOf: bucket) })
        }
        for bucket in layout.s3Buckets { findings.append(await look(atS3: bucket)) }
        return findings
    }

    private func look(atS3 bucket: String) async -> Finding {
        var remarks: [String] = []
        var finding = await Finding.of("the bucket \(bucket)", remedy: Self.make) {
            try await AWSAccess.whileOpen(configuration, clock: clock) { aws in
                guard let aws else { return [] }
                let resources = AWSResources(client: aws.client)
                let flaws = try await resources.flaws(ofBucket: bucket)
                guard flaws.isEmpty else { return flaws }
                let wrong = try await tryOut(
                    S3ObjectStore(client: aws.client, settings: Composition.s3Settings(configuration)), in: bucket)
                do {
                    remarks = try await resources.remains(in: bucket)
                } catch let error as GASError {
                    remarks = ["does not tell whether it keeps what was deleted (\(error.cause ?? error.message))"]
                }
                return wrong
            }
        }
        finding.remarks = remarks
        return finding
    }

    private func look(atFolderOf bucket: String) async throws -> [String] {
        let folders = try DataFolders(configuration)
        let database = try EmbeddedDatabase(path: folders.database)
        let store = try Composition.objects(configuration, folders, database, nil, clock: clock).store
        let flaws = try await tryOut(store, in: bucket)
        try database.close()
        return flaws
    }

    private func tryOut(_ store: any ObjectStore, in bucket: String) async throws -> [String] {
        let probe = Data("well".utf8)
        // Outside the prefix of all keys, where the sweeper does not look.
        let location = ObjectLocation(bucket: bucket, key: "doctor/\(UUID().uuidString)")
        _ = try await store.put(probe, at: location)
        let isRight = try await store.get(location, limit: probe.count) == probe
        let isListed = try await !store.list(bucket: bucket, prefix: location.key, after: nil, limit: 1).isEmpty
        try await store.delete(location)
        return (isRight ? [] : ["gives other bytes than it was given"])
            + (isListed ? [] : ["does not list what is in it"])
    }
}
