import Foundation
import GAS
import GASTesting
import GASWorkers
import Logging

/// A whole service in memory: its ports, its workers, a few accounts with a few jobs each.
struct World {
    /// The Free plan's window, in seconds.
    static let window = 300.0
    /// Longest life of a download link, in seconds; longer than the window, so that the window must shorten it.
    static let linkSeconds = 900.0
    /// Seconds for which a delivered message is hidden.
    static let visibility = 60.0
    static let patience = 60.0
    static let bucket = "gas-results"

    let clock = ManualClock()
    let stage = Stage()
    let jobs = InMemoryJobStore()
    let accounts = InMemoryAccountStore()
    let objects: InMemoryObjectStore
    let archive: InMemoryArchiveStore
    let mailer = RecordingMailer()
    let audit = InMemoryAuditLog()
    let post: Post
    let plans = Plans(
        free: Plan(name: "Free", uploadLimit: 1000, downloadWindow: World.window),
        premium: Plan(name: "Premium", uploadLimit: 1000, downloadWindow: nil))
    let workDirectory: String
    let logger = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }

    init(seed: UInt64) {
        objects = InMemoryObjectStore(clock: clock)
        archive = InMemoryArchiveStore(
            clock: clock, delays: [.expedited: 120, .standard: 900, .bulk: 3600], keepSeconds: 3600)
        post = Post(clock: clock, seed: seed ^ 0x706F_7374)
        workDirectory = NSTemporaryDirectory() + "gas-simulation-\(ProcessInfo.processInfo.processIdentifier)/\(seed)"
    }

    private func topic(_ name: String) -> StagedTopic { StagedTopic(name: name, post: post, stage: stage) }
    private var stagedJobs: StagedJobStore { StagedJobStore(base: jobs, stage: stage) }
    private var stagedAccounts: StagedAccountStore { StagedAccountStore(base: accounts, stage: stage) }
    private var stagedObjects: StagedObjectStore { StagedObjectStore(base: objects, stage: stage) }
    private var stagedArchive: StagedArchiveStore { StagedArchiveStore(base: archive, stage: stage) }

    private func settings(_ role: String) -> MoverSettings {
        MoverSettings(
            workDirectory: workDirectory + "-" + role, keyPrefix: "gas", batch: 2, retryDelay: 60, listDelay: 30)
    }

    /// The worker of a queue.
    func handler(_ address: Post.Address) -> any MessageHandler {
        switch address {
        case .annotate:
            SwiftAnnotator(
                jobs: stagedJobs, objects: stagedObjects, results: topic("job_results"), bucket: World.bucket,
                clock: clock)
        case .notify:
            Notifier(
                jobs: stagedJobs, accounts: stagedAccounts, mailer: StagedMailer(base: mailer, stage: stage),
                mails: JobMail(publicURL: "https://gas.example.org", plans: plans), leaseSeconds: 30, clock: clock)
        case .archive:
            Archiver(
                jobs: stagedJobs, accounts: stagedAccounts, objects: stagedObjects, archive: stagedArchive,
                archiveRequests: topic("archive_requests"), restoreRequests: topic("restore_requests"),
                notices: topic("result_notices"), plans: plans, settings: settings("archiver"), clock: clock)
        case .restore:
            Restorer(
                jobs: stagedJobs, accounts: stagedAccounts, archive: stagedArchive,
                restoreRequests: topic("restore_requests"), thaw: topic("thaw"), notices: topic("result_notices"),
                tiers: [.expedited, .standard],
                settings: settings("restorer"), clock: clock)
        case .thaw:
            Thawer(
                jobs: stagedJobs, objects: stagedObjects, archive: stagedArchive,
                archiveRequests: topic("archive_requests"), restoreRequests: topic("restore_requests"),
                notices: topic("result_notices"), settings: settings("thawer"), clock: clock)
        }
    }

    var sweeper: Sweeper {
        Sweeper(
            jobs: stagedJobs, accounts: stagedAccounts, objects: stagedObjects, archive: stagedArchive,
            topics: .init(
                jobRequests: topic("job_requests"), jobResults: topic("job_results"),
                archiveRequests: topic("archive_requests"), restoreRequests: topic("restore_requests"),
                notices: topic("result_notices")),
            chores: [],
            settings: SweeperSettings(
                interval: World.patience, patience: World.patience, uploadPatience: 3600, housekeepingInterval: 3600,
                inputsBucket: "gas-inputs", resultsBucket: World.bucket, keyPrefix: "gas", batch: 100),
            clock: clock, logger: logger)
    }

    var roleChange: RoleChange {
        RoleChange(
            accounts: stagedAccounts,
            announcement: RoleAnnouncement(
                restoreRequests: topic("restore_requests"), archiveRequests: topic("archive_requests")), audit: audit,
            clock: clock)
    }

    /// The bytes of a job's result.
    static func content(of job: JobID) -> Data { Data("result of \(job)".utf8) }
}
