import Foundation
import GAS

/// Sessions in the table `sessions`.
public struct PostgresSessionStore: SessionStore {
    private static let columns = "token_hash, account_id, created, last_seen, csrf_token, user_agent, sealed_tokens"

    private let database: PostgresDatabase

    /// Keeps sessions in a database.
    public init(database: PostgresDatabase) {
        self.database = database
    }

    /// Inserts a row. The hash is that of a token made for this session, so a row of that hash is this session.
    public func add(_ session: Session) async throws {
        try await database.write(isRepeatable: true) { link in
            try link.query(
                "INSERT INTO sessions (\(Self.columns)) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
                [
                    .text(session.tokenHash), .text(session.accountID.rawValue), .time(session.created),
                    .time(session.lastSeen), .text(session.csrfToken), .text(session.userAgent),
                    .text(session.sealedTokens),
                ])
        }
    }

    /// Reads a row by its primary key.
    public func session(tokenHash: String) async throws -> Session? {
        try await sessions("WHERE token_hash = $1", [.text(tokenHash)]).first
    }

    /// Changes `last_seen`.
    public func touch(tokenHash: String, at time: Date) async throws {
        try await database.write(isRepeatable: true) { link in
            try link.query(
                "UPDATE sessions SET last_seen = $1 WHERE token_hash = $2", [.time(time), .text(tokenHash)])
        }
    }

    /// Deletes a row.
    public func delete(tokenHash: String) async throws {
        try await database.write(isRepeatable: true) { link in
            try link.query("DELETE FROM sessions WHERE token_hash = $1", [.text(tokenHash)])
        }
    }

    /// Reads an account's rows by their index.
    public func sessions(of account: AccountID) async throws -> [Session] {
        try await sessions(
            "WHERE account_id = $1 ORDER BY last_seen DESC, token_hash", [.text(account.rawValue)])
    }

    /// Deletes rows by the indexes of their times.
    public func deleteExpired(lastSeenBefore lastSeen: Date, createdBefore created: Date) async throws -> Int {
        try await database.write { link in
            try link.query(
                "DELETE FROM sessions WHERE last_seen < $1 OR created < $2", [.time(lastSeen), .time(created)]
            ).count
        }
    }

    private func sessions(_ rest: String, _ values: [PostgresValue]) async throws -> [Session] {
        try await database.read { link in
            try link.query("SELECT \(Self.columns) FROM sessions \(rest)", values).rows.map(Self.session)
        }
    }

    private static func session(_ row: PostgresRow) throws -> Session {
        Session(
            tokenHash: try row.text(0), accountID: AccountID(rawValue: try row.text(1)), created: try row.time(2),
            lastSeen: try row.time(3), csrfToken: try row.text(4), userAgent: try row.text(5),
            sealedTokens: try row.textIfPresent(6))
    }
}
