import GAS

/// One step of the tables. A step that was released is never changed; what comes later is another step.
struct Migration: Sendable {
    let name: String
    let script: String
}

/// Brings the tables up to date.
public struct Migrations: Sendable {
    private static let all = [
        Migration(name: "jobs", script: Schema.jobs),
        Migration(name: "accounts and sessions", script: Schema.accountsAndSessions),
        Migration(name: "messages", script: Schema.messages),
        Migration(name: "payments", script: Schema.payments),
        Migration(name: "audit", script: Schema.audit),
        Migration(name: "confirmed addresses", script: Schema.confirmation),
        Migration(name: "job times", script: Schema.jobTimes),
        Migration(name: "announcement", script: Schema.announcement),
        Migration(name: "deployment", script: Schema.deployment),
        Migration(name: "held messages", script: Schema.heldMessages),
        Migration(name: "job states", script: Schema.jobStates),
    ]
    /// Any number that nobody else uses: one instance migrates at a time.
    private static let lock = 0x6761_732D_7067
    /// Seconds that may pass before it is given up, the wait for another instance included.
    private static let patience = 3600.0

    private let database: PostgresDatabase

    /// The migrations of a database.
    public init(_ database: PostgresDatabase) {
        self.database = database
    }

    /// The names of the steps that are still to be taken.
    /// - Throws: `invalid` when the database was written by a newer version, or holds tables of something else.
    public func pending() async throws -> [String] {
        try await database.read { link in try Self.pending(link).map(\.name) }
    }

    /// Takes all steps that are still to be taken, in one transaction: all or none. Any number of instances may do so at
    /// the same time; the others wait, and then find nothing to do.
    /// - Returns: the names of the steps taken.
    public func apply() async throws -> [String] {
        try await database.write(isRepeatable: true) { link in
            try link.query("SELECT set_config('statement_timeout', '0', true)")
            try link.query("SELECT pg_advisory_xact_lock($1)", [.number(Self.lock)], seconds: Self.patience)
            let pending = try Self.pending(link)
            guard !pending.isEmpty else { return [] }
            try link.query(
                """
                CREATE TABLE IF NOT EXISTS gas_migrations (
                    number BIGINT NOT NULL PRIMARY KEY,
                    name TEXT NOT NULL,
                    applied TIMESTAMPTZ NOT NULL DEFAULT now()
                )
                """)
            let first = Self.all.count - pending.count + 1
            for (offset, step) in pending.enumerated() {
                try link.execute(script: step.script, seconds: Self.patience)
                try link.query(
                    "INSERT INTO gas_migrations (number, name) VALUES ($1, $2)",
                    [.number(first + offset), .text(step.name)])
            }
            return pending.map(\.name)
        }
    }

    private static func pending(_ link: ServerLink) throws -> [Migration] {
        let exists = try link.query("SELECT to_regclass('gas_migrations') IS NOT NULL").rows[0].flag(0)
        guard exists else { return all }
        let taken = try link.query("SELECT name FROM gas_migrations ORDER BY number").rows.map { try $0.text(0) }
        guard taken.count <= all.count else {
            throw GASError(.invalid, "The PostgreSQL database was written by a newer version of this program.")
        }
        guard taken == all.prefix(taken.count).map(\.name) else {
            throw GASError(.invalid, "The PostgreSQL database holds tables that this program did not make.")
        }
        return Array(all.dropFirst(taken.count))
    }
}
