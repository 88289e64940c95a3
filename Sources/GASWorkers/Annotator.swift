import Foundation
import GAS
import Logging

/// How the annotator works.
public struct AnnotatorSettings: Sendable, Hashable {
    /// This process, for leases and logs; unique among all that run.
    public var owner: String
    /// Seconds that a job belongs to an annotator without a sign of life.
    public var leaseSeconds: Double
    /// Seconds between signs of life, which also report progress.
    public var heartbeatSeconds: Double
    /// How many attempts may crash or fail before the job is failed.
    public var maximumAttempts: Int
    /// Folder for local copies; each job has a folder of its own in it while it runs.
    public var workDirectory: String
    /// Where results, logs and summaries go.
    public var resultsBucket: String
    /// First part of every object key.
    public var keyPrefix: String

    /// States how the annotator works.
    public init(
        owner: String, leaseSeconds: Double, heartbeatSeconds: Double, maximumAttempts: Int,
        workDirectory: String, resultsBucket: String, keyPrefix: String
    ) {
        self.owner = owner
        self.leaseSeconds = leaseSeconds
        self.heartbeatSeconds = heartbeatSeconds
        self.maximumAttempts = maximumAttempts
        self.workDirectory = workDirectory
        self.resultsBucket = resultsBucket
        self.keyPrefix = keyPrefix
    }
}

/// Takes `job_requests`, annotates, and publishes `job_results`.
///
/// Every step is repeatable: outputs go to keys made from the job's id, the end is one conditional update that names
/// the lease, and the announcement is published before the request is removed. Killed anywhere, the request comes back
/// and the next annotator does what is still to do.
public struct Annotator: MessageHandler {
    private let jobs: any JobStore
    private let objects: any ObjectStore
    private let results: any Topic
    private let engine: any AnnotationEngine
    private let settings: AnnotatorSettings
    private let clock: any WallClock

    /// - Parameter results: the topic `job_results`.
    public init(
        jobs: any JobStore, objects: any ObjectStore, results: any Topic, engine: any AnnotationEngine,
        settings: AnnotatorSettings, clock: any WallClock
    ) {
        self.jobs = jobs
        self.objects = objects
        self.results = results
        self.engine = engine
        self.settings = settings
        self.clock = clock
    }

    /// Annotates one job, or does what is left of it.
    public func handle(_ delivery: Delivery, logger: Logger) async throws -> Outcome {
        let request: JobRequested
        do {
            request = try JobRequested(body: delivery.body)
        } catch {
            return .giveUp(reason: "\(error)")
        }
        var logger = logger
        logger[metadataKey: "job_id"] = "\(request.jobID)"
        guard let job = try await jobs.job(request.jobID) else {
            logger.warning("The requested job does not exist any more.")
            return .done
        }
        return try await handle(job, logger: logger)
    }

    private func handle(_ job: Job, logger: Logger) async throws -> Outcome {
        if job.status.isFinal {
            // The end was recorded, but perhaps the process died before it could be announced.
            if job.status.isTold, job.notifyTime == nil { try await announce(job) }
            return .done
        }
        if let lease = job.lease, lease.expires > clock.now { return .snooze(until: lease.expires) }
        if job.countedAttempts >= settings.maximumAttempts {
            return try await fail(job, reason: Self.faultReason(job), logger: logger)
        }
        // A lease of this attempt alone: the same process may hold the job again later.
        let owner = "\(settings.owner)/\(job.attempt + 1)"
        guard let claim = job.claim(by: owner, leaseSeconds: settings.leaseSeconds, now: clock.now),
            let claimed = try await jobs.update(claim)
        else { return .retry(reason: "Somebody else changed the job first.") }
        return try await annotate(claimed, logger: logger)
    }

    /// Runs the engine under a lease that is renewed, and records how it ended.
    private func annotate(_ job: Job, logger: Logger) async throws -> Outcome {
        logger.info("Annotating.", metadata: ["attempt": "\(job.attempt)", "bytes": "\(job.inputSize)"])
        let folder = WorkFolder(parent: settings.workDirectory, name: "\(job.id)-\(job.attempt)")
        defer { folder.remove() }
        do {
            try folder.make()
            let heartbeat = Heartbeat(jobs: jobs, job: job, settings: settings, clock: clock)
            return try await heartbeat.whileBeating { report in
                try await work(on: job, in: folder, report: report, logger: logger)
            }
        } catch let refusal as EngineRefusal {
            logger.info("The input was refused.", metadata: ["reason": "\(refusal.reason)"])
            return try await fail(job, reason: refusal.reason, log: storeLog(of: job, in: folder), logger: logger)
        } catch is LeaseLost {
            try await leave(job, logger: logger)
            return .done
        } catch {
            return try await giveBack(job, after: error, logger: logger)
        }
    }

