import Foundation
import GAS
import GASAWS
import GASEmbedded
import GASWorkers
import Logging
import ServiceLifecycle

/// Who moves results to the archive and back.
extension Composition {
    var plans: Plans {
        Plans(
            free: Plan(
                name: configuration[Settings.freeName], uploadLimit: configuration[Settings.freeUploadLimit],
                downloadWindow: configuration[Settings.freeDownloadWindowSeconds],
                concurrentJobs: configuration[Settings.freeConcurrentJobs]),
            premium: Plan(
                name: configuration[Settings.premiumName], uploadLimit: configuration[Settings.premiumUploadLimit],
                downloadWindow: nil, concurrentJobs: configuration[Settings.premiumConcurrentJobs]))
    }

    /// Changes the plan of an account.
    var roleChange: RoleChange {
        RoleChange(
            accounts: accounts,
            announcement: RoleAnnouncement(
                restoreRequests: messaging.restoreRequests, archiveRequests: messaging.archiveRequests), audit: audit,
            clock: clock)
    }

    /// What moves results to the archive.
    func archiver() -> any Service {
        let handler = Archiver(
            jobs: jobs, accounts: accounts, objects: objects, archive: archive,
            archiveRequests: messaging.archiveRequests, restoreRequests: messaging.restoreRequests,
            notices: messaging.notices, plans: plans, settings: moverSettings(folders.archiverWork), clock: clock)
        return QueueConsumer(
            queue: messaging.archiveQueue, deadLetters: messaging.archiveDeadLetters, handler: handler,
            settings: consumerSettings(concurrency: configuration[Settings.archiverConcurrency]), clock: clock,
            logger: Logger(label: "gas.archiver"))
    }

    /// What asks the archive for results.
    func restorer() -> any Service {
        let handler = Restorer(
            jobs: jobs, accounts: accounts, archive: archive, restoreRequests: messaging.restoreRequests,
            thaw: messaging.thaw, notices: messaging.notices, tiers: configuration[Settings.restorerTiers],
            settings: moverSettings(folders.work), clock: clock)
        return QueueConsumer(
            queue: messaging.restoreQueue, deadLetters: messaging.restoreDeadLetters, handler: handler,
            settings: consumerSettings(concurrency: configuration[Settings.restorerConcurrency]), clock: clock,
            logger: Logger(label: "gas.restorer"))
    }

    /// What copies results back.
    func thawer() -> any Service {
        let queue: any Queue =
            if let announcements = archivePlace.announcements {
                GlacierThawQueue(queue: messaging.thawQueue, topic: messaging.thaw, archive: announcements)
            } else {
                messaging.thawQueue
            }
        let handler = Thawer(
            jobs: jobs, objects: objects, archive: archive, archiveRequests: messaging.archiveRequests,
            restoreRequests: messaging.restoreRequests, notices: messaging.notices,
            settings: moverSettings(folders.thawerWork), clock: clock)
        return QueueConsumer(
            queue: queue, deadLetters: messaging.thawDeadLetters, handler: handler,
            settings: consumerSettings(concurrency: configuration[Settings.thawerConcurrency]), clock: clock,
            logger: Logger(label: "gas.thawer"))
    }

    static func archiveSettings(_ configuration: EffectiveConfiguration) -> FolderArchiveSettings {
        let capacity = configuration[Settings.archiveExpeditedCapacity]
        return FolderArchiveSettings(
            delays: [
                .expedited: configuration[Settings.archiveExpeditedSeconds],
                .standard: configuration[Settings.archiveStandardSeconds],
                .bulk: configuration[Settings.archiveBulkSeconds],
            ],
            keepSeconds: configuration[Settings.archiveKeepSeconds],
            expeditedRefusalShare: configuration[Settings.archiveRefusalShare],
            expeditedCapacity: capacity == 0 ? nil : capacity,
            expeditedPeriod: configuration[Settings.archiveExpeditedPeriod])
    }

    private func moverSettings(_ workDirectory: String) -> MoverSettings {
        MoverSettings(
            workDirectory: workDirectory, keyPrefix: configuration[Settings.objectsPrefix],
            batch: configuration[Settings.moversBatch],
            retryDelay: configuration[Settings.restorerRetrySeconds],
            listDelay: configuration[Settings.moversListDelay])
    }
}
