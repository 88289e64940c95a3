import Crypto
import Foundation
import GAS
import GRDB

/// The audit log in the table `audit`, whose triggers refuse every change of what is there.
public struct SQLiteAuditLog: AuditLog {
    private static let columns = "number, time, kind, account_id, about_id, address, detail, previous, seal"

    let database: EmbeddedDatabase

    /// Entries are sealed with SHA-256.
    public let sealing = AuditSeal { SHA256.hash(data: $0).hexadecimal }

    /// Keeps the log in a database.
    public init(database: EmbeddedDatabase) {
        self.database = database
    }

    /// Reads the last seal and inserts the next row in one transaction.
    @discardableResult
    public func append(_ event: AuditEvent) async throws -> AuditEntry {
        try await database.write { [sealing] db in
            let last = try Row.fetchOne(
                try db.cachedStatement(sql: "SELECT number, seal FROM audit ORDER BY number DESC LIMIT 1")
            ).map { AuditHead(number: $0["number"], seal: $0["seal"]) }
            let entry = sealing.entry(event, after: last)
            try db.cachedStatement(
                sql: "INSERT INTO audit (\(SQLiteAuditLog.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            ).execute(arguments: [
                entry.number, event.time.milliseconds, event.kind.rawValue, event.account?.rawValue,
                event.about?.rawValue, event.address, event.detail, entry.previous, entry.seal,
            ])
            return entry
        }
    }

    /// Walks the primary key backwards, or the indexes of the accounts.
    public func entries(_ filter: AuditFilter, before number: Int?, limit: Int) async throws -> [AuditEntry] {
        var conditions = ["number < ?"]
        var arguments: StatementArguments = [number ?? Int.max]
        if let account = filter.account {
            conditions.append("(account_id = ? OR about_id = ?)")
            arguments += [account.rawValue, account.rawValue]
        }
        if !filter.kinds.isEmpty {
            let kinds = filter.kinds.map(\.rawValue).sorted()
            conditions.append("kind IN (\(kinds.map { _ in "?" }.joined(separator: ", ")))")
            arguments += StatementArguments(kinds)
        }
        if let since = filter.since {
            conditions.append("time >= ?")
            arguments += [since.milliseconds]
        }
        return try await rows(
            "WHERE \(conditions.joined(separator: " AND ")) ORDER BY number DESC LIMIT ?", arguments + [limit])
    }

    /// Walks the primary key.
    public func chain(after number: Int, limit: Int) async throws -> [AuditEntry] {
        try await rows("WHERE number > ? ORDER BY number LIMIT ?", [number, limit])
    }

    private func rows(_ rest: String, _ arguments: StatementArguments) async throws -> [AuditEntry] {
        try await database.read { db in
            try Row.fetchAll(
                db, sql: "SELECT \(SQLiteAuditLog.columns) FROM audit \(rest)", arguments: arguments
            ).map(SQLiteAuditLog.entry)
        }
    }

    private static func entry(_ row: Row) throws -> AuditEntry {
        guard let kind = AuditKind(rawValue: row["kind"]) else {
            throw GASError(
                .corrupted, "Entry \(row["number"] as Int) of the audit log is of a kind that does not exist.")
        }
        return AuditEntry(
            number: row["number"],
            event: AuditEvent(
                kind, at: Date(milliseconds: row["time"]),
                by: (row["account_id"] as String?).map(AccountID.init(rawValue:)),
                about: (row["about_id"] as String?).map(AccountID.init(rawValue:)), from: row["address"],
                detail: row["detail"]),
            previous: row["previous"], seal: row["seal"])
    }
}
