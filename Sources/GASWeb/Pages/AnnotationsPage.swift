import Crypto
import Foundation
import GAS
import Hummingbird

/// `/annotations`: somebody's jobs, newest first.
struct AnnotationsPage: Sendable {
    let pages: PageRenderer
    let jobs: any JobStore
    let perPage: Int

    /// What the list shows, and a fingerprint by which a browser sees that its copy is old.
    struct List {
        let filters: [Filter]
        let rows: [JobRow]
        let older: String?
        let newest: String?
        let isEmpty: Bool
        let isFiltered: Bool
        let feed: String
        let version: String
    }

    /// A link that shows jobs of one state.
    struct Filter {
        let name: String
        let path: String
        let count: String
        let isCurrent: Bool
    }

    /// Shows the page.
    func show(_ call: Call, _ visitor: Visitor) async throws -> Response {
        pages.page(
            "annotations",
            title: "Your annotations",
            call,
            content: try await list(call, visitor),
            section: .annotations
        )
    }

    /// Reads what the address of a request asks for.
    func list(_ call: Call, _ visitor: Visitor) async throws -> List {
        let status = try status(call.query["status"])
        let cursor = try cursor(call.query["after"])
        let page = try await jobs.jobs(of: visitor.account.id, status: status, after: cursor, limit: perPage)
        let counts = try await jobs.counts(of: visitor.account.id)
        let filters = self.filters(counts, current: status)
        let query = [
            status.map { "status=" + $0.rawValue.lowercased() },
            cursor.map { "after=" + PercentEncoding.encode($0.rawValue) },
        ].compactMap { $0 }.joined(separator: "&")
        return List(
            filters: filters,
            rows: page.jobs.map(JobRow.init),
            older: page.next.map { Self.address(status, after: $0) },
            newest: cursor == nil ? nil : Self.address(status, after: nil),
            isEmpty: page.jobs.isEmpty,
            isFiltered: status != nil,
            feed: "/annotations/events" + (query.isEmpty ? "" : "?" + query),
            version: Self.version(page.jobs, counts)
        )
    }

    private func status(_ text: String) throws -> JobStatus? {
        guard !text.isEmpty else { return nil }
        guard let status = JobStatus(rawValue: text.uppercased()) else {
            throw GASError(.invalid, "There is no status of that name.")
        }
        return status
    }

    private func cursor(_ text: String) throws -> JobPage.Cursor? {
        guard !text.isEmpty else { return nil }
        guard let cursor = JobPage.Cursor(rawValue: text) else {
            throw GASError(.invalid, "This link to a page of the list is not complete.")
        }
        return cursor
    }

    private func filters(_ counts: [JobStatus: Int], current: JobStatus?) -> [Filter] {
        let all = Filter(
            name: "All",
            path: Self.address(nil, after: nil),
            count: Wording.count(counts.values.reduce(0, +)),
            isCurrent: current == nil
        )
        return [all]
            + JobStatus.allCases.map { status in
                Filter(
                    name: status.rawValue.capitalized,
                    path: Self.address(status, after: nil),
                    count: Wording.count(counts[status] ?? 0),
                    isCurrent: current == status
                )
            }
    }

    private static func address(_ status: JobStatus?, after cursor: JobPage.Cursor?) -> String {
        let query = [
            status.map { "status=" + $0.rawValue.lowercased() },
            cursor.map { "after=" + PercentEncoding.encode($0.rawValue) },
        ].compactMap { $0 }.joined(separator: "&")
        return "/annotations" + (query.isEmpty ? "" : "?" + query)
    }

    private static func version(_ jobs: [Job], _ counts: [JobStatus: Int]) -> String {
        let text =
            jobs.map { "\($0.id) \($0.status.rawValue)" }.joined(separator: "\n")
            + JobStatus.allCases.map { "\n\(counts[$0] ?? 0)" }.joined()
        return Data(SHA256.hash(data: Data(text.utf8))).prefix(9).base64EncodedString()
    }
}
