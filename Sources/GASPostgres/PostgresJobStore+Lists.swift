import Foundation
import GAS

/// Each list walks an index in its order and stops at its limit.
extension PostgresJobStore {
    /// Continues behind the key of the last row, so that a late page costs what the first one does.
    public func jobs(
        of account: AccountID, status: JobStatus?, after cursor: JobPage.Cursor?, limit: Int
    ) async throws -> JobPage {
        try await page(of: account, "job_status", status?.rawValue, cursor, limit)
    }

    /// As above, along the index of account and result state.
    public func jobs(
        of account: AccountID, resultState: ResultState, after cursor: JobPage.Cursor?, limit: Int
    ) async throws -> JobPage {
        try await page(of: account, "result_state", resultState.rawValue, cursor, limit)
    }

    private func page(
        of account: AccountID, _ column: String, _ value: String?, _ cursor: JobPage.Cursor?, _ limit: Int
    ) async throws -> JobPage {
        var condition = StatementText("WHERE user_id = ")
        condition.bind(.text(account.rawValue))
        if let value {
            condition.append(" AND \(column) = ")
            condition.bind(.text(value))
        }
        return try await page(condition, cursor, limit, by: .submitTime)
    }

    /// Backwards along the index of states.
    public func jobs(inState status: JobStatus, after cursor: JobPage.Cursor?, limit: Int) async throws -> JobPage {
        var condition = StatementText("WHERE job_status = ")
        condition.bind(.text(status.rawValue))
        return try await page(condition, cursor, limit, by: .requestTime)
    }

    private func page(
        _ condition: StatementText, _ cursor: JobPage.Cursor?, _ limit: Int, by order: JobPage.Order
    ) async throws -> JobPage {
        let time = order.attribute.rawValue
        var rest = condition
        if let cursor {
            let key = [rest.parameter(.number(cursor.time)), rest.parameter(.text(cursor.jobID.rawValue))]
            rest.append(" AND (\(time), job_id) < (\(key.joined(separator: ", ")))")
        }
        rest.append(" ORDER BY \(time) DESC, job_id DESC LIMIT ")
        rest.bind(.number(limit + 1))
        let found = try await database.read { [rest] link in try JobRow.jobs(link, rest) }
        return JobPage(found, limit: limit, by: order)
    }

    /// Counts along the index of account and status.
    public func counts(of account: AccountID) async throws -> [JobStatus: Int] {
        try await counts(by: "job_status", "WHERE user_id = $1", [.text(account.rawValue)])
    }

    /// Counts all rows: for the eyes of administrators, not for every page.
    public func counts() async throws -> [JobStatus: Int] {
        try await counts(by: "job_status", "", [])
    }

    /// Counts along the index of account and result state.
    public func resultCounts(of account: AccountID) async throws -> [ResultState: Int] {
        try await counts(by: "result_state", "WHERE user_id = $1", [.text(account.rawValue)])
    }

    /// Counts along the index of times.
    public func submissions(since: Date) async throws -> Int? {
        try await database.read { link in
            try link.query("SELECT count(*) FROM annotations WHERE submit_time >= $1", [.time(since)]).rows[0].number(0)
        }
    }

    private func counts<State: RawRepresentable<String> & Hashable & Sendable>(
        by column: String, _ condition: String, _ values: [PostgresValue]
    ) async throws -> [State: Int] {
        try await database.read { link in
            let sql = "SELECT \(column), count(*) FROM annotations \(condition) GROUP BY \(column)"
            return try link.query(sql, values).rows.reduce(into: [:]) { counts, row in
                guard let state = State(rawValue: try row.text(0)) else {
                    throw GASError(.corrupted, "A stored job has a \(column) that does not exist.")
                }
                counts[state] = try row.number(1)
            }
        }
    }

    /// Counts along the index of the pending jobs.
    public func jobsAhead(of job: Job) async throws -> Int? {
        try await database.read { link in
            try link.query(
                """
                SELECT count(*) FROM annotations WHERE job_status = 'PENDING' AND (submit_time, job_id) < ($1, $2)
                """, [.time(job.submitTime), .text(job.id.rawValue)]
            ).rows[0].number(0)
        }
    }

    /// Merges three lists, each from an index that holds nothing but the jobs in its state.
    public func stalledJobs(before: Date, limit: Int) async throws -> [Job] {
        try await database.read { link in
            let stalled = try [
                ("request_time", "job_status = 'PENDING'"),
                ("lease_expires", "job_status = 'RUNNING'"),
                ("complete_time", "notify_time IS NULL AND job_status IN ('COMPLETED', 'FAILED')"),
            ].flatMap { column, state in
                try JobRow.dated(link, by: column, Self.overdue("\(state) AND \(column)", column, before, limit))
            }
            return stalled.sorted { $0.time < $1.time }.prefix(limit).map(\.job)
        }
    }

    /// Merges two lists, each from an index that holds nothing but what is owed.
    public func stalledResults(before: Date, limit: Int) async throws -> [Job] {
        try await database.read { link in
            var stalled: [JobID: (time: Int, job: Job)] = [:]
            for column in ["result_due", "result_notice_expires"] {
                let found = try JobRow.dated(link, by: column, Self.overdue(column, column, before, limit))
                for entry in found where entry.time < stalled[entry.job.id]?.time ?? .max {
                    stalled[entry.job.id] = entry
                }
            }
            return stalled.values.sorted { $0.time < $1.time }.prefix(limit).map(\.job)
        }
    }

    private static func overdue(
        _ condition: String, _ column: String, _ before: Date, _ limit: Int
    ) -> StatementText {
        var rest = StatementText("WHERE \(condition) < ")
        rest.bind(.time(before))
        rest.append(" ORDER BY \(column) LIMIT ")
        rest.bind(.number(limit))
        return rest
    }
}
