import Foundation
import GAS
import Testing

/// The rules of `JobStore` about forgetting jobs and counting all of them, each on an empty store.
public enum JobDeletionConformance: String, ConformanceRule {
    case deletion = "a job that was deleted is gone, and others stay"
    case unknown = "deleting a job that does not exist is no error"
    case lateWorker = "a worker that holds a deleted job changes nothing, and brings nothing back"
    case announced = "the deletion of a job is announced to its account"
    case counts = "all jobs are counted by state, whoever has them"

    /// Runs the rule.
    public func check(_ store: any JobStore, clock: any TestClock) async throws {
        switch self {
        case .deletion: try await deletion(store, now: clock.now)
        case .unknown: try await store.delete(JobID())
        case .lateWorker: try await lateWorker(store, now: clock.now)
        case .announced: try await announced(store, now: clock.now)
        case .counts: try await counts(store, now: clock.now)
        }
    }

    private func deletion(_ store: any JobStore, now: Date) async throws {
        let account = AccountID()
        let (job, other) = (Job.sample(of: account, at: now), Job.sample(of: account, at: now))
        for job in [job, other] { #expect(try await store.add(job)) }
        for _ in 1...2 { try await store.delete(job.id) }
        #expect(try await store.job(job.id) == nil)
        #expect(try await store.jobs(of: account, status: nil, after: nil, limit: 10).jobs.map(\.id) == [other.id])
        #expect(try await store.counts(of: account) == [.pending: 1])
    }

    private func lateWorker(_ store: any JobStore, now: Date) async throws {
        let job = Job.sample(at: now)
        #expect(try await store.add(job))
        let claim = try #require(job.claim(by: "worker", leaseSeconds: 60, now: now))
        let claimed = try #require(try await store.update(claim))
        try await store.delete(job.id)
        let end = try #require(claimed.complete(output: .sample(job), progress: nil, now: now))
        #expect(try await store.update(end) == nil)
        #expect(try await store.job(job.id) == nil)
        #expect(try await store.stalledJobs(before: now.addingTimeInterval(1000), limit: 10).isEmpty)
    }

    private func announced(_ store: any JobStore, now: Date) async throws {
        let job = Job.sample(at: now)
        #expect(try await store.add(job))
        try await within {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    for await _ in store.changes(of: job.userID) where try await store.job(job.id) == nil {
                        return true
                    }
                    return false
                }
                // The listener may not listen yet: an announcement before that is nobody's.
                try await Task.sleep(for: .milliseconds(50))
                try await store.delete(job.id)
                #expect(try await group.next() == true)
            }
        }
    }

    private func counts(_ store: any JobStore, now: Date) async throws {
        #expect(try await store.counts().isEmpty)
        for _ in 1...3 { #expect(try await store.add(.sample(at: now))) }
        let job = Job.sample(at: now)
        #expect(try await store.add(job))
        _ = try await store.update(try #require(job.cancel(now: now)))
        #expect(try await store.counts() == [.pending: 3, .cancelled: 1])
    }
}
