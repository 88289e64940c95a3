import Foundation
import GAS
import Logging
import ServiceLifecycle

/// How the sweeper works.
public struct SweeperSettings: Sendable, Hashable {
    /// Seconds between sweeps.
    public var interval: Double
    /// A job that stood still for so many seconds gets its message again.
    public var patience: Double
    /// An upload that nobody submitted is removed after so many seconds.
    public var uploadPatience: Double
    /// Seconds between searches for such uploads and between chores, which look at everything there is.
    public var housekeepingInterval: Double
    /// Where uploads are.
    public var inputsBucket: String
    /// Where results, logs and summaries are.
    public var resultsBucket: String
    /// Where archives are, if they are objects beside the others.
    public var archiveBucket: String?
    /// First part of every object key.
    public var keyPrefix: String
    /// Jobs or objects looked at in one go.
    public var batch: Int

    /// States how the sweeper works.
    public init(
        interval: Double, patience: Double, uploadPatience: Double,
        housekeepingInterval: Double, inputsBucket: String, resultsBucket: String, archiveBucket: String? = nil,
        keyPrefix: String, batch: Int
    ) {
        self.interval = interval
        self.patience = patience
        self.uploadPatience = uploadPatience
        self.housekeepingInterval = housekeepingInterval
        self.inputsBucket = inputsBucket
        self.resultsBucket = resultsBucket
        self.archiveBucket = archiveBucket
        self.keyPrefix = keyPrefix
        self.batch = batch
    }
}

/// Finds what a crash left standing still, at start and at every interval: jobs whose message was lost and uploads that
/// nobody submitted. It repairs by publishing again, never by doing the work itself, so a sweep too many does no harm.
public struct Sweeper: Service {
    /// What one sweep did.
    public struct Report: Sendable, Hashable {
        /// Waiting or abandoned jobs published to `job_requests` again.
        public var requested = 0
        /// Ended jobs published to `job_results` again.
        public var announced = 0
        /// Results whose next step was published again.
        public var moved = 0
        /// Mails about results that were published again.
        public var noticed = 0
        /// Changes of plan that were announced again.
        public var rolesChanged = 0
    }

    let jobs: any JobStore
    let objects: any ObjectStore
    let archive: any ArchiveStore
    private let accounts: any AccountStore
    private let topics: Topics
    private let announcement: RoleAnnouncement
    private let chores: [Chore]
    private let urgentChores: [Chore]
    let settings: SweeperSettings
    let clock: any WallClock
    private let logger: Logger

    /// Further housekeeping that an adapter brings, such as removing ended sessions.
    public struct Chore: Sendable {
        let name: String
        let work: @Sendable () async throws -> Int

        /// - Parameter work: returns how much it removed.
        public init(name: String, work: @escaping @Sendable () async throws -> Int) {
            self.name = name
            self.work = work
        }
    }

    /// Where it publishes again.
    public struct Topics: Sendable {
        let jobRequests: any Topic
        let jobResults: any Topic
        let archiveRequests: any Topic
        let restoreRequests: any Topic
        let notices: any Topic

        /// Names the topics `job_requests`, `job_results`, `archive_requests`, `restore_requests`, `result_notices`.
        public init(
            jobRequests: any Topic, jobResults: any Topic, archiveRequests: any Topic, restoreRequests: any Topic,
            notices: any Topic
        ) {
            self.jobRequests = jobRequests
            self.jobResults = jobResults
            self.archiveRequests = archiveRequests
            self.restoreRequests = restoreRequests
            self.notices = notices
        }
    }

    /// Names what it looks at and where it publishes.
    /// - Parameters:
    ///   - chores: done once per housekeeping interval.
    ///   - urgentChores: done at every sweep.
    public init(
        jobs: any JobStore, accounts: any AccountStore, objects: any ObjectStore, archive: any ArchiveStore,
        topics: Topics, chores: [Chore], urgentChores: [Chore] = [], settings: SweeperSettings, clock: any WallClock,
        logger: Logger
    ) {
        self.jobs = jobs
        self.accounts = accounts
        self.objects = objects
        self.archive = archive
        self.topics = topics
        announcement = RoleAnnouncement(
            restoreRequests: topics.restoreRequests, archiveRequests: topics.archiveRequests)
        self.chores = chores
        self.urgentChores = urgentChores
        self.settings = settings
        self.clock = clock
        self.logger = logger
    }

