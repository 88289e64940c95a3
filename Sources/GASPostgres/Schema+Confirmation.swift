extension Schema {
    /// Addresses of accounts of identity providers count as confirmed; those of local accounts never were.
    static let confirmation = """
        ALTER TABLE accounts ADD COLUMN email_confirmed BOOLEAN NOT NULL DEFAULT false;
        UPDATE accounts SET email_confirmed = true WHERE issuer IS NOT NULL;
        """
}
