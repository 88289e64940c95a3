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
}

/// Which adapters keep objects and archives, and which carry messages.
extension Composition {
    static func objects(
        _ configuration: EffectiveConfiguration, _ folders: DataFolders, _ database: EmbeddedDatabase?,
        _ aws: AWSAccess?, clock: any WallClock
    ) throws -> ObjectPlace {
        if configuration[Settings.objectStore] == .s3, let aws {
            let encryption = configuration[Settings.s3Encryption]
            let settings = S3Settings(
                partBytes: configuration[Settings.s3PartBytes], parallelParts: configuration[Settings.s3ParallelParts],
                encryption: encryption.isEmpty ? nil : encryption)
            return ObjectPlace(store: S3ObjectStore(client: aws.client, settings: settings))
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
        objects: any ObjectStore, thaw: any Topic, clock: any WallClock
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
                objects: objects, bucket: configuration[Settings.archiveBucket], thaw: thaw,
                settings: archiveSettings(configuration), batch: configuration[Settings.sweeperBatch], clock: clock)
            return ArchivePlace(
                store: archive,
                chores: [Sweeper.Chore(name: "expiredRetrievals") { try await archive.removeExpiredRetrievals() }],
                urgentChores: [Sweeper.Chore(name: "announcedRetrievals") { try await archive.announceDue() }])
        }
    }

    static func messaging(
        _ configuration: EffectiveConfiguration, _ database: EmbeddedDatabase?, _ stores: DatabaseConnection,
        _ aws: AWSAccess?, clock: any WallClock
    ) async throws -> Messaging {
        let embedded = database.map { EmbeddedQueues(database: $0, clock: clock) }
        if configuration[Settings.queueTransport] == .aws, let aws {
            let kind = AWSQueues(client: aws.client, layout: aws.layout, account: try await aws.account())
            return messaging(configuration, kind: kind, embedded: embedded)
        }
        switch stores {
        case .postgres(let postgres):
            return messaging(
                configuration, kind: PostgresQueues(database: postgres, clock: clock), embedded: embedded)
        case .sqlite(let database):
            return messaging(
                configuration, kind: EmbeddedQueues(database: database, clock: clock), embedded: embedded)
        }
    }

    /// The archive in a folder announces in a queue beside itself; others use a topic like everybody.
    private static func messaging<Kind: QueueKind>(
        _ configuration: EffectiveConfiguration, kind: Kind, embedded: EmbeddedQueues?
    ) -> Messaging {
        if configuration[Settings.archiveStore] == .folder, let embedded {
            let thaw = embedded.line(Settings.thawQueueName, configuration)
            return Messaging(configuration, kind: kind, thaw: thaw, thawTopic: embedded.topic(to: thaw.queue))
        }
        let thaw = kind.line(Settings.thawQueueName, configuration)
        return Messaging(configuration, kind: kind, thaw: thaw, thawTopic: kind.topic(.thaw, to: [thaw.queue]))
    }

    private static func needed(_ database: EmbeddedDatabase?) throws -> EmbeddedDatabase {
        guard let database else { throw GASError(.internal, "The database of the data folder was not opened.") }
        return database
    }
}