    /// Sweeps at once and then at every interval, until shutdown.
    public func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                var nextHousekeeping = clock.now
                while true {
                    await sweepAndReport()
                    await work(urgentChores)
                    if clock.now >= nextHousekeeping {
                        await keepHouse()
                        nextHousekeeping = clock.now.addingTimeInterval(settings.housekeepingInterval)
                    }
                    try await clock.sleep(seconds: settings.interval)
                }
            }
        } catch is CancellationError {
            return
        }
    }

    private func sweepAndReport() async {
        do {
            let report = try await sweep()
            guard report != Report() else { return }
            logger.info(
                "Swept.",
                metadata: [
                    "requested": "\(report.requested)", "announced": "\(report.announced)",
                    "moved": "\(report.moved)", "noticed": "\(report.noticed)",
                    "roles_changed": "\(report.rolesChanged)",
                ])
        } catch is CancellationError {
            return
        } catch {
            logger.error("A sweep failed; the next one will try again.", metadata: ["error": "\(error)"])
        }
    }

    private func keepHouse() async {
        let uploads = Chore(name: "unsubmittedUploads", work: removeUnsubmittedUploads)
        let results = Chore(name: "orphanedResults", work: removeOrphanedResults)
        let archives = Chore(name: "orphanedArchives", work: removeOrphanedArchives)
        await work([uploads, results, archives] + chores)
    }

    private func work(_ chores: [Chore]) async {
        for chore in chores {
            do {
                let count = try await chore.work()
                if count > 0 { logger.info("Swept.", metadata: ["\(chore.name)": "\(count)"]) }
            } catch is CancellationError {
                return
            } catch {
                logger.error("A chore failed.", metadata: ["chore": "\(chore.name)", "error": "\(error)"])
            }
        }
    }

    /// Looks once for jobs, results and accounts that stand still, and publishes what moves them on.
    public func sweep() async throws -> Report {
        var report = Report()
        try await republish(&report)
        try await moveOn(&report)
        try await announceRoles(&report)
        return report
    }

    private func moveOn(_ report: inout Report) async throws {
        let now = clock.now
        let before = now.addingTimeInterval(-settings.patience)
        for job in try await jobs.stalledResults(before: before, limit: settings.batch) {
            var job = job
            if let due = job.resultDue, due < before {
                guard let update = job.moveAgain(now: now), let current = try await jobs.update(update) else {
                    continue
                }
                job = current
                try await publishNextStep(of: job)
                report.moved += 1
            }
            if let since = job.noticeExpires, isNoticeDue(job, since: since), let update = job.tellAgain(now: now),
                try await jobs.update(update) != nil
            {
                try await topics.notices.publish(ResultMoved(job).encoded())
                report.noticed += 1
            }
        }
    }

    private func publishNextStep(of job: Job) async throws {
        switch job.resultState {
        case .restoring: try await topics.restoreRequests.publish(RestoreRequested(job).encoded())
        case .none, .available, .archiving, .archived:
            try await topics.archiveRequests.publish(ArchiveRequested(job).encoded())
        }
    }

    /// Whether the mail about a move should be published again; the pause doubles, as for `isDue`.
    private func isNoticeDue(_ job: Job, since: Date) -> Bool {
        let waited = job.resultTime.map { since.timeIntervalSince($0) } ?? 0
        return clock.now.timeIntervalSince(since) > max(settings.patience, waited)
    }

    private func announceRoles(_ report: inout Report) async throws {
        let before = clock.now.addingTimeInterval(-settings.patience)
        for account in try await accounts.unsettledRoles(before: before, limit: settings.batch) {
            try await announcement.announce(account.role, of: account.id)
            report.rolesChanged += 1
        }
    }

    private func republish(_ report: inout Report) async throws {
        let before = clock.now.addingTimeInterval(-settings.patience)
        for job in try await jobs.stalledJobs(before: before, limit: settings.batch) where isDue(job) {
            // Of several sweepers one publishes; and if it dies here, the next sweep after `patience` does.
            guard let update = job.requestAgain(now: clock.now), try await jobs.update(update) != nil else { continue }
            if job.status.isFinal {
                try await topics.jobResults.publish(JobFinished(job).encoded())
                report.announced += 1
            } else {
                try await topics.jobRequests.publish(JobRequested(job).encoded())
                report.requested += 1
            }
        }
    }

    /// Whether the job's message should be published again. The pause doubles each time: the message may well be there
    /// still, behind many others or waiting for a mail server to come back.
    private func isDue(_ job: Job) -> Bool {
        let waited = job.requestTime.timeIntervalSince(job.completeTime ?? job.submitTime)
        return clock.now.timeIntervalSince(job.requestTime) >= max(settings.patience, waited)
    }
}
