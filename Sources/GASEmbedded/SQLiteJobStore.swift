import Foundation
import GAS
import GRDB

/// Jobs in the table `annotations`, one column for each `JobAttribute`.
public struct SQLiteJobStore: JobStore {
    let database: EmbeddedDatabase

    /// Keeps jobs in a database.
    public init(database: EmbeddedDatabase) {
        self.database = database
    }

    /// Inserts a row unless there is one.
    public func add(_ job: Job) async throws -> Bool {
        let row = JobRow(job)
        let added = try await database.write { db in
            try db.cachedStatement(sql: JobRow.insertion).execute(arguments: row.arguments)
            return db.changesCount == 1
        }
        if added { announce(job.userID) }
        return added
    }

    /// Reads a row by its primary key.
    public func job(_ id: JobID) async throws -> Job? {
        try database.lookUp { db in
            try JobRow.jobs(db, "WHERE job_id = ?", [id.rawValue]).first
        }
    }

    /// Carries out one conditional `UPDATE`.
    public func update(_ update: JobUpdate) async throws -> Job? {
        let job = try await database.write { try ConditionalUpdate(update).execute($0) }
        if let job { announce(job.userID) }
        return job
    }

    /// Deletes a row, and overwrites it.
    public func delete(_ id: JobID) async throws {
        let owner = try await database.write { db in
            try String.fetchAll(
                db, sql: "DELETE FROM annotations WHERE job_id = ? RETURNING user_id", arguments: [id.rawValue]
            ).first
        }
        if let owner { announce(AccountID(rawValue: owner)) }
    }

    /// The one row of the table `deployment`.
    public func deployment() async throws -> String {
        try await database.write { db in
            let name = try String.fetchOne(
                db,
                sql:
                    "INSERT INTO deployment (id, name) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET id = 1 RETURNING name",
                arguments: [UUID().uuidString.lowercased()])
            guard let name else { throw GASError(.internal, "SQLite did not give the name of the deployment.") }
            return name
        }
    }

    /// Emits when this or another process has changed a job of the account.
    public func changes(of account: AccountID) -> AsyncStream<Void> {
        database.wakeups.bell(SQLiteJobStore.channel(account)).stream(from: database)
    }

    private func announce(_ account: AccountID) {
        database.wakeups.announce(SQLiteJobStore.channel(account))
    }

    private static func channel(_ account: AccountID) -> String { "jobs of \(account)" }
}
