import Foundation
import GAS
import Synchronization

/// Somebody else has the job now, or it was cancelled.
struct LeaseLost: Error {}

/// Renews the lease of a job while work on it goes on, and reports its progress.
struct Heartbeat {
    let jobs: any JobStore
    let job: Job
    let settings: AnnotatorSettings
    let clock: any WallClock

    /// Runs `work`; cancels it and throws `LeaseLost` when the lease cannot be renewed any more.
    func whileBeating<Result: Sendable>(
        _ work: @escaping @Sendable (@escaping @Sendable (JobProgress) -> Void) async throws -> Result
    ) async throws -> Result {
        let latest = LatestProgress()
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await work { latest.set($0) } }
            group.addTask { try await beat(latest) }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else { throw LeaseLost() }
            return result
        }
    }

    /// Beats until cancelled.
    /// - Returns: `nil` when the lease is lost.
    private func beat<Result>(_ latest: LatestProgress) async throws -> Result? {
        var expires = clock.now.addingTimeInterval(settings.leaseSeconds)
        while true {
            try await clock.sleep(seconds: settings.heartbeatSeconds)
            let now = clock.now
            do {
                guard let update = job.renew(progress: latest.value, leaseSeconds: settings.leaseSeconds, now: now),
                    try await jobs.update(update) != nil
                else { return nil }
                expires = now.addingTimeInterval(settings.leaseSeconds)
            } catch let error as GASError where error.isTransient {
                // The store may be back before the lease ends.
                if now >= expires { return nil }
            }
        }
    }
}

/// The last progress that the engine reported.
private final class LatestProgress: Sendable {
    private let progress = Mutex<JobProgress?>(nil)

    var value: JobProgress? { progress.withLock { $0 } }

    func set(_ value: JobProgress) { progress.withLock { $0 = value } }
}
