import Foundation
import GAS

/// Each list is a query of an index, in its order.
extension DynamoDBJobStore {
    /// Along the index of accounts. Jobs in other states are read and passed over.
    public func jobs(
        of account: AccountID, status: JobStatus?, after cursor: JobPage.Cursor?, limit: Int
    ) async throws -> JobPage {
        let query = JobQuery(JobTable.byAccount, account.rawValue)
        return try await page(status.map { query.with(.status, $0.rawValue) } ?? query, after: cursor, limit: limit)
    }

    /// The same, with the state of the result.
    public func jobs(
        of account: AccountID, resultState: ResultState, after cursor: JobPage.Cursor?, limit: Int
    ) async throws -> JobPage {
        try await page(
            JobQuery(JobTable.byAccount, account.rawValue).with(.resultState, resultState.rawValue), after: cursor,
            limit: limit)
    }

    private func page(_ query: JobQuery, after cursor: JobPage.Cursor?, limit: Int) async throws -> JobPage {
        var query = query.backwards
        if let cursor {
            query = query.before(.text(JobTable.order(submitTime: cursor.time, jobID: cursor.jobID)))
        }
        return JobPage(try await jobs(query, limit: limit + 1), limit: limit)
    }

    /// Backwards along the index of states and requests, from behind the last item.
    public func jobs(inState status: JobStatus, after cursor: JobPage.Cursor?, limit: Int) async throws -> JobPage {
        let start: DynamoDBItem? = cursor.map { cursor in
            [
                JobAttribute.jobID.rawValue: .text(cursor.jobID.rawValue),
                JobAttribute.status.rawValue: .text(status.rawValue),
                JobAttribute.requestTime.rawValue: .number("\(cursor.time)"),
            ]
        }
        let found = try await jobs(
            JobQuery(JobTable.byRequest, status.rawValue).backwards, limit: limit + 1, after: start)
        return JobPage(found, limit: limit, by: .requestTime)
    }

    /// Reads the state of each job of the account.
    public func counts(of account: AccountID) async throws -> [JobStatus: Int] {
        try await tally(account, .status, JobStatus.init)
    }

    /// Reads the state of each job's result.
    public func resultCounts(of account: AccountID) async throws -> [ResultState: Int] {
        try await tally(account, .resultState, ResultState.init)
    }

    private func tally<State: Hashable>(
        _ account: AccountID, _ attribute: JobAttribute, _ state: (String) -> State?
    ) async throws -> [State: Int] {
        var counts: [State: Int] = [:]
        let query = JobQuery(JobTable.byAccount, account.rawValue).only(attribute)
        try await read(query) { output in
            for item in output.Items ?? [] {
                guard let state = item[attribute.rawValue]?.attribute?.text.flatMap(state) else {
                    throw GASError(.corrupted, "A stored job has a \(attribute.rawValue) that does not exist.")
                }
                counts[state, default: 0] += 1
            }
            return true
        }
        return counts
    }

    /// Counts along the index of states: DynamoDB reads all jobs for it, so it is for the eyes of administrators.
    public func counts() async throws -> [JobStatus: Int] {
        var counts: [JobStatus: Int] = [:]
        for status in JobStatus.allCases {
            let count = try await count(JobQuery(JobTable.byRequest, status.rawValue))
            if count > 0 { counts[status] = count }
        }
        return counts
    }

    /// No index has all jobs in the order of time; what was sent to the queue is counted by CloudWatch.
    public func submissions(since: Date) async throws -> Int? { nil }

    /// Counts the pending jobs that were submitted before.
    public func jobsAhead(of job: Job) async throws -> Int? {
        let order = JobTable.order(submitTime: job.attributes[.submitTime]?.number ?? 0, jobID: job.id)
        return try await count(
            JobQuery(JobTable.byRequest, JobStatus.pending.rawValue).with(JobTable.order, below: order))
    }

    /// Of each kind of standstill the oldest, and of these the oldest.
    public func stalledJobs(before: Date, limit: Int) async throws -> [Job] {
        let time = DynamoDBValue.number("\(Self.milliseconds(before))")
        let kinds: [(query: JobQuery, since: @Sendable (Job) -> Date?)] = [
            (JobQuery(JobTable.byRequest, JobStatus.pending.rawValue), { $0.requestTime }),
            (JobQuery(JobTable.byLease, JobStatus.running.rawValue), { $0.lease?.expires }),
            (JobQuery(JobTable.byEnd, JobStatus.completed.rawValue), { $0.completeTime }),
            (JobQuery(JobTable.byEnd, JobStatus.failed.rawValue), { $0.completeTime }),
        ]
        var found: [(time: Date, job: Job)] = []
        for (query, since) in kinds {
            found += try await jobs(query.before(time), limit: limit).map { (since($0) ?? $0.submitTime, $0) }
        }
        return Self.oldest(found, limit: limit)
    }

    /// Of each state and each notice the oldest, and of these the oldest.
    public func stalledResults(before: Date, limit: Int) async throws -> [Job] {
        let time = DynamoDBValue.number("\(Self.milliseconds(before))")
        let queries =
            ResultState.allCases.map { JobQuery(JobTable.byResultDue, $0.rawValue) }
            + ResultNotice.allCases.map { JobQuery(JobTable.byNotice, $0.rawValue) }
        var found: [JobID: (time: Date, job: Job)] = [:]
        for query in queries {
            for job in try await jobs(query.before(time), limit: limit) {
                guard let time = [job.resultDue, job.noticeExpires].compactMap({ $0 }).min() else { continue }
                found[job.id] = (time, job)
            }
        }
        return Self.oldest(Array(found.values), limit: limit)
    }

    private static func oldest(_ found: [(time: Date, job: Job)], limit: Int) -> [Job] {
        found.sorted { ($0.time, $0.job.id.rawValue) < ($1.time, $1.job.id.rawValue) }.prefix(limit).map(\.job)
    }

    private static func milliseconds(_ date: Date) -> Int { Int((date.timeIntervalSince1970 * 1000).rounded()) }

    /// At most `limit` jobs.
    private func jobs(_ query: JobQuery, limit: Int, after start: DynamoDBItem? = nil) async throws -> [Job] {
        var jobs: [Job] = []
        try await read(query, limit: limit, after: start) { output in
            jobs += try (output.Items ?? []).map(Job.init(item:))
            return jobs.count < limit
        }
        return Array(jobs.prefix(limit))
    }

    private func count(_ query: JobQuery) async throws -> Int {
        var count = 0
        try await read(query, counts: true) { output in
            count += output.Count
            return true
        }
        return count
    }

    /// Reads page after page until there is none or `use` has enough.
    private func read(
        _ query: JobQuery, counts: Bool = false, limit: Int? = nil, after first: DynamoDBItem? = nil,
        _ use: (Query.Output) throws -> Bool
    ) async throws {
        try await translatingErrors {
            var start = first
            repeat {
                let answer: AWSAnswer<Query.Output> = try await client.call(
                    "dynamodb", Self.action("Query"),
                    query.request(table: table, counts: counts, limit: limit, after: start))
                start = try use(answer.value) ? answer.value.LastEvaluatedKey : nil
            } while start != nil
        }
    }
}
