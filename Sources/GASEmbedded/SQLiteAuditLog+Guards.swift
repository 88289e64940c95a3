import GAS
import GRDB

/// The triggers that refuse every change.
extension SQLiteAuditLog {
    /// Compares the triggers that there are with those that should be.
    public func missingGuards() async throws -> [String] {
        try await database.read { try Self.missing($0).map(\.name) }
    }

    /// Makes those anew that are missing or were changed, in one transaction.
    public func restoreGuards() async throws {
        try await database.write { db in
            for guardian in try Self.missing(db) {
                try db.execute(sql: "DROP TRIGGER IF EXISTS \(guardian.name)")
                try db.execute(sql: guardian.statement)
            }
        }
    }

    private static func missing(_ db: Database) throws -> [(name: String, statement: String)] {
        let there = try Row.fetchAll(
            db, sql: "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
        )
        .map { words($0["sql"] as String) }
        return Schema.auditGuards.filter { !there.contains(words($0.statement)) }
    }

    /// However a statement is broken into lines.
    private static func words(_ statement: String) -> [Substring] { statement.split(whereSeparator: \.isWhitespace) }
}
