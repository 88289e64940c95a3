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

    /// Which part of the list an address asks for.
    struct Query: Sendable {
        let status: JobStatus?
        let cursor: JobPage.Cursor?

        /// - Throws: `invalid` for a status or a cursor that is none.
        init(_ fields: FormFields) throws {
            status = fields["status"].isEmpty ? nil : JobStatus(rawValue: fields["status"].uppercased())
            cursor = fields["after"].isEmpty ? nil : JobPage.Cursor(rawValue: fields["after"])
            guard (status == nil) == fields["status"].isEmpty else {
                throw GASError(.invalid, "There is no status of that name.")
            }
            guard (cursor == nil) == fields["after"].isEmpty else {
                throw GASError(.invalid, "This link to a page of the list is not complete.")
            }
        }

        init(status: JobStatus?, cursor: JobPage.Cursor?) {
            self.status = status
            self.cursor = cursor
        }

        /// The query behind `path`.
        func address(_ path: String) -> String {
            let items = [
                status.map { "status=" + $0.rawValue.lowercased() },
                cursor.map { "after=" + PercentEncoding.encode($0.rawValue) },
            ].compactMap { $0 }
            return items.isEmpty ? path : path + "?" + items.joined(separator: "&")
        }
    }

    /// Shows the page.
    func show(_ call: Call, _ visitor: Visitor) async throws -> Response {
        pages.page(
            "annotations",
            title: "Your annotations",
            call,
            content: try await list(Query(call.query), visitor),
            section: .annotations
        )
    }

    /// Reads a part of the list.
    func list(_ query: Query, _ visitor: Visitor) async throws -> List {
        let page = try await jobs.jobs(
            of: visitor.account.id,
            status: query.status,
            after: query.cursor,
            limit: perPage
        )
        let counts = try await jobs.counts(of: visitor.account.id)
        return List(
            filters: filters(counts, current: query.status),
            rows: page.jobs.map(JobRow.init),
            older: page.next.map { Self.address(query.status, after: $0) },
            newest: query.cursor == nil ? nil : Self.address(query.status, after: nil),
            isEmpty: page.jobs.isEmpty,
            isFiltered: query.status != nil,
            feed: query.address("/annotations/events"),
            version: Self.version(page.jobs, counts)
        )
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
        Query(status: status, cursor: cursor).address("/annotations")
    }

    private static func version(_ jobs: [Job], _ counts: [JobStatus: Int]) -> String {
        let text =
            jobs.map { "\($0.id) \($0.status.rawValue)" }.joined(separator: "\n")
            + JobStatus.allCases.map { "\n\(counts[$0] ?? 0)" }.joined()
        return Data(SHA256.hash(data: Data(text.utf8))).prefix(9).base64EncodedString()
    }
}
