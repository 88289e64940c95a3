import Foundation
import GAS

/// A part of somebody's list of jobs as it is now.
struct JobListing {
    let query: AnnotationsPage.Query
    let jobs: [(job: Job, access: ResultAccess)]
    let next: JobPage.Cursor?
    let counts: [JobStatus: Int]

    /// A fingerprint that differs when the same query shows something else: by it a browser sees that its copy is old, and
    /// the server that what it rendered before is.
    var version: String {
        var text = next?.rawValue ?? ""
        for (job, access) in jobs { text += "\n\(job.id.rawValue) \(job.status.rawValue) \(access.mark)" }
        for status in JobStatus.allCases { text += "\n\(counts[status] ?? 0)" }
        return Fingerprint.of(text)
    }

    /// When the list will be different though nobody does anything; `nil` for never.
    var ends: Date? { jobs.compactMap(\.access.end).min() }
}
