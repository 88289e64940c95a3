import Foundation
import GAS
import Logging

/// Takes `restore_requests` and asks the archive for the results of Premium owners.
///
/// The fastest tier is asked first; when it has no capacity, the next one. The archive announces the end on `thaw`.
public struct Restorer: MessageHandler {
    private let jobs: any JobStore
    private let accounts: any AccountStore
    private let archive: any ArchiveStore
    private let restoreRequests: any Topic
    private let thaw: any Topic
    private let notices: any Topic
    private let tiers: [RetrievalTier]
    private let settings: MoverSettings
    private let clock: any WallClock

    /// - Parameters:
    ///   - restoreRequests: the topic `restore_requests`.
    ///   - thaw: the topic `thaw`.
    ///   - notices: the topic `result_notices`.
    ///   - tiers: in the order in which they are asked.
    public init(
        jobs: any JobStore, accounts: any AccountStore, archive: any ArchiveStore, restoreRequests: any Topic,
        thaw: any Topic, notices: any Topic, tiers: [RetrievalTier], settings: MoverSettings, clock: any WallClock
    ) {
        self.jobs = jobs
        self.accounts = accounts
        self.archive = archive
        self.restoreRequests = restoreRequests
        self.thaw = thaw
        self.notices = notices
        self.tiers = tiers
        self.settings = settings
        self.clock = clock
    }

    /// Does the next step for one result, or begins with all of an account.
    public func handle(_ delivery: Delivery, logger: Logger) async throws -> Outcome {
        let request: RestoreRequested
        do {
            request = try RestoreRequested(body: delivery.body)
        } catch {
            return .giveUp(reason: "\(error)")
        }
        guard let jobID = request.jobID else { return try await beginAll(of: request.userID, logger: logger) }
        var logger = logger
        logger[metadataKey: "job_id"] = "\(jobID)"
        guard let job = try await jobs.job(jobID), job.resultState == .restoring else { return .done }
        return try await goOn(with: job, logger: logger)
    }

    /// Puts every archived result of a Premium account on its way, and asks for each in a message of its own.
    private func beginAll(of id: AccountID, logger: Logger) async throws -> Outcome {
        guard let account = try await accounts.account(id), account.role == .premium else { return .done }
        var count = 0
        var cursor: JobPage.Cursor?
        repeat {
            let page = try await jobs.jobs(of: id, resultState: .archived, after: cursor, limit: settings.batch)
            for job in page.jobs where !hasFailed(job, since: account.roleSince) {
                guard let update = job.beginRestoring(now: clock.now), let restoring = try await jobs.update(update)
                else { continue }
                try await restoreRequests.publish(RestoreRequested(restoring).encoded())
                count += 1
            }
            cursor = page.next
        } while cursor != nil
        if let second = settings.secondLook(after: account.roleSince, now: clock.now) { return .snooze(until: second) }
        try await accounts.settleRole(of: id, since: account.roleSince)
        logger.info("Results will be restored.", metadata: ["user_id": "\(id)", "results": "\(count)"])
        return .done
    }

    /// What could not be restored since the change of plan has a time at which it is tried again.
    private func hasFailed(_ job: Job, since change: Date) -> Bool {
        job.restoreProblem != nil && job.resultTime.map { $0 > change } ?? false
    }

    /// Asks the archive, or asks it how far it is.
    ///
    /// The result is fetched even if the owner has cancelled meanwhile: it is back in a moment, and archived again.
    private func goOn(with job: Job, logger: Logger) async throws -> Outcome {
        guard let archiveID = job.archiveID else { return .giveUp(reason: "The job names no archive.") }
        guard let retrieval = job.retrieval else { return try await ask(archiveID, for: job, logger: logger) }
        switch try await archive.state(of: retrieval.id, archiveID: archiveID) {
        case .underWay:
            return .done
        case .ready:
            let message = RetrievalEnded(
                retrievalID: retrieval.id, archiveID: archiveID, jobID: job.id, isReady: true)
            try await thaw.publish(message.encoded())
            return .done
        case .gone:
            logger.warning("The retrieval was lost; another one is begun.")
            guard let update = job.forgetRetrieval(now: clock.now), let again = try await jobs.update(update) else {
                return .changed
            }
            return try await ask(archiveID, for: again, logger: logger)
        }
    }

    private func ask(_ archiveID: String, for job: Job, logger: Logger) async throws -> Outcome {
        for tier in tiers {
            do {
                guard case .begun(let retrieval) = try await archive.retrieve(archiveID, tier: tier, for: job.id)
                else { continue }
                // If somebody else's retrieval was noted first, both end well: the thawer takes the one that is ready.
                if let update = job.retrieving(retrieval) { _ = try await jobs.update(update) }
                logger.info("Retrieving.", metadata: ["tier": "\(tier.rawValue)"])
                return .done
            } catch let error as GASError where error.code == .notFound {
                return try await report(error, job: job, logger: logger)
            }
        }
        return .retry(reason: "The archive has no capacity in any tier.")
    }

    /// The archive does not know it. If the job is still as it was, that is a loss, and its owner is told.
    private func report(_ error: GASError, job: Job, logger: Logger) async throws -> Outcome {
        let problem = "The archived file cannot be found. Please tell the people who run this service."
        return try await LostResult(jobs: jobs, notices: notices, retryDelay: settings.retryDelay, clock: clock).report(
            job, problem: problem, alarm: "An archived result is missing.", error: error, logger: logger)
    }
}
