import GAS

/// The triggers that refuse every change.
extension PostgresAuditLog {
    /// Seconds for which another transaction may hold the table.
    private static let patience = 60.0

    /// Compares the triggers that fire, and what they do, with those that should.
    public func missingGuards() async throws -> [String] {
        try await database.read { link in
            let rows = try link.query(
                """
                SELECT t.tgname::text, t.tgtype::bigint, p.proname::text, p.prosrc
                FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
                WHERE t.tgrelid = 'audit'::regclass AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL
                """
            ).rows
            let there = try rows.filter { row in
                Self.words(try row.text(3)) == Self.words(Schema.auditBodies[try row.text(2), default: ""])
            }.map { (name: try $0.text(0), bits: try $0.number(1), function: try $0.text(2)) }
            return Schema.auditGuards.filter { wanted in !there.contains { $0 == wanted } }.map(\.name)
        }
    }

    /// Makes them anew, in one transaction. Only the owner of the table may.
    public func restoreGuards() async throws {
        try await database.write(isRepeatable: true) { link in
            let drops = Schema.auditGuards.map { "DROP TRIGGER IF EXISTS \($0.name) ON audit;" }.joined(separator: "\n")
            let script = [drops, Schema.auditFunctions, Schema.auditTriggers].joined(separator: "\n")
            try link.execute(script: script, seconds: Self.patience)
        }
    }

    /// However a text is broken into lines.
    private static func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }
}
