import Foundation
import GAS

/// The list of all accounts, and how one of them ends.
extension PostgresAccountStore {
    /// Walks the index of the times of creation.
    public func accounts(after cursor: AccountPage.Cursor?, limit: Int) async throws -> AccountPage {
        var rest = StatementText("")
        if let cursor {
            rest.append("WHERE (created, id) < (")
            rest.bind(.number(cursor.created))
            rest.append(", ")
            rest.bind(.text(cursor.accountID.rawValue))
            rest.append(") ")
        }
        rest.append("ORDER BY created DESC, id DESC LIMIT ")
        // One more than asked for tells whether there is a next page.
        rest.bind(.number(limit + 1))
        let found = try await accounts(rest.sql, rest.values)
        let page = Array(found.prefix(limit))
        return AccountPage(
            accounts: page, next: found.count > limit ? page.last.map(AccountPage.Cursor.init(after:)) : nil)
    }

    /// Counts the rows.
    public func count() async throws -> Int {
        try await database.read { try $0.query("SELECT count(*) FROM accounts").rows[0].number(0) }
    }

    /// Deletes the row and notes its id in one transaction.
    public func beginDeletion(of id: AccountID, at time: Date) async throws -> Bool {
        try await database.write { link in
            try Self.reserve(id, link)
            let deleted = try link.query("DELETE FROM accounts WHERE id = $1", [.text(id.rawValue)])
            guard deleted.count == 1 else { return false }
            try link.query(
                "INSERT INTO deletions (account_id, begun) VALUES ($1, $2)", [.text(id.rawValue), .time(time)])
            return true
        }
    }

    /// Sorts the rows, of which there are few.
    public func deletions(limit: Int) async throws -> [Deletion] {
        try await database.read { link in
            try link.query(
                "SELECT account_id, begun FROM deletions ORDER BY begun, account_id LIMIT $1", [.number(limit)]
            ).rows.map { Deletion(account: AccountID(rawValue: try $0.text(0)), begun: try $0.time(1)) }
        }
    }

    /// Deletes the row.
    public func finishDeletion(of id: AccountID) async throws {
        try await database.write(isRepeatable: true) { link in
            try link.query("DELETE FROM deletions WHERE account_id = $1", [.text(id.rawValue)])
        }
    }
}
