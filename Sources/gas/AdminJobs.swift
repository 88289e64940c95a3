import ArgumentParser
import Foundation
import GAS

/// `gas admin jobs`: the jobs in one state, whoever has them, and who works on them.
struct AdminJobs: AdminWork {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "List jobs in one state, newest first.",
        discussion: """
            A line for each: when it was requested, its id, its account, how many attempts there were, the file, and who \
            works on it, or when it ended and why it failed. That somebody looked is noted in the audit log.
            """)

    @Option(help: "PENDING, RUNNING, COMPLETED, FAILED or CANCELLED.")
    var status = "FAILED"

    @Option(help: "At most so many.")
    var limit = 100

    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        guard (1...100_000).contains(limit) else { throw ValidationError("The limit must be from 1 to 100000.") }
        guard JobStatus(rawValue: status.uppercased()) != nil else {
            let names = JobStatus.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("There is no status '\(status)'; there are \(names).")
        }
    }

    func work(_ composition: Composition) async throws {
        guard let status = JobStatus(rawValue: status.uppercased()) else { return }
        try await AdminCommand.record(.adminRead, "jobs \(status.rawValue)", composition)
        var (left, cursor) = (limit, JobPage.Cursor?.none)
        repeat {
            let page = try await composition.jobs.jobs(inState: status, after: cursor, limit: min(left, 500))
            for job in page.jobs { print(Self.line(job)) }
            left -= page.jobs.count
            cursor = page.next
        } while cursor != nil && left > 0
    }

    private static func line(_ job: Job) -> String {
        var parts = [
            job.submitTime.formatted(.iso8601), job.id.rawValue, job.userID.rawValue, "\(job.attempt)",
            job.inputFileName,
        ]
        if let lease = job.lease { parts.append("with \(lease.owner)") }
        if let ended = job.completeTime { parts.append("ended \(ended.formatted(.iso8601))") }
        if let reason = job.failureReason { parts.append(AuditText.safe(reason, limit: 2000)) }
        return parts.joined(separator: "  ")
    }
}
