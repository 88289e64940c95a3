extension Schema {
    /// Rows can be added at the end only: the server itself refuses everything else to everybody who has not first
    /// removed the triggers, for which one must own the table.
    static let audit = """
        CREATE TABLE audit (
            number BIGINT NOT NULL PRIMARY KEY,
            time BIGINT NOT NULL,
            kind TEXT COLLATE "C" NOT NULL,
            account_id TEXT COLLATE "C",
            about_id TEXT COLLATE "C",
            address TEXT NOT NULL,
            detail TEXT NOT NULL,
            previous TEXT NOT NULL,
            seal TEXT NOT NULL
        );
        CREATE INDEX audit_by_account ON audit (account_id, number) WHERE account_id IS NOT NULL;
        CREATE INDEX audit_about_account ON audit (about_id, number) WHERE about_id IS NOT NULL;
        \(auditFunctions)
        \(auditTriggers)
        """

    /// What the triggers do.
    static let auditFunctions = """
        CREATE OR REPLACE FUNCTION audit_is_added_to_at_the_end() RETURNS trigger LANGUAGE plpgsql AS $$
            \(auditBodies["audit_is_added_to_at_the_end", default: ""]) $$;
        CREATE OR REPLACE FUNCTION audit_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
            \(auditBodies["audit_is_never_changed", default: ""]) $$;
        """

    /// The functions' text, by their names.
    static let auditBodies = [
        "audit_is_added_to_at_the_end": """
        BEGIN
            IF NEW.number IS DISTINCT FROM (SELECT coalesce(max(number), 0) + 1 FROM audit) THEN
                RAISE EXCEPTION 'the audit log is only added to, at its end';
            END IF;
            RETURN NEW;
        END
        """,
        "audit_is_never_changed":
            "BEGIN RAISE EXCEPTION 'the audit log is never changed, and nothing is removed from it'; END",
    ]

    static let auditTriggers = """
        CREATE TRIGGER audit_is_added_to_at_the_end BEFORE INSERT ON audit
            FOR EACH ROW EXECUTE FUNCTION audit_is_added_to_at_the_end();
        CREATE TRIGGER audit_is_never_changed BEFORE UPDATE OR DELETE ON audit
            FOR EACH ROW EXECUTE FUNCTION audit_is_never_changed();
        CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON audit
            FOR EACH STATEMENT EXECUTE FUNCTION audit_is_never_changed();
        """

    /// The triggers by name, each with PostgreSQL's bits for when it fires (`pg_trigger.tgtype`: 1 for each row, 2 before,
    /// 4 insert, 8 delete, 16 update, 32 truncate) and what it calls.
    static let auditGuards = [
        (name: "audit_is_added_to_at_the_end", bits: 1 | 2 | 4, function: "audit_is_added_to_at_the_end"),
        (name: "audit_is_never_changed", bits: 1 | 2 | 8 | 16, function: "audit_is_never_changed"),
        (name: "audit_is_never_emptied", bits: 2 | 32, function: "audit_is_never_changed"),
    ]
}
