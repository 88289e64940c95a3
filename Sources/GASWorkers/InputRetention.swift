import Foundation
import GAS

/// Removes uploaded files some time after their jobs have ended. Results, logs and the jobs themselves stay.
public struct InputRetention: Sendable {
    private let jobs: any JobStore
    private let objects: any ObjectStore
    private let audit: any AuditLog
    private let bucket: String
    private let keyPrefix: String
    private let seconds: Double
    private let batch: Int
    private let clock: any WallClock

    /// - Parameters:
    ///   - bucket: where uploads are.
    ///   - keyPrefix: first part of every object key.
    ///   - seconds: for how long an upload is kept after the end of its job.
    ///   - batch: objects looked at in one go.
    public init(
        jobs: any JobStore, objects: any ObjectStore, audit: any AuditLog, bucket: String, keyPrefix: String,
        seconds: Double, batch: Int, clock: any WallClock
    ) {
        self.jobs = jobs
        self.objects = objects
        self.audit = audit
        self.bucket = bucket
        self.keyPrefix = keyPrefix
        self.seconds = seconds
        self.batch = batch
        self.clock = clock
    }

    /// Looks through all uploads. A job that has not ended keeps its file.
    /// - Returns: how many were removed.
    public func run() async throws -> Int {
        var removed = 0
        var last: String?
        while true {
            let page = try await objects.list(bucket: bucket, prefix: keyPrefix + "/", after: last, limit: batch)
            for object in page where try await isOver(object) {
                try await objects.delete(object.location)
                removed += 1
            }
            guard page.count == batch else { return removed }
            last = page.last?.location.key
        }
    }

    /// Whether its time is over, which is noted then.
    private func isOver(_ object: ObjectMetadata) async throws -> Bool {
        guard let key = ObjectKey(parsing: object.location.key, prefix: keyPrefix),
            let job = try await jobs.job(key.jobID), job.status.isFinal, let end = job.completeTime,
            clock.now >= end.addingTimeInterval(seconds)
        else { return false }
        try await audit.append(
            AuditEvent(.inputsExpired, at: clock.now, by: nil, about: job.userID, detail: "job \(job.id)"))
        return true
    }
}
