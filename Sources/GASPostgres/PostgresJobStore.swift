import Foundation
import GAS

/// Jobs in the table `annotations`, one column for each `JobAttribute`.
public struct PostgresJobStore: JobStore {
    let database: PostgresDatabase

    /// Keeps jobs in a database.
    public init(database: PostgresDatabase) {
        self.database = database
    }

    /// Inserts a row unless there is one.
    public func add(_ job: Job) async throws -> Bool {
        try await database.write { link in
            guard try link.query(JobRow.insertion, JobRow.values(job)).count == 1 else { return false }
            try link.announce(Self.channel(job.userID))
            return true
        }
    }

    /// Reads a row by its primary key.
    public func job(_ id: JobID) async throws -> Job? {
        try await database.read { link in
            var rest = StatementText("WHERE job_id = ")
            rest.bind(.text(id.rawValue))
            return try JobRow.jobs(link, rest).first
        }
    }

    /// Carries out one conditional `UPDATE`.
    public func update(_ update: JobUpdate) async throws -> Job? {
        try await database.write { link in
            guard let row = try link.query(JobRow.statement(update)).rows.first else { return nil }
            let job = try JobRow.job(row)
            try link.announce(Self.channel(job.userID))
            return job
        }
    }

    /// Deletes a row.
    public func delete(_ id: JobID) async throws {
        try await database.write(isRepeatable: true) { link in
            let deleted = try link.query(
                "DELETE FROM annotations WHERE job_id = $1 RETURNING user_id", [.text(id.rawValue)])
            guard let row = deleted.rows.first else { return }
            try link.announce(Self.channel(AccountID(rawValue: try row.text(0))))
        }
    }

    /// The one row of the table `deployment`.
    public func deployment() async throws -> String {
        try await database.write(isRepeatable: true) { link in
            let answer = try link.query(
                "INSERT INTO deployment (id, name) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET id = 1 RETURNING name",
                [.text(UUID().uuidString.lowercased())])
            guard let row = answer.rows.first else {
                throw GASError(.internal, "PostgreSQL did not give the name of the deployment.")
            }
            return try row.text(0)
        }
    }

    /// Emits when this or another process has changed a job of the account.
    public func changes(of account: AccountID) -> AsyncStream<Void> {
        database.board[Self.channel(account)].stream(from: database)
    }

    private static func channel(_ account: AccountID) -> String { "jobs of \(account)" }
}
