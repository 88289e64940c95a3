import GAS
import Hummingbird

/// `/admin/audit`: the audit log.
struct AuditLogPage: Sendable {
    let pages: PageRenderer
    let log: any AuditLog
    let perPage: Int

    private struct Content {
        let kinds: [Kind]
        let account: String
        let rows: [AuditRow]
        let older: String?
        let isFirst: Bool
    }

    private struct Kind {
        let name: String
        let sentence: String
        let isCurrent: Bool
    }

    /// Shows the page.
    func show(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let (name, account) = (call.query["kind"], call.query["account"])
        let kind = AuditKind(rawValue: name)
        guard kind != nil || name.isEmpty else { throw GASError(.invalid, "There is no event of that kind.") }
        let filter = AuditFilter(
            account: account.isEmpty ? nil : AccountID(rawValue: account), kinds: kind.map { [$0] } ?? [])
        let page = try await AuditPage.read(filter, call.query, from: log, limit: perPage)
        return pages.page(
            "audit",
            title: "Audit log",
            call,
            content: Content(
                kinds: AuditKind.allCases.map {
                    Kind(name: $0.rawValue, sentence: $0.sentence, isCurrent: $0 == kind)
                },
                account: account,
                rows: page.entries.map { AuditRow($0) },
                older: page.older.map {
                    "/admin/audit?kind=\(name)&account=\(PercentEncoding.encode(account))&before=\($0)"
                },
                isFirst: call.query["before"].isEmpty
            ),
            section: .admin
        )
    }
}
