import Foundation
import GAS
import GRDB

/// Each list walks an index in its order and stops at its limit.
extension SQLiteJobStore {
    /// Continues behind the key of the last row, so that a late page costs what the first one does.
    public func jobs(
        of account: AccountID,
        status: JobStatus?,
        after cursor: JobPage.Cursor?,
        limit: Int
    ) async throws -> JobPage {
        try database.lookUp { try Self.page($0, of: account, status, cursor, limit) }
    }

    /// As above, along the index of account and result state.
    public func jobs(
        of account: AccountID,
        resultState: ResultState,
        after cursor: JobPage.Cursor?,
        limit: Int
    ) async throws -> JobPage {
        try database.lookUp { db in
            try Self.page(
                db, "WHERE user_id = ? AND result_state = ?", [account.rawValue, resultState.rawValue], cursor, limit)
        }
    }

    /// Counts along the index of account and status.
    public func counts(of account: AccountID) async throws -> [JobStatus: Int] {
        try database.lookUp { try Self.counts($0, of: account) }
    }

    /// Reads both from one snapshot.
    public func list(
        of account: AccountID,
        status: JobStatus?,
        after cursor: JobPage.Cursor?,
        limit: Int
    ) async throws -> (page: JobPage, counts: [JobStatus: Int]) {
        try database.lookUp { db in
            (try Self.page(db, of: account, status, cursor, limit), try Self.counts(db, of: account))
        }
    }

    private static func page(
        _ db: Database, of account: AccountID, _ status: JobStatus?, _ cursor: JobPage.Cursor?, _ limit: Int
    ) throws -> JobPage {
        guard let status else { return try page(db, "WHERE user_id = ?", [account.rawValue], cursor, limit) }
        return try page(
            db, "WHERE user_id = ? AND job_status = ?", [account.rawValue, status.rawValue], cursor, limit)
    }

    private static func page(
        _ db: Database, _ condition: String, _ arguments: StatementArguments, _ cursor: JobPage.Cursor?, _ limit: Int,
        by order: JobPage.Order = .submitTime
    ) throws -> JobPage {
        let time = order.attribute.rawValue
        var condition = condition
        var arguments = arguments
        if let cursor {
            condition += " AND (\(time), job_id) < (?, ?)"
            arguments += [cursor.time, cursor.jobID.rawValue]
        }
        condition += " ORDER BY \(time) DESC, job_id DESC LIMIT ?"
        arguments += [limit + 1]
        return JobPage(try JobRow.jobs(db, condition, arguments), limit: limit, by: order)
    }

    /// Backwards along the index of states.
    public func jobs(inState status: JobStatus, after cursor: JobPage.Cursor?, limit: Int) async throws -> JobPage {
        try await database.read { db in
            try Self.page(db, "WHERE job_status || '' = ?", [status.rawValue], cursor, limit, by: .requestTime)
        }
    }

    private static func counts(_ db: Database, of account: AccountID) throws -> [JobStatus: Int] {
        try counts(
            db, "SELECT job_status, count(*) FROM annotations WHERE user_id = ? GROUP BY job_status",
            [account.rawValue])
    }

    /// Counts all rows: for the eyes of administrators, not for every page.
    public func counts() async throws -> [JobStatus: Int] {
        try await database.read {
            try Self.counts($0, "SELECT job_status, count(*) FROM annotations GROUP BY job_status", [])
        }
    }

    /// Counts along the index of times.
    public func submissions(since: Date) async throws -> Int? {
        try await database.read { db in
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM annotations WHERE submit_time >= ?", arguments: [since.milliseconds])
        }
    }

    private static func counts(_ db: Database, _ sql: String, _ arguments: StatementArguments) throws
        -> [JobStatus: Int]
    {
        let rows = try Row.fetchAll(try db.cachedStatement(sql: sql), arguments: arguments)
        return try rows.reduce(into: [:]) { counts, row in
            guard let status = JobStatus(rawValue: row[0]) else {
                throw GASError(.corrupted, "A stored job has a job_status that does not exist.")
            }
            counts[status] = row[1]
        }
    }

    /// Counts along the index of account and result state.
    public func resultCounts(of account: AccountID) async throws -> [ResultState: Int] {
        try await database.read { db in
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT result_state, count(*) FROM annotations WHERE user_id = ? GROUP BY result_state",
                arguments: [account.rawValue]
            )
            return try rows.reduce(into: [:]) { counts, row in
                guard let state = ResultState(rawValue: row[0]) else {
                    throw GASError(.corrupted, "A stored job has a result_state that does not exist.")
                }
                counts[state] = row[1]
            }
        }
    }

    /// Counts along the index of the pending jobs.
    public func jobsAhead(of job: Job) async throws -> Int? {
        try await database.read { db in
            try Int.fetchOne(
                db,
                sql: """
                    SELECT count(*) FROM annotations
                    WHERE job_status = 'PENDING' AND (submit_time, job_id) < (?, ?)
                    """,
                arguments: [job.submitTime.milliseconds, job.id.rawValue]
            )
        }
    }

    /// Merges three lists, each from an index that holds nothing but the jobs in its state.
    public func stalledJobs(before: Date, limit: Int) async throws -> [Job] {
        try await database.read { db in
            let moment = before.milliseconds
            let stalled = try [
                ("request_time", "job_status = 'PENDING'"),
                ("lease_expires", "job_status = 'RUNNING'"),
                ("complete_time", "notify_time IS NULL AND job_status IN ('COMPLETED', 'FAILED')"),
            ].flatMap { time, state in
                try JobRow.dated(
                    db,
                    by: time,
                    "WHERE \(state) AND \(time) < ? ORDER BY \(time) LIMIT ?",
                    [moment, limit]
                )
            }
            return stalled.sorted { $0.time < $1.time }.prefix(limit).map(\.job)
        }
    }

    /// Merges two lists, each from an index that holds nothing but what is owed.
    public func stalledResults(before: Date, limit: Int) async throws -> [Job] {
        try await database.read { db in
            var stalled: [JobID: (time: Int, job: Job)] = [:]
            for column in ["result_due", "result_notice_expires"] {
                let found = try JobRow.dated(
                    db, by: column, "WHERE \(column) < ? ORDER BY \(column) LIMIT ?", [before.milliseconds, limit])
                for entry in found where entry.time < stalled[entry.job.id]?.time ?? .max {
                    stalled[entry.job.id] = entry
                }
            }
            return stalled.values.sorted { $0.time < $1.time }.prefix(limit).map(\.job)
        }
    }
}
