import Foundation
import GAS
import Logging

/// Takes `thaw` and copies what the archive has made readable back into the result store, as it was.
public struct Thawer: MessageHandler {
    private let jobs: any JobStore
    private let objects: any ObjectStore
    private let archive: any ArchiveStore
    private let archiveRequests: any Topic
    private let restoreRequests: any Topic
    private let notices: any Topic
    private let settings: MoverSettings
    private let clock: any WallClock

    /// - Parameters:
    ///   - archiveRequests: the topic `archive_requests`.
    ///   - restoreRequests: the topic `restore_requests`.
    ///   - notices: the topic `result_notices`.
    public init(
        jobs: any JobStore, objects: any ObjectStore, archive: any ArchiveStore, archiveRequests: any Topic,
        restoreRequests: any Topic, notices: any Topic, settings: MoverSettings, clock: any WallClock
    ) {
        self.jobs = jobs
        self.objects = objects
        self.archive = archive
        self.archiveRequests = archiveRequests
        self.restoreRequests = restoreRequests
        self.notices = notices
        self.settings = settings
        self.clock = clock
    }

    /// Copies one result back, or does what is left of that.
    public func handle(_ delivery: Delivery, logger: Logger) async throws -> Outcome {
        let message: RetrievalEnded
        do {
            message = try RetrievalEnded(body: delivery.body)
        } catch {
            return .giveUp(reason: "\(error)")
        }
        var logger = logger
        logger[metadataKey: "job_id"] = "\(message.jobID)"
        guard let job = try await jobs.job(message.jobID) else {
            logger.warning("The job does not exist any more.")
            return .done
        }
        guard job.archiveID == message.archiveID else { return .done }
        switch job.resultState {
        case .restoring:
            return message.isReady
                ? try await copy(job, message, logger: logger) : try await askAgain(for: job, message, logger: logger)
        case .available:
            // Back already, but perhaps the process died before it could say so.
            try await announce(job)
            return .done
        case .none, .archiving, .archived:
            return .done
        }
    }

    private func copy(_ job: Job, _ message: RetrievalEnded, logger: Logger) async throws -> Outcome {
        guard let output = job.output else { return .giveUp(reason: "The job has no result.") }
        let folder = WorkFolder(parent: settings.workDirectory, name: "\(job.id)-\(job.move)")
        defer { folder.remove() }
        try folder.make()
        do {
            try await archive.get(message.retrievalID, archiveID: message.archiveID, toFile: folder.output)
        } catch let error as GASError where error.code == .notFound {
            return try await askAgain(for: job, message, logger: logger)
        } catch let error as GASError where error.code == .corrupted {
            return try await report(error, job: job, logger: logger)
        }
        let target = ObjectLocation(
            bucket: output.bucket, key: OutputKeys(prefix: settings.keyPrefix, job: job).restored)
        _ = try await objects.put(file: folder.output, at: target)
        guard let update = job.restored(to: target.key, now: clock.now), let restored = try await jobs.update(update)
        else { return try await withdraw(target, of: job) }
        WorkerMetrics.restoredResult()
        logger.info("Restored.")
        try await announce(restored)
        return .done
    }

    /// The owner is to be told, the archive to be cleared, and the result to be archived anew if the plan says so: the
    /// archiver does both.
    private func announce(_ job: Job) async throws {
        if job.notice != nil { try await notices.publish(ResultMoved(job).encoded()) }
        try await archiveRequests.publish(ArchiveRequested(job).encoded())
    }

    /// Somebody else went on with the job. What this move has put into the result store is removed unless it is the
    /// result: no later move uses its key.
    private func withdraw(_ target: ObjectLocation, of job: Job) async throws -> Outcome {
        let current = try await jobs.job(job.id)
        let isInUse =
            current?.output?.resultKey == target.key
            && (current?.resultState == .available || current?.resultState == .archiving)
        if !isInUse { try await objects.delete(target) }
        return .changed
    }

    /// The retrieval has failed, or what it made readable is not there any more.
    private func askAgain(for job: Job, _ message: RetrievalEnded, logger: Logger) async throws -> Outcome {
        // Another retrieval may be under way, which this message says nothing of.
        guard job.retrieval?.id == message.retrievalID else { return .done }
        logger.warning("The retrieval has ended without a readable copy; another one is begun.")
        guard let update = job.forgetRetrieval(now: clock.now), let again = try await jobs.update(update) else {
            return .changed
        }
        try await restoreRequests.publish(RestoreRequested(again).encoded())
        return .done
    }

    private func report(_ error: GASError, job: Job, logger: Logger) async throws -> Outcome {
        let problem =
            "The archived file is damaged, so it was not put back. Please tell the people who run this service."
        return try await LostResult(jobs: jobs, notices: notices, retryDelay: settings.retryDelay, clock: clock).report(
            job, problem: problem, alarm: "An archived result is damaged; nothing was removed.", error: error,
            logger: logger)
    }
}
