import Foundation
import GAS
import GASWorkers
import Logging

/// What an annotator does, without the annotating: its real one beats in the background, which no stage can direct.
struct SwiftAnnotator: MessageHandler {
    let jobs: any JobStore
    let objects: any ObjectStore
    let results: any Topic
    let bucket: String
    let clock: any WallClock

    func handle(_ delivery: Delivery, logger: Logger) async throws -> Outcome {
        let request = try JobRequested(body: delivery.body)
        guard let job = try await jobs.job(request.jobID), !job.status.isFinal else { return .done }
        guard let claim = job.claim(by: "\(delivery.receipt.rawValue)", leaseSeconds: 30, now: clock.now),
            let claimed = try await jobs.update(claim)
        else { return .retry(reason: "Somebody else has the job.") }
        let key = ObjectKey(prefix: "gas", userID: job.userID, jobID: job.id).start
        let content = World.content(of: job.id)
        let output = JobOutput(
            bucket: bucket, resultKey: key + "a.annot.vcf", logKey: key + "a.vcf.count.log",
            summaryKey: key + "a.summary.json", resultSize: content.count)
        _ = try await objects.put(content, at: output.result)
        guard let complete = claimed.complete(output: output, progress: nil, now: clock.now),
            let completed = try await jobs.update(complete)
        else { return .done }
        try await results.publish(JobFinished(completed).encoded())
        return .done
    }
}
