import Foundation
import GAS
import Logging

/// How the movers of results, archiver, restorer and thawer, work.
public struct MoverSettings: Sendable, Hashable {
    /// Folder for local copies; each move has a folder of its own in it while it goes on.
    public var workDirectory: String
    /// First part of every object key.
    public var keyPrefix: String
    /// Jobs of an account looked at in one go.
    public var batch: Int
    /// Seconds until a result that could not be restored is tried again.
    public var retryDelay: Double
    /// Seconds after a change of plan for which lists of jobs may be behind: an account's results are looked through once more
    /// when they are over.
    public var listDelay: Double

    /// States how they work.
    public init(workDirectory: String, keyPrefix: String, batch: Int, retryDelay: Double, listDelay: Double) {
        self.workDirectory = workDirectory
        self.keyPrefix = keyPrefix
        self.batch = batch
        self.retryDelay = retryDelay
        self.listDelay = listDelay
    }

    /// When the results of an account whose plan changed at `roleSince` are to be looked through again; `nil` for not any more.
    func secondLook(after roleSince: Date, now: Date) -> Date? {
        let end = roleSince.addingTimeInterval(listDelay)
        return now < end ? end : nil
    }
}

/// Takes `archive_requests` and the ends of jobs, and moves results to the archive whose owner's plan no longer lets
/// them be downloaded.
///
/// The plan is read when it matters: when the message is due, and once more when the copy is in the archive. Every
/// place that a crash can leave is one that this handler goes on from.
public struct Archiver: MessageHandler {
    private let jobs: any JobStore
    private let accounts: any AccountStore
    private let objects: any ObjectStore
    private let archive: any ArchiveStore
    private let archiveRequests: any Topic
    private let restoreRequests: any Topic
    private let notices: any Topic
    private let plans: Plans
    private let settings: MoverSettings
    private let clock: any WallClock

    /// - Parameters:
    ///   - archiveRequests: the topic `archive_requests`.
    ///   - restoreRequests: the topic `restore_requests`.
    ///   - notices: the topic `result_notices`.
    public init(
        jobs: any JobStore, accounts: any AccountStore, objects: any ObjectStore, archive: any ArchiveStore,
        archiveRequests: any Topic, restoreRequests: any Topic, notices: any Topic, plans: Plans,
        settings: MoverSettings, clock: any WallClock
    ) {
        self.jobs = jobs
        self.accounts = accounts
        self.objects = objects
        self.archive = archive
        self.archiveRequests = archiveRequests
        self.restoreRequests = restoreRequests
        self.notices = notices
        self.plans = plans
        self.settings = settings
        self.clock = clock
    }

    /// Does the next step for one result, or looks through those of an account.
    public func handle(_ delivery: Delivery, logger: Logger) async throws -> Outcome {
        let request: ArchiveRequested
        do {
            request = try ArchiveRequested(body: delivery.body)
        } catch {
            return .giveUp(reason: "\(error)")
        }
        guard let jobID = request.jobID else { return try await lookThrough(request.userID, logger: logger) }
        var logger = logger
        logger[metadataKey: "job_id"] = "\(jobID)"
        return try await handle(jobID, logger: logger)
    }

    private func handle(_ id: JobID, logger: Logger) async throws -> Outcome {
        guard let job = try await jobs.job(id), let account = try await accounts.account(job.userID) else {
            logger.warning("The job or its account does not exist any more.")
            return .done
        }
        switch job.resultState {
        case .none:
            return job.status.isFinal ? .done : .retry(reason: "The job has not ended yet.")
        case .available where job.archiveID != nil:
            return try await clearArchive(of: job, logger: logger)
        case .available:
            return try await judge(job, of: account, logger: logger)
        case .archiving:
            return try await copy(job, logger: logger)
        case .archived:
            return try await clearResult(of: job, logger: logger)
        case .restoring:
            return .done
        }
    }

    /// Waits until the plan's time is over, then begins; a result that may stay needs no further look.
    private func judge(_ job: Job, of account: Account, logger: Logger) async throws -> Outcome {
        let end = plans[account.role].downloadEnd(of: job, roleSince: account.roleSince)
        guard let end, end <= clock.now else {
            // The store knows when to look again, should this message be lost while it waits.
            if let update = job.lookAgain(at: end), try await jobs.update(update) == nil { return .changed }
            return end.map { .snooze(until: $0) } ?? .done
        }
        guard let update = job.beginArchiving(now: clock.now), let archiving = try await jobs.update(update) else {
            return .changed
        }
        return try await copy(archiving, logger: logger)
    }

