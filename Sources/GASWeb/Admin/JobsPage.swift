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
        let filters: [StatusFilter]
        let status: StatusView
        let rows: [Row]
        let isEmpty: Bool
        let first: String
        let older: String?
        let isFirst: Bool
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
        // What failed is what somebody comes for.
        let status = try call.query.jobStatus() ?? .failed
        let counts = try await services.jobs.counts()
        let after = call.query["after"]
        let page = try await services.jobs.jobs(
            inState: status, after: after.isEmpty ? nil : try JobPage.Cursor(link: after), limit: perPage)
        return pages.page(
            "jobs", title: "Jobs", call,
            content: Content(
                filters: JobStatus.allCases.map {
                    StatusFilter(
                        $0.rawValue, path: Self.path(of: $0), count: counts[$0] ?? 0, isCurrent: $0 == status)
                },
                status: StatusView(status),
                rows: page.jobs.map(Self.row),
                isEmpty: page.jobs.isEmpty,
                first: Self.path(of: status),
                older: page.next.map { Self.path(of: status) + "&after=" + PercentEncoding.encode($0.rawValue) },
                isFirst: after.isEmpty
            ),
            section: .admin
        )
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
