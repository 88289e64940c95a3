extension Schema {
    /// Whether a message that is not due is with a worker, or was put back.
    static let heldMessages = """
        ALTER TABLE messages ADD COLUMN held BOOLEAN NOT NULL DEFAULT false;
        UPDATE messages SET held = true WHERE receive_count > 0;
        """
}
