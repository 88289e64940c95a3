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
    /// First part of every object key.
    public var keyPrefix: String
    /// Jobs or objects looked at in one go.
    public var batch: Int

    /// States how the sweeper works.
    public init(
        interval: Double, patience: Double, uploadPatience: Double,
        housekeepingInterval: Double, inputsBucket: String, keyPrefix: String,
        batch: Int
    ) {
        self.interval = interval
        self.patience = patience
        self.uploadPatience = uploadPatience
        self.housekeepingInterval = housekeepingInterval
        self.inputsBucket = inputsBucket
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
    }

    private let jobs: any JobStore
    private let objects: any ObjectStore
    private let requests: any Topic
    private let results: any Topic
    private let chores: [Chore]
    private let settings: SweeperSettings
    private let clock: any WallClock
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

    /// - Parameters:
    ///   - requests: the topic `job_requests`.
    ///   - results: the topic `job_results`.
    public init(
        jobs: any JobStore, objects: any ObjectStore, requests: any Topic, results: any Topic, chores: [Chore],
        settings: SweeperSettings, clock: any WallClock, logger: Logger
    ) {
        self.jobs = jobs
        self.objects = objects
        self.requests = requests
        self.results = results
        self.chores = chores
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
                "Swept.", metadata: ["requested": "\(report.requested)", "announced": "\(report.announced)"])
        } catch is CancellationError {
            return
        } catch {
            logger.error("A sweep failed; the next one will try again.", metadata: ["error": "\(error)"])
        }
    }

    private func keepHouse() async {
        let uploads = Chore(name: "unsubmittedUploads", work: removeUnsubmittedUploads)
        for chore in [uploads] + chores {
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

    /// Looks once for jobs that stand still, and publishes what moves them on.
    public func sweep() async throws -> Report {
        var report = Report()
        try await republish(&report)
        return report
    }

    private func republish(_ report: inout Report) async throws {
        let before = clock.now.addingTimeInterval(-settings.patience)
        for job in try await jobs.stalledJobs(before: before, limit: settings.batch) where isDue(job) {
            // Of several sweepers one publishes; and if it dies here, the next sweep after `patience` does.
            guard let update = job.requestAgain(now: clock.now), try await jobs.update(update) != nil else { continue }
            if job.status.isFinal {
                try await results.publish(JobFinished(job).encoded())
                report.announced += 1
            } else {
                try await requests.publish(JobRequested(job).encoded())
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

    /// Removes uploads that nobody submitted.
    /// - Returns: how many.
    @Sendable public func removeUnsubmittedUploads() async throws -> Int {
        let before = clock.now.addingTimeInterval(-settings.uploadPatience)
        var removed = 0
        var last: String?
        while true {
            let page = try await objects.list(
                bucket: settings.inputsBucket, prefix: settings.keyPrefix + "/", after: last, limit: settings.batch)
            for object in page where object.modified < before {
                guard let key = ObjectKey(parsing: object.location.key, prefix: settings.keyPrefix),
                    try await jobs.job(key.jobID) == nil
                else { continue }
                try await objects.delete(object.location)
                removed += 1
            }
            guard page.count == settings.batch else { return removed }
            last = page.last?.location.key
        }
    }
}
