import Foundation
import GAS
import Logging

/// Notes that a result could not be brought back, tells its owner the first time, and has it tried again later.
struct LostResult: Sendable {
    let jobs: any JobStore
    /// The topic `result_notices`.
    let notices: any Topic
    /// Seconds until the next attempt.
    let retryDelay: Double
    let clock: any WallClock

    /// - Parameters:
    ///   - problem: a sentence for the owner.
    ///   - alarm: one for the log.
    func report(
        _ job: Job, problem: String, alarm: Logger.Message, error: GASError, logger: Logger
    ) async throws -> Outcome {
        let now = clock.now
        let retry = now.addingTimeInterval(retryDelay)
        guard let update = job.notRestored(because: problem, tryingAgainAt: retry, now: now),
            let current = try await jobs.update(update)
        else { return .changed }
        if current.notice != nil { try await notices.publish(ResultMoved(current).encoded()) }
        logger.critical(alarm, metadata: ["error": "\(error)"])
        return .giveUp(reason: "\(error)")
    }
}
