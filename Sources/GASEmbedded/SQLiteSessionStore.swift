import Foundation
import GAS
import GRDB

/// Sessions in the table `sessions`.
public struct SQLiteSessionStore: SessionStore {
    private static let columns = "token_hash, account_id, created, last_seen, csrf_token, user_agent, sealed_tokens"

    private let database: EmbeddedDatabase

    /// Keeps sessions in a database.
    public init(database: EmbeddedDatabase) {
        self.database = database
    }

    /// Inserts a row.
    public func add(_ session: Session) async throws {
        try await database.write { db in
            try db.execute(
                sql: "INSERT INTO sessions (\(SQLiteSessionStore.columns)) VALUES (?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    session.tokenHash, session.accountID.rawValue, session.created.milliseconds,
                    session.lastSeen.milliseconds, session.csrfToken, session.userAgent,
                    session.sealedTokens,
                ]
            )
        }
    }

    /// Reads a row by its primary key.
    public func session(tokenHash: String) async throws -> Session? {
        try database.lookUp { db in
            try Row.fetchOne(
                try db.cachedStatement(
                    sql: "SELECT \(SQLiteSessionStore.columns) FROM sessions WHERE token_hash = ?"),
                arguments: [tokenHash]
            ).map(SQLiteSessionStore.session)
        }
    }

    /// Changes `last_seen`.
    public func touch(tokenHash: String, at time: Date) async throws {
        try await database.write { db in
            try db.execute(
                sql: "UPDATE sessions SET last_seen = ? WHERE token_hash = ?",
                arguments: [time.milliseconds, tokenHash]
            )
        }
    }

    /// Deletes a row, and overwrites it.
    public func delete(tokenHash: String) async throws {
        try await database.write { db in
            try db.execute(sql: "DELETE FROM sessions WHERE token_hash = ?", arguments: [tokenHash])
        }
    }

    /// Reads an account's rows by their index.
    public func sessions(of account: AccountID) async throws -> [Session] {
        try await database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(SQLiteSessionStore.columns) FROM sessions
                    WHERE account_id = ? ORDER BY last_seen DESC, token_hash
                    """,
                arguments: [account.rawValue]
            ).map(SQLiteSessionStore.session)
        }
    }

    /// Deletes rows by the indexes of their times.
    public func deleteExpired(lastSeenBefore lastSeen: Date, createdBefore created: Date) async throws -> Int {
        try await database.write { db in
            try db.execute(
                sql: "DELETE FROM sessions WHERE last_seen < ? OR created < ?",
                arguments: [lastSeen.milliseconds, created.milliseconds]
            )
            return db.changesCount
        }
    }

    private static func session(_ row: Row) -> Session {
        Session(
            tokenHash: row["token_hash"],
            accountID: AccountID(rawValue: row["account_id"]),
            created: Date(milliseconds: row["created"]),
            lastSeen: Date(milliseconds: row["last_seen"]),
            csrfToken: row["csrf_token"],
            userAgent: row["user_agent"],
            sealedTokens: row["sealed_tokens"]
        )
    }
}
