import Foundation

/// Keeps the jobs.
public protocol JobStore: Sendable {
    /// Adds a new job. Atomic: of two calls with the same id one adds it.
    /// - Returns: `false` when a job of that id exists; it is left as it is.
    func add(_ job: Job) async throws -> Bool

    /// The job, or `nil` when there is none.
    func job(_ id: JobID) async throws -> Job?

    /// Carries out a conditional change, atomically.
    /// - Returns: the job after the change, or `nil` when it was not as expected (or is gone) and nothing changed.
    func update(_ update: JobUpdate) async throws -> Job?

    /// The jobs of one account, newest first (by submit time, then id descending).
    /// - Parameters:
    ///   - status: only jobs in this state.
    ///   - cursor: what the previous page gave; `nil` for the first page.
    ///   - limit: at most so many, at least 1.
    func jobs(of account: AccountID, status: JobStatus?, after cursor: JobPage.Cursor?, limit: Int) async throws
        -> JobPage

    /// The jobs of one account whose result is in this state, newest first (by submit time, then id descending).
    /// - Parameters:
    ///   - cursor: what the previous page gave; `nil` for the first page.
    ///   - limit: at most so many, at least 1.
    func jobs(of account: AccountID, resultState: ResultState, after cursor: JobPage.Cursor?, limit: Int) async throws
        -> JobPage

    /// The jobs in one state, whoever has them, for the eyes of administrators: newest first by the time of their last request,
    /// those of one moment in an order of the store's own.
    /// - Parameters:
    ///   - cursor: what the previous page gave; `nil` for the first page.
    ///   - limit: at most so many, at least 1.
    func jobs(inState status: JobStatus, after cursor: JobPage.Cursor?, limit: Int) async throws -> JobPage

    /// How many jobs an account has with its result in each state; states without jobs are left out.
    func resultCounts(of account: AccountID) async throws -> [ResultState: Int]

    /// How many jobs of each state an account has; states without jobs are left out.
    func counts(of account: AccountID) async throws -> [JobStatus: Int]

    /// What a list shows: what `jobs(of:status:after:limit:)` and `counts(of:)` give, read at once where the store can.
    func list(of account: AccountID, status: JobStatus?, after cursor: JobPage.Cursor?, limit: Int) async throws
        -> (page: JobPage, counts: [JobStatus: Int])

    /// How many jobs of each state there are, whoever has them; states without jobs are left out.
    func counts() async throws -> [JobStatus: Int]

    /// How many of the jobs that are there were submitted at `since` or later, or `nil` when the store cannot tell cheaply.
    func submissions(since: Date) async throws -> Int?

    /// Forgets a job, whatever its state; forgetting what is not there is no error. A worker that holds it finds that
    /// its next update changes nothing.
    func delete(_ id: JobID) async throws

    /// How many jobs wait before this one, or `nil` when the store cannot tell cheaply.
    func jobsAhead(of job: Job) async throws -> Int?

    /// Jobs that stand still and that the sweeper should look at, oldest first:
    /// `PENDING` with a request older than `before`; `RUNNING` with a lease that ended before it;
    /// `COMPLETED` or `FAILED` before it, and the owner not told yet.
    func stalledJobs(before: Date, limit: Int) async throws -> [Job]

    /// Jobs for whose result something is owed since before `before`: a step (`result_due`) or a mail
    /// (`result_notice_expires`), oldest first.
    func stalledResults(before: Date, limit: Int) async throws -> [Job]

    /// The name of the deployment whose jobs these are: random, made at the first call, kept as long as the jobs. It tells what
    /// else belongs to this deployment from what another one keeps in the same place. Concurrent first calls give one name.
    func deployment() async throws -> String

    /// Emits whenever jobs of the account may have changed, at once or within a second or two. Changes may be merged
    /// and an event may be spurious; a reader then reads the jobs anew. Ends when the consuming task is cancelled.
    func changes(of account: AccountID) -> AsyncStream<Void>
}

extension JobStore {
    /// Asks for both at the same time.
    public func list(of account: AccountID, status: JobStatus?, after cursor: JobPage.Cursor?, limit: Int) async throws
        -> (page: JobPage, counts: [JobStatus: Int])
    {
        async let counts = counts(of: account)
        let page = try await jobs(of: account, status: status, after: cursor, limit: limit)
        return (page, try await counts)
    }
}

/// One page of a list of jobs.
public struct JobPage: Sendable {
    /// Newest first.
    public let jobs: [Job]
    /// Where the next page begins; `nil` when this is the last.
    public let next: Cursor?

    /// Makes a page.
    public init(jobs: [Job], next: Cursor?) {
        self.jobs = jobs
        self.next = next
    }

    /// What a store found when it looked for one job more than the page has: that one tells whether there is a next page.
    public init(_ found: [Job], limit: Int, by order: Order = .submitTime) {
        jobs = Array(found.prefix(limit))
        next = found.count > limit ? jobs.last.map { Cursor(after: $0, by: order) } : nil
    }

    /// By which time jobs are listed, the newest first.
    public enum Order: Sendable {
        case submitTime, requestTime

        /// Where stores keep it.
        public var attribute: JobAttribute { self == .submitTime ? .submitTime : .requestTime }

        fileprivate func time(of job: Job) -> Date { self == .submitTime ? job.submitTime : job.requestTime }
    }

    /// The last job of a page: `<time in milliseconds>~<job id>`.
    public struct Cursor: RawRepresentable, Sendable, Hashable {
        /// As it stands in links.
        public let rawValue: String

        /// Takes a cursor back from a link; `nil` when it is none.
        public init?(rawValue: String) {
            let parts = rawValue.split(separator: "~", maxSplits: 1)
            guard parts.count == 2, Int(parts[0]) != nil else { return nil }
            self.rawValue = rawValue
        }

        /// The cursor behind `job`.
        public init(after job: Job, by order: Order = .submitTime) {
            rawValue = "\(AttributeValue.time(order.time(of: job)).number ?? 0)~\(job.id)"
        }

        /// Time of the last job by which its list is ordered, in milliseconds since 1970.
        public var time: Int { rawValue.split(separator: "~").first.flatMap { Int($0) } ?? 0 }
        /// Id of the last job.
        public var jobID: JobID { JobID(rawValue: String(rawValue.drop { $0 != "~" }.dropFirst())) }
    }
}
