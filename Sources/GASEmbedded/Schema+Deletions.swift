extension Schema {
    /// Ids of accounts that were deleted and whose things may not all be removed yet.
    static let deletions = """
        CREATE TABLE deletions (
            account_id TEXT NOT NULL PRIMARY KEY,
            begun INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX accounts_by_age ON accounts (created DESC, id DESC);
        """
}
