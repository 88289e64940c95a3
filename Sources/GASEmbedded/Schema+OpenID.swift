extension Schema {
    /// An account of an identity provider is found by issuer and subject, which are set both or neither. A session holds
    /// what the provider gave, sealed.
    static let openID = """
        ALTER TABLE accounts ADD COLUMN issuer TEXT;
        ALTER TABLE accounts ADD COLUMN subject TEXT;
        CREATE UNIQUE INDEX accounts_by_identity ON accounts (issuer, subject) WHERE issuer IS NOT NULL;
        ALTER TABLE sessions ADD COLUMN sealed_tokens TEXT;
        CREATE TABLE tickets (
            token_hash TEXT NOT NULL PRIMARY KEY,
            purpose TEXT NOT NULL,
            account_id TEXT,
            content TEXT NOT NULL,
            expires INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX tickets_by_expiry ON tickets (expires);
        CREATE INDEX tickets_by_account ON tickets (account_id) WHERE account_id IS NOT NULL;
        """
}
