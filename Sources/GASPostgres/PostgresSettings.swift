import CPostgres
import GAS

/// Where the server is, and how long to wait for it.
public struct PostgresSettings: Sendable {
    /// A connection string of libpq: `postgresql://user:password@host/database?sslmode=verify-full`, or
    /// `host=... dbname=...`. What it leaves open libpq takes from `PGHOST` and the like. It may hold a password, so it
    /// is never printed.
    public let url: String
    /// The password, where it is not in `url`; it goes before one that is.
    public var password: PostgresPassword?
    /// Most connections that are open at the same time, besides the one that listens.
    public var connections = 10
    /// How long a call waits for a free connection, and for a server that restarts, in seconds.
    public var patienceSeconds = 30.0
    /// How long one attempt to connect may take, in seconds.
    public var connectSeconds = 5.0
    /// How long one statement may take, in seconds.
    public var statementSeconds = 30.0
    /// How often the connection that listens is tried when it is silent, in seconds.
    public var silenceSeconds = 30.0

    /// Names a server; the rest has defaults.
    /// - Throws: `invalid` when libpq does not understand `url`. What it says is left out: it repeats parts of it.
    public init(url: String) throws {
        guard let options = PQconninfoParse(url, nil) else {
            throw GASError(
                .invalid,
                "The address of the PostgreSQL server is none. Write it as postgresql://user@host:5432/database.")
        }
        PQconninfoFree(options)
        self.url = url
    }
}
