extension Schema {
    /// Addresses of accounts of identity providers count as confirmed; those of local accounts never were.
    static let confirmation = """
        ALTER TABLE accounts ADD COLUMN email_confirmed INTEGER NOT NULL DEFAULT 0;
        UPDATE accounts SET email_confirmed = 1 WHERE issuer IS NOT NULL;
        """
}
