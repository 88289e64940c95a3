extension Schema {
    /// One row at most.
    static let announcement = """
        CREATE TABLE announcement (
            id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
            text TEXT NOT NULL,
            closes INTEGER NOT NULL,
            time INTEGER NOT NULL
        ) STRICT;
        """
}
