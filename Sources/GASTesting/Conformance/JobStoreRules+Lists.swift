import Foundation
import GAS
import Testing

extension JobStoreRules {
    private func page(
        _ status: JobStatus? = nil,
        after cursor: JobPage.Cursor? = nil,
        limit: Int = 100
    ) async throws -> JobPage {
        try await store.jobs(of: account, status: status, after: cursor, limit: limit)
    }

    func newestFirst() async throws {
        let suffixes = ["b", "c", "a"]
        let run = JobID().rawValue
        for suffix in suffixes { _ = try await added(5, id: JobID(rawValue: "\(run)-\(suffix)")) }
        let newest = try await added(9)
        let oldest = try await added(1)
        let same = ["c", "b", "a"].map { JobID(rawValue: "\(run)-\($0)") }
        let page = try await page()
        #expect(page.jobs.map(\.id) == [newest.id] + same + [oldest.id])
        #expect(page.next == nil)
    }

    func pages() async throws {
        // Three of each time, so that pages end between jobs of one time.
        for index in 0..<12 { _ = try await added(Double(index / 3)) }
        let all = try await page().jobs.map(\.id)
        #expect(all.count == 12)
        for limit in [1, 4, 5, 12, 13] {
            var found: [JobID] = []
            var cursor: JobPage.Cursor?
            var pages = 0
            repeat {
                let page = try await page(after: cursor, limit: limit)
                #expect(page.jobs.count <= limit)
                found += page.jobs.map(\.id)
                cursor = page.next.flatMap { JobPage.Cursor(rawValue: $0.rawValue) }
                pages += 1
            } while cursor != nil && pages <= 12
            #expect(found == all)
            #expect(pages == (12 + limit - 1) / limit)
        }
    }

    func pagesWhileJobsAreAdded() async throws {
        for index in 0..<4 { _ = try await added(Double(index)) }
        let before = try await page().jobs.map(\.id)
        let first = try await page(limit: 2)
        _ = try await added(10)
        let second = try await page(after: first.next, limit: 2)
        #expect(first.next != nil)
        #expect(first.jobs.map(\.id) + second.jobs.map(\.id) == before)
    }

    func pagesByStatus() async throws {
        var cancelled: [JobID] = []
        for index in 0..<6 {
            let job = try await added(Double(index))
            if index.isMultiple(of: 2) { cancelled.insert(try await updated(job.cancel(now: now)).id, at: 0) }
        }
        let first = try await page(.cancelled, limit: 2)
        let second = try await page(.cancelled, after: first.next, limit: 2)
        #expect(first.next != nil)
        #expect(first.jobs.map(\.id) + second.jobs.map(\.id) == cancelled)
        #expect(second.next == nil)
        #expect(try await page(.pending).jobs.count == 3)
        #expect(try await page(.failed).jobs.isEmpty)
    }

    func pagesOfAState() async throws {
        // Three of each time, so that pages end between jobs of one time; behind most of what else the store holds.
        var ids: Set<JobID> = []
        for index in 0..<9 {
            let owner = index.isMultiple(of: 2) ? account : AccountID()
            ids.insert(try await updated(added(2e9 + Double(index / 3), of: owner).fail(reason: "No.", now: now)).id)
        }
        let other = try await added(2e9)
        for limit in [1, 2, 3, 4, 100] {
            var found: [Job] = []
            var cursor: JobPage.Cursor?
            repeat {
                let page = try await store.jobs(inState: .failed, after: cursor, limit: limit)
                #expect(page.jobs.count <= limit)
                found += page.jobs
                cursor = page.next.flatMap { JobPage.Cursor(rawValue: $0.rawValue) }
            } while cursor != nil && !ids.isSubset(of: found.map(\.id)) && found.count < 1000
            #expect(ids.isSubset(of: found.map(\.id)))
            #expect(Set(found.map(\.id)).count == found.count)
            #expect(found.map(\.requestTime) == found.map(\.requestTime).sorted(by: >))
            #expect(found.allSatisfy { $0.status == .failed && $0.id != other.id })
        }
        #expect(try await store.jobs(inState: .pending, after: nil, limit: 1000).jobs.contains(other))
    }

    func accountsAreApart() async throws {
        let mine = try await added()
        let other = AccountID()
        let theirs = try await added(of: other)
        #expect(try await page().jobs == [mine])
        #expect(try await store.jobs(of: other, status: nil, after: nil, limit: 10).jobs == [theirs])
        #expect(try await store.jobs(of: AccountID(), status: nil, after: nil, limit: 10).jobs.isEmpty)
    }