    private func work(
        on job: Job, in folder: WorkFolder, report: @escaping @Sendable (JobProgress) -> Void, logger: Logger
    ) async throws -> Outcome {
        do {
            _ = try await objects.get(job.input, toFile: folder.input)
        } catch let error as GASError where error.code == .notFound || error.code == .corrupted {
            logger.error("The input cannot be read.", metadata: ["error": "\(error)"])
            throw EngineRefusal(reason: "The uploaded file cannot be read any more. Please upload it again.")
        }
        let task = AnnotationTask(
            input: folder.input, inputName: job.inputFileName, output: folder.output, log: folder.log,
            date: job.startTime ?? job.submitTime)
        let summary = try await engine.annotate(task, progress: report)
        let output = try await store(summary, of: job, in: folder)
        let progress = JobProgress(
            records: summary.records, bytes: job.inputSize, totalBytes: job.inputSize, seconds: summary.seconds)
        guard let update = job.complete(output: output, progress: progress, now: clock.now),
            let completed = try await jobs.update(update)
        else { throw LeaseLost() }
        WorkerMetrics.completed(
            records: summary.records, alleles: summary.alleles, seconds: summary.seconds)
        try await announce(completed)
        logger.info(
            "Completed.", metadata: ["records": "\(summary.records)", "seconds": "\(summary.seconds)"])
        return .done
    }

    private func store(_ summary: ResultSummary, of job: Job, in folder: WorkFolder) async throws -> JobOutput {
        let keys = OutputKeys(prefix: settings.keyPrefix, job: job)
        let bucket = settings.resultsBucket
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let result = try await objects.put(file: folder.output, at: ObjectLocation(bucket: bucket, key: keys.result))
        _ = try await objects.put(file: folder.log, at: ObjectLocation(bucket: bucket, key: keys.log))
        _ = try await objects.put(try encoder.encode(summary), at: ObjectLocation(bucket: bucket, key: keys.summary))
        return JobOutput(
            bucket: bucket, resultKey: keys.result, logKey: keys.log, summaryKey: keys.summary,
            resultSize: result.size)
    }

    /// A refused file may have a log that says more than the reason does.
    private func storeLog(of job: Job, in folder: WorkFolder) async throws -> ObjectLocation? {
        guard FileManager.default.fileExists(atPath: folder.log) else { return nil }
        let location = ObjectLocation(
            bucket: settings.resultsBucket, key: OutputKeys(prefix: settings.keyPrefix, job: job).log)
        _ = try await objects.put(file: folder.log, at: location)
        return location
    }

    /// Drops the work on a job that is this annotator's no more. People cancel and delete; what another one took over
    /// says that this process or its machine stood still.
    private func leave(_ job: Job, logger: Logger) async throws {
        let now = try await jobs.job(job.id)
        if let now, now.status != .cancelled {
            WorkerMetrics.lostLease()
            logger.warning("The job was taken over; its work is dropped.")
        } else {
            logger.info("The job was \(now == nil ? "deleted" : "cancelled"); its work is dropped.")
        }
        if now == nil { try await withdraw(job) }
    }

    private func fail(_ job: Job, reason: String, log: ObjectLocation? = nil, logger: Logger) async throws -> Outcome {
        guard let update = job.fail(reason: reason, log: log, now: clock.now),
            let failed = try await jobs.update(update)
        else {
            logger.warning("The job changed before its failure could be recorded.")
            if try await jobs.job(job.id) == nil { try await withdraw(job) }
            return .retry(reason: "Somebody else changed the job first.")
        }
        WorkerMetrics.failed()
        try await announce(failed)
        return .done
    }

    /// A job that was deleted meanwhile leaves nothing: what this attempt has put into the store is removed again.
    private func withdraw(_ job: Job) async throws {
        let keys = OutputKeys(prefix: settings.keyPrefix, job: job)
        for key in [keys.result, keys.log, keys.summary] {
            try await objects.delete(ObjectLocation(bucket: settings.resultsBucket, key: key))
        }
    }

    /// A fault of ours or of the machine: the job waits again, unless it has been tried often enough.
    private func giveBack(_ job: Job, after error: any Error, logger: Logger) async throws -> Outcome {
        let isShutdown = error is CancellationError
        if !isShutdown {
            logger.error("Annotating failed.", metadata: ["error": "\(error)", "attempt": "\(job.attempt)"])
            if job.countedAttempts >= settings.maximumAttempts {
                return try await fail(job, reason: Self.faultReason(job), logger: logger)
            }
        }
        // Not cancelled together with the handler: what is held must be given back.
        let release = job.release(isShutdown: isShutdown)
        let jobs = jobs
        try await Task { if let release { _ = try await jobs.update(release) } }.value
        return isShutdown ? .snooze(until: clock.now) : .retry(reason: "\(error)")
    }

    private static func faultReason(_ job: Job) -> String {
        "The file could not be annotated in \(job.countedAttempts) attempts because of a fault of the service. "
            + "Please try again later, and report it if it stays."
    }

    private func announce(_ job: Job) async throws {
        try await results.publish(JobFinished(job).encoded())
    }
}
