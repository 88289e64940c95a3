import Foundation
import GAS
import GRDB

/// The list of all accounts, and how one of them ends.
extension SQLiteAccountStore {
    /// Walks the index of the times of creation.
    public func accounts(after cursor: AccountPage.Cursor?, limit: Int) async throws -> AccountPage {
        let found = try await database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(SQLiteAccountStore.columns) FROM accounts
                    WHERE (created, id) < (?, ?) OR ? IS NULL ORDER BY created DESC, id DESC LIMIT ?
                    """,
                // One more than asked for tells whether there is a next page.
                arguments: [cursor?.created, cursor?.accountID.rawValue, cursor?.rawValue, limit + 1]
            ).map(SQLiteAccountStore.account)
        }
        let page = Array(found.prefix(limit))
        return AccountPage(
            accounts: page, next: found.count > limit ? page.last.map(AccountPage.Cursor.init(after:)) : nil)
    }

    /// Counts the rows.
    public func count() async throws -> Int {
        try await database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM accounts") ?? 0 }
    }

    /// Deletes the row, which is overwritten, and notes its id in one transaction.
    public func beginDeletion(of id: AccountID, at time: Date) async throws -> Bool {
        try await database.write { db in
            try db.execute(sql: "DELETE FROM accounts WHERE id = ?", arguments: [id.rawValue])
            guard db.changesCount == 1 else { return false }
            try db.execute(
                sql: "INSERT INTO deletions (account_id, begun) VALUES (?, ?)",
                arguments: [id.rawValue, time.milliseconds])
            return true
        }
    }

    /// Sorts the rows, of which there are few.
    public func deletions(limit: Int) async throws -> [Deletion] {
        try await database.read { db in
            try Row.fetchAll(
                db, sql: "SELECT account_id, begun FROM deletions ORDER BY begun, account_id LIMIT ?",
                arguments: [limit]
            ).map { row in
                Deletion(
                    account: AccountID(rawValue: row["account_id"]), begun: Date(milliseconds: row["begun"]))
            }
        }
    }

    /// Deletes the row.
    public func finishDeletion(of id: AccountID) async throws {
        try await database.write { db in
            try db.execute(sql: "DELETE FROM deletions WHERE account_id = ?", arguments: [id.rawValue])
        }
    }
}
