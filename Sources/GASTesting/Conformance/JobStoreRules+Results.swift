import Foundation
import GAS
import Testing

extension JobStoreRules {
    /// A completed job whose result is available.
    private func completed(_ seconds: Double = 0) async throws -> Job {
        let claimed = try await updated(added(seconds).claim(by: "one", leaseSeconds: 60, now: now))
        return try await updated(claimed.complete(output: .sample(claimed), progress: nil, now: now))
    }

    private func archived(_ seconds: Double = 0) async throws -> Job {
        let archiving = try await updated(completed(seconds).beginArchiving(now: now))
        return try await updated(archiving.archived(as: "archive/\(archiving.id)", now: now))
    }

    private func checked(_ update: JobUpdate?) async throws -> Job {
        let job = try await updated(update)
        #expect(try await store.job(job.id) == job)
        return job
    }

    func wayOfAResult() async throws {
        let available = try await completed()
        #expect(available.resultTime == now && available.resultDue == now)
        let waiting = try await checked(available.lookAgain(at: now + 0.5))
        #expect(waiting.resultDue == now + 0.5)
        let archiving = try await checked(waiting.beginArchiving(now: now + 1))
        #expect(archiving.resultState == .archiving && archiving.move == 1 && archiving.resultDue == now + 1)
        let archived = try await checked(archiving.archived(as: "a/1", now: now + 2))
        #expect(archived.resultState == .archived && archived.archiveID == "a/1" && archived.notice == .archived)
        let telling = try await checked(archived.beginTelling(leaseSeconds: 30, now: now + 3))
        #expect(telling.noticeExpires == now + 33)
        let told = try await checked(telling.told())
        #expect(told.notice == nil && told.noticeExpires == nil && told.resultDue == now + 2)
        #expect(try await checked(told.resultRemoved()).resultDue == nil)
        let restoring = try await checked(told.beginRestoring(now: now + 4))
        #expect(restoring.resultState == .restoring && restoring.move == 2 && restoring.archiveID == "a/1")
        let retrieval = Retrieval(id: "r/1", tier: .standard, expected: now + 500)
        let retrieving = try await checked(restoring.retrieving(retrieval))
        #expect(retrieving.retrieval == retrieval && retrieving.resultDue == now + 500)
        let again = try await checked(retrieving.forgetRetrieval(now: now + 5))
        #expect(again.retrieval == nil && again.resultDue == now + 5)
        let problem = try await checked(again.notRestored(because: "Damaged.", tryingAgainAt: now + 60, now: now + 6))
        #expect(problem.notice == .notRestored && problem.resultDue == now + 60)
        #expect(problem.resultState == .archived && problem.restoreProblem == "Damaged." && problem.archiveID == "a/1")
        let second = try await checked(problem.beginRestoring(now: now + 7))
        #expect(second.restoreProblem == "Damaged." && second.move == 3)
        let restored = try await checked(second.restored(to: "key/3", now: now + 8))
        #expect(restored.resultState == .available && restored.archiveID == "a/1" && restored.notice == .restored)
        #expect(restored.output?.resultKey == "key/3" && restored.restoreProblem == nil)
        let alone = try await checked(restored.archiveRemoved())
        #expect(alone.archiveID == nil)
        let archivingAgain = try await checked(alone.beginArchiving(now: now + 9))
        #expect(archivingAgain.notice == nil)
        let kept = try await checked(archivingAgain.keepAvailable(lookingAgainAt: now + 11, now: now + 10))
        #expect(kept.resultState == .available && kept.resultDue == now + 11 && kept.move == 4)
        #expect(try await checked(kept.lookAgain(at: nil)).resultDue == nil)
    }

    func lateMover() async throws {
        let late = try await updated(completed().beginArchiving(now: now))
        let kept = try await updated(late.keepAvailable(lookingAgainAt: nil, now: now))
        let again = try await updated(kept.beginArchiving(now: now))
        let update = try #require(late.archived(as: "late", now: now))
        #expect(try await store.update(update) == nil)
        #expect(try await store.job(late.id) == again)
    }

    func pagesByResult() async throws {
        var expected: [JobID] = []
        for index in 0..<6 {
            let seconds = Double(index)
            if index.isMultiple(of: 2) {
                expected.insert(try await archived(seconds).id, at: 0)
            } else {
                _ = try await completed(seconds)
            }
        }
        func page(_ cursor: JobPage.Cursor?) async throws -> JobPage {
            try await store.jobs(of: account, resultState: .archived, after: cursor, limit: 2)
        }
        let first = try await page(nil)
        let second = try await page(first.next)
        #expect(first.next != nil && second.next == nil)
        #expect(first.jobs.map(\.id) + second.jobs.map(\.id) == expected)
        #expect(try await store.jobs(of: account, resultState: .restoring, after: nil, limit: 9).jobs.isEmpty)
        #expect(try await store.jobs(of: AccountID(), resultState: .archived, after: nil, limit: 9).jobs.isEmpty)
    }

    func resultCounts() async throws {
        #expect(try await store.resultCounts(of: account).isEmpty)
        for _ in 0..<2 { _ = try await archived() }
        _ = try await completed()
        _ = try await added()
        #expect(try await store.resultCounts(of: account) == [.archived: 2, .available: 1, .none: 1])
    }

    func stalledResults() async throws {
        // Times of their own, before whatever else the store holds.
        let early = now.addingTimeInterval(-3e9 - Double.random(in: 0..<1e6).rounded())
        let second = try await updated(completed().beginArchiving(now: early + 2))
        let first = try await updated(completed().beginArchiving(now: early + 1))
        let settled = try await updated(completed().lookAgain(at: nil))
        func stalled(before date: Date) async throws -> [JobID] {
            try await store.stalledResults(before: date, limit: 10_000).map(\.id)
                .filter([first.id, second.id, settled.id].contains)
        }
        #expect(try await stalled(before: early + 3) == [first.id, second.id])
        #expect(try await stalled(before: early + 2) == [first.id])
        #expect(try await store.stalledResults(before: early + 3, limit: 1).count == 1)
        // The pause doubles: it has stood still for four seconds, so it is looked at again in four.
        let again = try await updated(first.moveAgain(now: early + 5))
        #expect(again.resultDue == early + 9)
        #expect(try await stalled(before: early + 9) == [second.id])
        // Of a step and a mail the older one counts, and the job comes once.
        let archived = try await updated(second.archived(as: "a", now: early + 6))
        let reserved = try await updated(archived.beginTelling(leaseSeconds: 2, now: early + 6))
        #expect(try await stalled(before: early + 7) == [second.id])
        let removed = try await updated(reserved.resultRemoved())
        #expect(try await stalled(before: early + 8).isEmpty)
        #expect(try await stalled(before: early + 8.5) == [second.id])
        _ = try await updated(removed.told())
        #expect(try await stalled(before: early + 9).isEmpty)
    }
}
