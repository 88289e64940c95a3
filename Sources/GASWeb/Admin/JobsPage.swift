import Foundation
import GAS
import Hummingbird

/// `/admin/jobs`: the jobs in one state, whoever has them, those first whose worker or reason somebody looks for.
struct JobsPage: Sendable {
    let pages: PageRenderer
    let services: WebServices
    let perPage: Int

    /// Longest reason that is shown, in characters; the page of the job has all of it.
    private static let longest = 200

    private struct Content {
        let filters: [Filter]
        let status: StatusView
        let rows: [Row]
        let isEmpty: Bool
        let first: String
        let older: String?
        let isFirst: Bool
    }

    private struct Filter {
        let name: String
        let path: String
        let count: String
        let isCurrent: Bool
    }

    private struct Row {
        let id: String
        let shortID: String
        let requested: Moment
        let fileName: String
        let account: String
        let accountPath: String
        let attempt: String
        let worker: String?
        let ended: Moment?
        let reason: String?
    }

    static func path(of status: JobStatus) -> String { "/admin/jobs?status=\(status.rawValue.lowercased())" }

    /// Shows some of them, newest first.
    func show(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let status = try Self.status(call.query["status"])
        let counts = try await services.jobs.counts()
        let page = try await services.jobs.jobs(
            inState: status, after: try Self.cursor(call.query["after"]), limit: perPage)
        return pages.page(
            "jobs", title: "Jobs", call,
            content: Content(
                filters: JobStatus.allCases.map {
                    Filter(
                        name: $0.rawValue, path: Self.path(of: $0), count: Wording.count(counts[$0] ?? 0),
                        isCurrent: $0 == status)
                },
                status: StatusView(status),
                rows: page.jobs.map(Self.row),
                isEmpty: page.jobs.isEmpty,
                first: Self.path(of: status),
                older: page.next.map { Self.path(of: status) + "&after=" + PercentEncoding.encode($0.rawValue) },
                isFirst: call.query["after"].isEmpty
            ),
            section: .admin
        )
    }

    /// What failed is what somebody comes for.
    private static func status(_ text: String) throws -> JobStatus {
        guard !text.isEmpty else { return .failed }
        guard let status = JobStatus(rawValue: text.uppercased()) else {
            throw GASError(.invalid, "There is no status of that name.")
        }
        return status
    }

    private static func cursor(_ text: String) throws -> JobPage.Cursor? {
        guard !text.isEmpty else { return nil }
        guard let cursor = JobPage.Cursor(rawValue: text) else {
            throw GASError(.invalid, "This link to a page of the list is not complete.")
        }
        return cursor
    }

    private static func row(_ job: Job) -> Row {
        Row(
            id: job.id.rawValue,
            shortID: String(job.id.rawValue.prefix(8)),
            requested: Moment(job.submitTime),
            fileName: job.inputFileName,
            account: String(job.userID.rawValue.prefix(8)),
            accountPath: "/admin/accounts/" + PercentEncoding.encode(job.userID.rawValue),
            attempt: Wording.count(job.attempt),
            worker: job.lease?.owner,
            ended: job.completeTime.map(Moment.init),
            reason: job.failureReason.map { AuditText.safe($0, limit: longest) }
        )
    }
}
