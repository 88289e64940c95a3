import Foundation
import GAS
import Hummingbird
import Mustache

/// `/annotations`: somebody's jobs, newest first.
struct AnnotationsPage: Sendable {
    let pages: PageRenderer
    let services: WebServices
    let perPage: Int

    /// What the list shows, and a fingerprint by which a browser sees that its copy is old.
    struct List {
        let filters: [Filter]
        let rows: [JobRow]
        let older: String?
        let newer: String?
        let newest: String?
        let isEmpty: Bool
        let isFiltered: Bool
        let feed: String
        let version: String
        /// When the list will be different though nobody does anything; `nil` for never.
        let ends: Date?
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
        /// The beginnings of the pages that lead here, this one's last: a store reads forwards only, and so there is a
        /// way back. Empty for the first page.
        let cursors: [JobPage.Cursor]

        /// More than this make an address too long; from pages behind, the way back is shorter.
        private static let longestTrail = 50

        /// - Throws: `invalid` for a status or a cursor that is none.
        init(_ fields: FormFields) throws {
            status = fields["status"].isEmpty ? nil : JobStatus(rawValue: fields["status"].uppercased())
            let trail = fields["after"].split(separator: ",").prefix(Self.longestTrail)
            cursors = trail.compactMap { JobPage.Cursor(rawValue: String($0)) }
            guard (status == nil) == fields["status"].isEmpty else {
                throw GASError(.invalid, "There is no status of that name.")
            }
            guard cursors.count == trail.count else {
                throw GASError(.invalid, "This link to a page of the list is not complete.")
            }
        }

        init(status: JobStatus?, cursors: [JobPage.Cursor] = []) {
            self.status = status
            self.cursors = cursors
        }

        func older(_ next: JobPage.Cursor) -> Query {
            Query(status: status, cursors: cursors.suffix(Self.longestTrail - 1) + [next])
        }

        /// `nil` on the first page.
        var newer: Query? { cursors.isEmpty ? nil : Query(status: status, cursors: cursors.dropLast()) }

        /// The query behind `path`.
        func address(_ path: String) -> String {
            let items = [
                status.map { "status=" + $0.rawValue.lowercased() },
                cursors.isEmpty
                    ? nil : "after=" + PercentEncoding.encode(cursors.map(\.rawValue).joined(separator: ",")),
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
            content: try await list(Query(call.query), visitor.account),
            section: .annotations
        )
    }

    /// Reads a part of the list.
    func list(_ query: Query, _ account: Account) async throws -> List {
        let page = try await services.jobs.jobs(
            of: account.id,
            status: query.status,
            after: query.cursors.last,
            limit: perPage
        )
        let counts = try await services.jobs.counts(of: account.id)
        let jobs = page.jobs.map { (job: $0, access: services.access(to: $0, of: account)) }
        return List(
            filters: filters(counts, current: query.status),
            rows: jobs.map(JobRow.init),
            older: page.next.map { query.older($0).address("/annotations") },
            newer: query.newer?.address("/annotations"),
            newest: query.cursors.count > 1 ? Query(status: query.status).address("/annotations") : nil,
            isEmpty: page.jobs.isEmpty,
            isFiltered: query.status != nil,
            feed: query.address("/annotations/events"),
            version: Self.version(jobs, counts),
            ends: jobs.compactMap(\.access.end).min()
        )
    }

    private func filters(_ counts: [JobStatus: Int], current: JobStatus?) -> [Filter] {
        let all = Filter(
            name: "All",
            path: Query(status: nil).address("/annotations"),
            count: Wording.count(counts.values.reduce(0, +)),
            isCurrent: current == nil
        )
        return [all]
            + JobStatus.allCases.map { status in
                Filter(
                    name: status.rawValue.capitalized,
                    path: Query(status: status).address("/annotations"),
                    count: Wording.count(counts[status] ?? 0),
                    isCurrent: current == status
                )
            }
    }

    private static func version(_ jobs: [(job: Job, access: ResultAccess)], _ counts: [JobStatus: Int]) -> String {
        Fingerprint.of(
            jobs.map { "\($0.job.id) \($0.job.status.rawValue) \($0.access.mark)" }.joined(separator: "\n")
                + JobStatus.allCases.map { "\n\(counts[$0] ?? 0)" }.joined()
        )
    }
}

extension AnnotationsPage.List: PageValue {
    func child(named field: String) -> Any? {
        switch field {
        case "filters": filters
        case "rows": rows
        case "older": older
        case "newer": newer
        case "newest": newest
        case "isEmpty": isEmpty
        case "isFiltered": isFiltered
        case "feed": feed
        case "version": version
        case "ends": ends
        default: nil
        }
    }
}

extension AnnotationsPage.Filter: PageValue {
    func child(named field: String) -> Any? {
        switch field {
        case "name": name
        case "path": path
        case "count": count
        case "isCurrent": isCurrent
        default: nil
        }
    }
}
