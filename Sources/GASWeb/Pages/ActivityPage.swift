import GAS
import Hummingbird

/// `/profile/activity`: what the audit log says of somebody, to themselves.
struct ActivityPage: Sendable {
    let pages: PageRenderer
    let services: WebServices
    let perPage: Int

    private struct Content {
        let accountID: String
        let rows: [AuditRow]
        let older: String?
        let isFirst: Bool
    }

    /// Shows the page.
    func show(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let page = try await AuditPage.read(
            AuditFilter(account: visitor.account.id), call.query, from: services.audit, limit: perPage)
        return pages.page(
            "activity",
            title: "Activity",
            call,
            content: Content(
                accountID: visitor.account.id.rawValue,
                rows: page.entries.map { AuditRow($0, for: visitor.account.id) },
                older: page.older.map { "/profile/activity?before=\($0)" },
                isFirst: call.query["before"].isEmpty
            ),
            section: .profile
        )
    }
}

/// A part of the audit log, newest first.
struct AuditPage {
    let entries: [AuditEntry]
    /// The number before which the next page begins; `nil` when this is the last.
    let older: Int?

    /// Reads the page that an address asks for.
    /// - Throws: `invalid` when it asks for none.
    static func read(_ filter: AuditFilter, _ query: FormFields, from log: any AuditLog, limit: Int) async throws
        -> AuditPage
    {
        let before = query["before"].isEmpty ? nil : Int(query["before"])
        guard (before == nil) == query["before"].isEmpty else {
            throw GASError(.invalid, "This link to a page of the log is not complete.")
        }
        // One more than is shown tells whether there is a next page.
        let found = try await log.entries(filter, before: before, limit: limit + 1)
        let page = Array(found.prefix(limit))
        return AuditPage(entries: page, older: found.count > limit ? page.last?.number : nil)
    }
}
