import Foundation
import GAS

/// What became of the jobs that `gas load` submitted.
struct LoadReport {
    let jobs: Int
    let completed: Int
    let failed: Int
    /// Seconds from the first submission to the last.
    let submission: Double
    /// Seconds from the first submission to the last end; `nil` if nothing ended.
    let span: Double?
    /// Seconds from a job's submission to its end, shortest first.
    let whole: [Double]
    /// Seconds from a job's submission to its first annotator, shortest first.
    let queued: [Double]

    init(jobs: Int, submission: Double, ended: [Job]) {
        self.jobs = jobs
        self.submission = submission
        completed = ended.count { $0.status == .completed }
        failed = ended.count { $0.status == .failed }
        let ends = ended.compactMap(\.completeTime)
        let first = ended.map(\.submitTime).min()
        span = first.flatMap { first in ends.max().map { $0.timeIntervalSince(first) } }
        whole = ended.compactMap { job in job.completeTime?.timeIntervalSince(job.submitTime) }.sorted()
        queued = ended.compactMap { job in job.startTime?.timeIntervalSince(job.submitTime) }.sorted()
    }

    /// For people, a line for each fact.
    var text: String {
        var lines = [
            "\(jobs) jobs submitted in \(seconds(submission)): \(completed) completed, \(failed) failed, "
                + "\(jobs - completed - failed) not ended"
        ]
        if let span, span > 0 { lines.append("jobs a minute, end to end: \(Int(Double(whole.count) * 60 / span))") }
        if let times = spread(whole) { lines.append("from submission to end: \(times)") }
        if let times = spread(queued) { lines.append("of that in the queue: \(times)") }
        return lines.joined(separator: "\n")
    }

    private func spread(_ times: [Double]) -> String? {
        guard let last = times.last else { return nil }
        // The nearest-rank percentile.
        func percentile(_ share: Double) -> Double {
            times[max(0, Int((share * Double(times.count)).rounded(.up)) - 1)]
        }
        return
            "median \(seconds(percentile(0.5))), 95th percentile \(seconds(percentile(0.95))), longest \(seconds(last))"
    }

    private func seconds(_ value: Double) -> String { String(format: "%.2f s", value) }
}
