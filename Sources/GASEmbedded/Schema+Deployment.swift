extension Schema {
    /// One row at most: the name of the deployment whose jobs these are.
    static let deployment = """
        CREATE TABLE deployment (
            id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
            name TEXT NOT NULL
        ) STRICT;
        """
}
