import Foundation
import GAS
import GASAWS
import GASEmbedded
import GASWorkers
import Logging

/// Where objects are, with what its keeper needs to have done now and then.
struct ObjectPlace {
    let store: any ObjectStore
    /// The part that browsers talk to, where the store has no server of its own.
    var endpoint: (any ObjectEndpoint)?
    var chores: [Sweeper.Chore] = []
}

/// Where archives are, with what their keeper needs to have done now and then.
struct ArchivePlace {
    let store: any ArchiveStore
    var chores: [Sweeper.Chore] = []
    /// At every sweep.
    var urgentChores: [Sweeper.Chore] = []
    /// Understands what the archive itself writes into the queue `thaw`, where it does.
    var announcements: (any GlacierAnnouncements)?
}

/// Which adapters keep objects and archives, and which carry messages.
extension Composition {
    static func objects(
        _ configuration: EffectiveConfiguration, _ folders: DataFolders, _ database: EmbeddedDatabase?,
        _ aws: AWSAccess?, clock: any WallClock
    ) throws -> ObjectPlace {
        if configuration[Settings.objectStore] == .s3, let aws {
            return ObjectPlace(store: S3ObjectStore(client: aws.client, settings: s3Settings(configuration)))
        }
        let store = try FileObjectStore(
            root: folders.objects, database: try needed(database), signingKey: try signingKey(configuration, folders),
            baseURL: publicURL(configuration), clock: clock)
        let seconds = configuration[Settings.sweeperOrphanSeconds]
        return ObjectPlace(
            store: store, endpoint: store,
            chores: [Sweeper.Chore(name: "orphanedFiles") { try await store.sweepOrphans(olderThan: seconds) }])
    }

    static func archive(
        _ configuration: EffectiveConfiguration, _ folders: DataFolders, _ database: EmbeddedDatabase?,
        _ aws: AWSAccess?, objects: any ObjectStore, messaging: Messaging, clock: any WallClock
    ) throws -> ArchivePlace {
        switch configuration[Settings.archiveStore] {
        case .folder:
            let database = try needed(database)
            let queue = EmbeddedQueues(database: database, clock: clock).line(Settings.thawQueueName, configuration)
            let archive = try FolderArchive(
                root: folders.archive, database: database, thaw: [queue.queue],
                settings: archiveSettings(configuration), clock: clock)
            let seconds = configuration[Settings.sweeperOrphanSeconds]
            return ArchivePlace(
                store: archive,
                chores: [
                    Sweeper.Chore(name: "orphanedContents") { try await archive.sweepOrphans(olderThan: seconds) },
                    Sweeper.Chore(name: "expiredRetrievals") { try await archive.removeExpiredRetrievals() },
                ])
        case .objects:
            let archive = ObjectArchive(
                objects: objects, bucket: configuration[Settings.archiveBucket], thaw: messaging.thaw,
                settings: archiveSettings(configuration), batch: configuration[Settings.sweeperBatch], clock: clock)
            return ArchivePlace(
                store: archive,
                chores: [Sweeper.Chore(name: "expiredRetrievals") { try await archive.removeExpiredRetrievals() }],
                urgentChores: [Sweeper.Chore(name: "announcedRetrievals") { try await archive.announceDue() }])
        case .glacier:
            let archive = S3GlacierArchive(
                bucket: configuration[Settings.archiveBucket], client: try needed(aws).client, thaw: messaging.thaw,
                settings: S3GlacierSettings(
                    storageClass: configuration[Settings.archiveStorageClass],
                    keepDays: configuration[Settings.archiveKeepDays], times: glacierTimes(configuration),
                    objects: s3Settings(configuration)), clock: clock)
            return ArchivePlace(store: archive, announcements: archive)
        case .vault:
            let archive = VaultArchive(
                vault: configuration[Settings.archiveVault], topic: messaging.thawARN,
                client: try needed(aws).client,
                settings: VaultSettings(
                    partBytes: configuration[Settings.archiveVaultPartBytes],
                    parallelParts: configuration[Settings.archiveVaultParallelParts],
                    times: glacierTimes(configuration),
                    inventorySeconds: configuration[Settings.archiveVaultInventorySeconds]), clock: clock)
            return ArchivePlace(store: archive, announcements: archive)
        }
    }

    private static func glacierTimes(_ configuration: EffectiveConfiguration) -> RetrievalTimes {
        RetrievalTimes(
            Settings.archiveGlacierSeconds.reduce(into: [:]) { times, entry in
                times[entry.tier] = configuration[entry.setting]
            })
    }

    static func s3Settings(_ configuration: EffectiveConfiguration) -> S3Settings {
        let encryption = configuration[Settings.s3Encryption]
        return S3Settings(
            partBytes: configuration[Settings.s3PartBytes], parallelParts: configuration[Settings.s3ParallelParts],
            encryption: encryption.isEmpty ? nil : encryption)
    }

    static func messaging(
        _ configuration: EffectiveConfiguration, _ database: EmbeddedDatabase?, _ stores: DatabaseConnection,
        _ aws: AWSAccess?, clock: any WallClock
    ) async throws -> Messaging {
        var places = ThawPlaces(embedded: database.map { EmbeddedQueues(database: $0, clock: clock) })
        let isTransport = configuration[Settings.queueTransport] == .aws
        if let aws, isTransport || configuration.isArchivedAtAWS {
            let kind = AWSQueues(client: aws.client, layout: aws.layout, account: try await aws.account())
            places.aws = kind
            if isTransport { return messaging(configuration, kind: kind, places) }
        }
        switch stores {
        case .postgres(let postgres):
            return messaging(configuration, kind: PostgresQueues(database: postgres, clock: clock), places)
        case .sqlite(let database):
            return messaging(configuration, kind: EmbeddedQueues(database: database, clock: clock), places)
        }
    }

    /// Kinds of queues in which an archive can announce that are not those of everybody.
    private struct ThawPlaces {
        let embedded: EmbeddedQueues?
        var aws: AWSQueues?
    }

    /// The archive in a folder announces in a queue beside itself, and Glacier on a topic of SNS's; that in a bucket like
    /// everybody.
    private static func messaging<Kind: QueueKind>(
        _ configuration: EffectiveConfiguration, kind: Kind, _ places: ThawPlaces
    ) -> Messaging {
        if configuration[Settings.archiveStore] == .folder, let embedded = places.embedded {
            let thaw = embedded.line(Settings.thawQueueName, configuration)
            return Messaging(configuration, kind: kind, thaw: thaw, thawTopic: embedded.topic(to: thaw.queue))
        }
        if configuration.isArchivedAtAWS, let aws = places.aws {
            let thaw = aws.line(Settings.thawQueueName, configuration)
            return Messaging(
                configuration, kind: kind, thaw: thaw, thawTopic: aws.topic(.thaw, to: [thaw.queue]),
                thawARN: aws.layout.arn(of: .thaw, aws.account))
        }
        let thaw = kind.line(Settings.thawQueueName, configuration)
        return Messaging(configuration, kind: kind, thaw: thaw, thawTopic: kind.topic(.thaw, to: [thaw.queue]))
    }

    private static func needed(_ aws: AWSAccess?) throws -> AWSAccess {
        guard let aws else { throw GASError(.internal, "The way to AWS was not opened.") }
        return aws
    }

    private static func needed(_ database: EmbeddedDatabase?) throws -> EmbeddedDatabase {
        guard let database else { throw GASError(.internal, "The database of the data folder was not opened.") }
        return database
    }
}
