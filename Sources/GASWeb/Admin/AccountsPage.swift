import Foundation
import GAS
import GASIdentity
import Hummingbird

/// `/admin/accounts` and `/admin/accounts/{account}`: who there is, and what one of them has.
struct AccountsPage: Sendable {
    let pages: PageRenderer
    let services: WebServices
    let perPage: Int

    private struct List {
        let rows: [Row]
        let older: String?
        let isFirst: Bool
        let total: String
    }

    private struct Row {
        let id: String
        let path: String
        let name: String
        let email: String
        let institution: String
        let plan: String
        let created: Moment
    }

    private struct One {
        let account: Row
        let planSince: Moment
        let isAdministrator: Bool
        let jobs: [JobRow]
        let older: String?
        let isFirst: Bool
        let total: String
        let activity: String
    }

    /// Shows all accounts, newest first.
    func show(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let page = try await services.accounts.accounts(
            after: try cursor(call.query, AccountPage.Cursor.init(rawValue:)), limit: perPage)
        return pages.page(
            "accounts",
            title: "Accounts",
            call,
            content: List(
                rows: page.accounts.map(row),
                older: page.next.map { "/admin/accounts?after=" + PercentEncoding.encode($0.rawValue) },
                isFirst: call.query["after"].isEmpty,
                total: Wording.count(try await services.accounts.count(), "account")
            ),
            section: .admin
        )
    }

    /// Shows one account and its jobs.
    func showOne(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let id = call.context.parameters.get("account").flatMap(\.removingPercentEncoding) ?? ""
        guard let account = try await services.accounts.account(AccountID(rawValue: id)) else {
            throw GASError(.notFound, "There is no such account.")
        }
        let page = try await services.jobs.jobs(
            of: account.id, status: nil, after: try cursor(call.query, JobPage.Cursor.init(rawValue:)), limit: perPage)
        let counts = try await services.jobs.counts(of: account.id)
        let row = row(account)
        return pages.page(
            "account",
            title: account.name,
            call,
            content: One(
                account: row,
                planSince: Moment(account.roleSince),
                isAdministrator: try await services.administrators.include(account),
                jobs: page.jobs.map { JobRow($0, services.access(to: $0, of: account)) },
                older: page.next.map { row.path + "?after=" + PercentEncoding.encode($0.rawValue) },
                isFirst: call.query["after"].isEmpty,
                total: Wording.count(counts.values.reduce(0, +), "annotation"),
                activity: "/admin/audit?account=" + PercentEncoding.encode(id)
            ),
            section: .admin
        )
    }

    private func cursor<Cursor>(_ query: FormFields, _ read: (String) -> Cursor?) throws -> Cursor? {
        guard !query["after"].isEmpty else { return nil }
        guard let cursor = read(query["after"]) else {
            throw GASError(.invalid, "This link to a page of the list is not complete.")
        }
        return cursor
    }

    private func row(_ account: Account) -> Row {
        Row(
            id: account.id.rawValue,
            path: "/admin/accounts/" + PercentEncoding.encode(account.id.rawValue),
            name: account.name,
            email: account.email,
            institution: account.institution,
            plan: services.plans[account.role].name,
            created: Moment(account.created)
        )
    }
}
