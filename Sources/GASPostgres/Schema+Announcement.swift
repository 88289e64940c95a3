extension Schema {
    /// One row at most.
    static let announcement = """
        CREATE TABLE announcement (
            id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
            text TEXT NOT NULL,
            closes BIGINT NOT NULL,
            time BIGINT NOT NULL
        );
        """
}