    /// Copies the result to the archive, unless the owner upgrades in the meantime.
    private func copy(_ job: Job, logger: Logger) async throws -> Outcome {
        guard let output = job.output else { return .giveUp(reason: "The job has no result.") }
        let folder = WorkFolder(parent: settings.workDirectory, name: "\(job.id)-\(job.move)")
        defer { folder.remove() }
        try folder.make()
        do {
            _ = try await objects.get(output.result, toFile: folder.input)
        } catch let error as GASError where error.code == .corrupted {
            // What is damaged is not worth archiving, and is removed by nobody.
            logger.error("The result is damaged and stays where it is.", metadata: ["error": "\(error)"])
            if let keep = job.keepAvailable(lookingAgainAt: nil, now: clock.now) { _ = try await jobs.update(keep) }
            return .giveUp(reason: "\(error)")
        }
        let key = ObjectKey(prefix: settings.keyPrefix, userID: job.userID, jobID: job.id)
        let archived = try await archive.put(file: folder.input, name: "\(key.start)\(job.move)")
        guard try await isFree(job.userID) else { return try await keep(job, not: archived, logger: logger) }
        guard let update = job.archived(as: archived.id, now: clock.now), let moved = try await jobs.update(update)
        else { return try await withdraw(archived, of: job) }
        WorkerMetrics.archivedResult()
        logger.info(
            "Archived.", metadata: ["bytes": "\(archived.size)", "stored_bytes": "\(archived.storedSize)"])
        return try await clearResult(of: moved, logger: logger)
    }

    private func keep(_ job: Job, not archived: Archive, logger: Logger) async throws -> Outcome {
        let now = clock.now
        guard let update = job.keepAvailable(lookingAgainAt: now, now: now), try await jobs.update(update) != nil else {
            return try await withdraw(archived, of: job)
        }
        logger.info("The owner upgraded, so the result stays.")
        try await archive.delete(archived.id)
        // Looked at once more, for the owner may have cancelled again.
        return try await handle(job.id, logger: logger)
    }

    /// Somebody else went on with the job. An archive that it does not name belongs to nobody: its name is that of this
    /// move, and no later move takes it.
    private func withdraw(_ archived: Archive, of job: Job) async throws -> Outcome {
        if try await jobs.job(job.id)?.archiveID != archived.id { try await archive.delete(archived.id) }
        return .changed
    }

    /// Removes what is in the archive now, and asks for it back if the owner has upgraded since.
    private func clearResult(of job: Job, logger: Logger) async throws -> Outcome {
        if let output = job.output, job.resultDue != nil { try await objects.delete(output.result) }
        if job.notice != nil { try await notices.publish(ResultMoved(job).encoded()) }
        if try await isFree(job.userID) {
            if let update = job.resultRemoved(), try await jobs.update(update) == nil { return .changed }
            return .done
        }
        guard let update = job.beginRestoring(now: clock.now) else { return .done }
        guard let restoring = try await jobs.update(update) else { return .changed }
        try await restoreRequests.publish(RestoreRequested(restoring).encoded())
        return .done
    }

    /// Removes from the archive what is back in the result store, then looks at the result anew.
    private func clearArchive(of job: Job, logger: Logger) async throws -> Outcome {
        guard let archiveID = job.archiveID, let update = job.archiveRemoved() else { return .done }
        try await archive.delete(archiveID)
        guard try await jobs.update(update) != nil else { return .changed }
        return try await handle(job.id, logger: logger)
    }

    /// The account is Free now: each result that it has is looked at when its time is over.
    private func lookThrough(_ id: AccountID, logger: Logger) async throws -> Outcome {
        guard let account = try await accounts.account(id), account.role == .free else { return .done }
        let plan = plans[account.role]
        var cursor: JobPage.Cursor?
        var count = 0
        repeat {
            let page = try await jobs.jobs(of: id, resultState: .available, after: cursor, limit: settings.batch)
            for job in page.jobs {
                let end = plan.downloadEnd(of: job, roleSince: account.roleSince)
                if let update = job.lookAgain(at: end) { _ = try await jobs.update(update) }
                try await archiveRequests.publish(ArchiveRequested(job).encoded())
                count += 1
            }
            cursor = page.next
        } while cursor != nil
        if let second = settings.secondLook(after: account.roleSince, now: clock.now) { return .snooze(until: second) }
        try await accounts.settleRole(of: id, since: account.roleSince)
        logger.info("Results will be archived.", metadata: ["user_id": "\(id)", "results": "\(count)"])
        return .done
    }

    private func isFree(_ id: AccountID) async throws -> Bool {
        try await accounts.account(id)?.role != .premium
    }
}

extension Outcome {
    /// Somebody else changed the job between reading and writing: what is to do now is found out anew.
    static let changed = Outcome.retry(reason: "Somebody else changed the job first.")
}
