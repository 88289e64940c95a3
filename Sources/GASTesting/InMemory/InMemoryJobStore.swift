import Foundation
import GAS
import Synchronization

/// Jobs in memory, as attributes, so that every change takes the way that it takes in a real store.
public final class InMemoryJobStore: JobStore {
    private struct State {
        var jobs: [JobID: JobAttributes] = [:]
        var bells: [AccountID: Bell] = [:]
    }

    private let state = Mutex(State())
    private let name = UUID().uuidString
    private let faults: FaultInjector

    /// Makes an empty store.
    /// - Parameter faults: passes `JobStore.add`, `.job`, `.update`, `.jobs`, `.counts`, `.delete`, `.jobsAhead`, `.stalledJobs`,
    ///   `.stalledResults`.
    public init(faults: FaultInjector = FaultInjector()) {
        self.faults = faults
    }

    /// Keeps the job if its id is new.
    public func add(_ job: Job) async throws -> Bool {
        try faults.around("JobStore.add") {
            let added = state.withLock { state in
                guard state.jobs[job.id] == nil else { return false }
                state.jobs[job.id] = job.attributes
                return true
            }
            if added { bell(job.userID).ring() }
            return added
        }
    }

    /// A name of its own for each store.
    public func deployment() async throws -> String { name }

    /// Gives the job.
    public func job(_ id: JobID) async throws -> Job? {
        try faults.around("JobStore.job") {
            try state.withLock { $0.jobs[id] }.map(Job.init(attributes:))
        }
    }

    /// Compares and changes the attributes.
    public func update(_ update: JobUpdate) async throws -> Job? {
        try faults.around("JobStore.update") {
            let changed: Job? = try state.withLock { state in
                guard let attributes = state.jobs[update.id].flatMap(update.applied(to:)) else { return nil }
                let job = try Job(attributes: attributes)
                state.jobs[update.id] = attributes
                return job
            }
            if let changed { bell(changed.userID).ring() }
            return changed
        }
    }

    /// Sorts what is there.
    public func jobs(
        of account: AccountID,
        status: JobStatus?,
        after cursor: JobPage.Cursor?,
        limit: Int
    ) async throws -> JobPage {
        try faults.around("JobStore.jobs") {
            try page(after: cursor, limit: limit) { job in
                job.userID == account && (status.map { job.status == $0 } ?? true)
            }
        }
    }

    /// Sorts what is there.
    public func jobs(
        of account: AccountID,
        resultState: ResultState,
        after cursor: JobPage.Cursor?,
        limit: Int
    ) async throws -> JobPage {
        try faults.around("JobStore.jobs") {
            try page(after: cursor, limit: limit) { $0.userID == account && $0.resultState == resultState }
        }
    }

    /// Sorts what is there.
    public func jobs(inState status: JobStatus, after cursor: JobPage.Cursor?, limit: Int) async throws -> JobPage {
        try faults.around("JobStore.jobs") {
            try page(after: cursor, limit: limit, by: .requestTime) { $0.status == status }
        }
    }

    /// Counts what is there.
    public func resultCounts(of account: AccountID) async throws -> [ResultState: Int] {
        try faults.around("JobStore.counts") {
            try all().filter { $0.userID == account }.reduce(into: [:]) { $0[$1.resultState, default: 0] += 1 }
        }
    }

    /// Counts what is there.
    public func counts(of account: AccountID) async throws -> [JobStatus: Int] {
        try faults.around("JobStore.counts") {
            try all().filter { $0.userID == account }.reduce(into: [:]) { $0[$1.status, default: 0] += 1 }
        }
    }

    /// Counts what is there.
    public func counts() async throws -> [JobStatus: Int] {
        try faults.around("JobStore.counts") {
            try all().reduce(into: [:]) { $0[$1.status, default: 0] += 1 }
        }
    }

    /// Counts what is there.
    public func submissions(since: Date) async throws -> Int? {
        try faults.around("JobStore.submissions") { try all().count { $0.submitTime >= since } }
    }

    /// Forgets the job.
    public func delete(_ id: JobID) async throws {
        try faults.around("JobStore.delete") {
            let owner = state.withLock { $0.jobs.removeValue(forKey: id) }?[.userID]?.text
            if let owner { bell(AccountID(rawValue: owner)).ring() }
        }
    }

    /// Counts what is there.
    public func jobsAhead(of job: Job) async throws -> Int? {
        try faults.around("JobStore.jobsAhead") {
            try all().count {
                $0.status == .pending && InMemoryJobStore.position($0) < InMemoryJobStore.position(job)
            }
        }
    }

    /// Sorts what stands still.
    public func stalledJobs(before: Date, limit: Int) async throws -> [Job] {
        try faults.around("JobStore.stalledJobs") {
            try all().compactMap { job in
                InMemoryJobStore.stillSince(job).map { (time: $0, job: job) }
            }.filter { $0.time < before }.sorted { ($0.time, $0.job.id.rawValue) < ($1.time, $1.job.id.rawValue) }
                .prefix(limit).map(\.job)
        }
    }

    /// Sorts what is owed.
    public func stalledResults(before: Date, limit: Int) async throws -> [Job] {
        try faults.around("JobStore.stalledResults") {
            try all().compactMap { job in
                [job.resultDue, job.noticeExpires].compactMap { $0 }.min().map { (time: $0, job: job) }
            }
            .filter { $0.time < before }.sorted { ($0.time, $0.job.id.rawValue) < ($1.time, $1.job.id.rawValue) }
            .prefix(limit).map(\.job)
        }
    }

    /// Emits after each change.
    public func changes(of account: AccountID) -> AsyncStream<Void> {
        bell(account).stream()
    }

    private func page(
        after cursor: JobPage.Cursor?,
        limit: Int,
        by order: JobPage.Order = .submitTime,
        _ isWanted: (Job) -> Bool
    ) throws -> JobPage {
        let newestFirst = try all().filter(isWanted)
            .sorted { InMemoryJobStore.position($0, by: order) > InMemoryJobStore.position($1, by: order) }
        let rest = newestFirst.filter { job in
            cursor.map { InMemoryJobStore.position(job, by: order) < ($0.time, $0.jobID.rawValue) } ?? true
        }
        return JobPage(rest, limit: limit, by: order)
    }

    private func all() throws -> [Job] {
        try state.withLock { Array($0.jobs.values) }.map(Job.init(attributes:))
    }

    private func bell(_ account: AccountID) -> Bell {
        state.withLock { state in
            if let bell = state.bells[account] { return bell }
            let bell = Bell()
            state.bells[account] = bell
            return bell
        }
    }

    private static func position(_ job: Job, by order: JobPage.Order = .submitTime) -> (Int, String) {
        (JobPage.Cursor(after: job, by: order).time, job.id.rawValue)
    }

    /// Since when a job stands still in a way that the sweeper should look at.
    private static func stillSince(_ job: Job) -> Date? {
        switch job.status {
        case .pending: job.requestTime
        case .running: job.lease?.expires
        case .completed, .failed: job.notifyTime == nil ? job.completeTime : nil
        case .cancelled: nil
        }
    }
}
