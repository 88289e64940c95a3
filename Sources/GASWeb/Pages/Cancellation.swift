import GAS
import Hummingbird
import Logging

/// `/annotations/{id}/cancel`.
struct Cancellation: Sendable {
    let services: WebServices

    /// Cancels a job that has not ended, and shows what became of it: it may have ended in this very moment.
    func cancel(_ call: Call, _ visitor: Visitor, _ job: Job) async throws -> Response {
        if let update = job.cancel(now: services.clock.now), try await services.jobs.update(update) != nil {
            WebMetrics.cancelledJob()
            call.context.logger.notice("job cancelled", metadata: ["job_id": "\(job.id)"])
        }
        return .seeOther("/annotations/\(job.id)")
    }
}