    func counts() async throws {
        #expect(try await store.counts(of: account).isEmpty)
        for index in 0..<3 { _ = try await added(Double(index)) }
        _ = try await updated(added().cancel(now: now))
        _ = try await added(of: AccountID())
        #expect(try await store.counts(of: account) == [.pending: 3, .cancelled: 1])
    }

    func lists() async throws {
        for index in 0..<5 { _ = try await added(Double(index)) }
        _ = try await updated(added(9).cancel(now: now))
        _ = try await added(of: AccountID())
        var cursor: JobPage.Cursor?
        for status in [nil, JobStatus.pending, .failed] {
            let (list, counts) = try await store.list(of: account, status: status, after: cursor, limit: 2)
            let page = try await page(status, after: cursor, limit: 2)
            #expect(list.jobs == page.jobs && list.next == page.next)
            #expect(counts == [.pending: 5, .cancelled: 1])
            cursor = list.next
        }
    }

    func jobsAhead() async throws {
        // Times of their own, before whatever else the store holds.
        let early = -1e9 - Double.random(in: 0..<1e6).rounded()
        let first = try await added(early)
        guard let before = try await store.jobsAhead(of: first) else { return }
        _ = try await updated(added(early + 1).cancel(now: now))
        _ = try await added(early + 2)
        let last = try await added(early + 3)
        #expect(try await store.jobsAhead(of: last) == before + 2)
        _ = try await updated(first.claim(by: "one", leaseSeconds: 60, now: now))
        #expect(try await store.jobsAhead(of: last) == before + 1)
    }

    func submissions() async throws {
        // Times of their own, behind whatever else the store holds.
        let late = 1e9 + Double.random(in: 0..<1e6).rounded()
        func since(_ seconds: Double) async throws -> Int? {
            try await store.submissions(since: now.addingTimeInterval(late + seconds))
        }
        guard let before = try await since(0) else { return }
        _ = try await added(late - 1)
        _ = try await added(late)
        _ = try await added(late + 1)
        #expect(try await since(0) == before + 2)
        #expect(try await since(0.5) == before + 1)
    }

    func deployment() async throws {
        let names = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<8 { group.addTask { try await store.deployment() } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(try await names == [store.deployment()])
        #expect(names.allSatisfy { $0.count >= 32 })
    }

    /// Whether a job is among those that stand still.
    private func isStalled(_ job: Job, after seconds: Double) async throws -> Bool {
        let stalled = try await store.stalledJobs(before: now.addingTimeInterval(seconds), limit: 10_000)
        return stalled.contains { $0.id == job.id }
    }

    func stalledPending() async throws {
        let job = try await added()
        #expect(try await !isStalled(job, after: 0))
        #expect(try await isStalled(job, after: 1))
        let again = try await updated(job.requestAgain(now: now.addingTimeInterval(50)))
        #expect(try await !isStalled(again, after: 50))
        #expect(try await isStalled(again, after: 51))
    }

    func stalledRunning() async throws {
        let job = try await updated(added().claim(by: "one", leaseSeconds: 60, now: now))
        #expect(try await !isStalled(job, after: 60))
        #expect(try await isStalled(job, after: 61))
        let renewed = try await updated(job.renew(progress: nil, leaseSeconds: 90, now: now))
        #expect(try await !isStalled(renewed, after: 90))
        #expect(try await isStalled(renewed, after: 91))
    }

    func stalledUntold() async throws {
        let claimed = try await updated(added().claim(by: "one", leaseSeconds: 60, now: now))
        let complete = try await updated(claimed.complete(output: .sample(claimed), progress: nil, now: now))
        let failed = try await updated(added().fail(reason: "Not a VCF.", now: now))
        let cancelled = try await updated(added().cancel(now: now))
        for job in [complete, failed] {
            #expect(try await !isStalled(job, after: 0))
            #expect(try await isStalled(job, after: 1))
            let told = try await updated(job.notified(now: now))
            #expect(try await !isStalled(told, after: 1))
        }
        #expect(try await !isStalled(cancelled, after: 1000))
    }

    func stalledInOrder() async throws {
        // Times of their own, before whatever else the store holds.
        let early = -2e9 - Double.random(in: 0..<1e6).rounded()
        let pending = try await added(early + 2)
        let running = try await updated(
            added(early).claim(by: "one", leaseSeconds: 1, now: now.addingTimeInterval(early))
        )
        let failed = try await updated(added(early).fail(reason: "No.", now: now.addingTimeInterval(early + 3)))
        let ids = [running.id, pending.id, failed.id]
        let stalled = try await store.stalledJobs(before: now.addingTimeInterval(early + 4), limit: 10_000)
        #expect(stalled.map(\.id).filter(ids.contains) == ids)
        let limited = try await store.stalledJobs(before: now.addingTimeInterval(early + 4), limit: 2)
        #expect(limited.count == 2)
    }
}
