extension Schema {
    /// Rows can be added at the end only: SQLite itself refuses everything else. `INSERT OR REPLACE` would remove a row
    /// without asking the trigger on deletion, so the number of a new row is looked at too.
    static let audit = """
        CREATE TABLE audit (
            number INTEGER NOT NULL PRIMARY KEY,
            time INTEGER NOT NULL,
            kind TEXT NOT NULL,
            account_id TEXT,
            about_id TEXT,
            address TEXT NOT NULL,
            detail TEXT NOT NULL,
            previous TEXT NOT NULL,
            seal TEXT NOT NULL
        ) STRICT;
        CREATE INDEX audit_by_account ON audit (account_id, number) WHERE account_id IS NOT NULL;
        CREATE INDEX audit_about_account ON audit (about_id, number) WHERE about_id IS NOT NULL;
        \(auditGuards.map { "\($0.statement);" }.joined(separator: "\n"))
        """

    /// The triggers, by name.
    static let auditGuards = [
        (
            name: "audit_is_added_to_at_the_end",
            statement: """
            CREATE TRIGGER audit_is_added_to_at_the_end BEFORE INSERT ON audit
                WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM audit)
                BEGIN SELECT RAISE(ABORT, 'the audit log is only added to, at its end'); END
            """
        ),
        (
            name: "audit_is_never_changed",
            statement: """
            CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
                BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END
            """
        ),
        (
            name: "audit_is_never_shortened",
            statement: """
            CREATE TRIGGER audit_is_never_shortened BEFORE DELETE ON audit
                BEGIN SELECT RAISE(ABORT, 'nothing is removed from the audit log'); END
            """
        ),
    ]
}
