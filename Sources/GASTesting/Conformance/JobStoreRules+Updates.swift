import Foundation
import GAS
import Testing

extension JobStoreRules {
    func everyTransition() async throws {
        let job = try await added()
        let progress = JobProgress(records: 7, bytes: 500, totalBytes: 1234, seconds: 1.5)
        func expectStored(_ job: Job) async throws -> Job {
            #expect(try await store.job(job.id) == job)
            return job
        }
        let claimed = try await expectStored(updated(job.claim(by: "one", leaseSeconds: 60, now: now)))
        #expect(claimed.status == .running && claimed.attempt == 1 && claimed.startTime == now)
        #expect(claimed.lease == Lease(owner: "one", expires: now.addingTimeInterval(60)))
        let renewed = try await expectStored(updated(claimed.renew(progress: progress, leaseSeconds: 90, now: now)))
        #expect(renewed.progress == progress && renewed.lease?.expires == now.addingTimeInterval(90))
        let output = JobOutput.sample(job)
        let complete = try await expectStored(updated(renewed.complete(output: output, progress: nil, now: now)))
        #expect(complete.status == .completed && complete.resultState == .available && complete.output == output)
        #expect(complete.completeTime == now && complete.lease == nil && complete.progress == progress)
        let reserved = try await expectStored(updated(complete.beginNotifying(leaseSeconds: 30, now: now)))
        #expect(reserved.notifyExpires == now.addingTimeInterval(30))
        let told = try await expectStored(updated(reserved.notified(now: now)))
        #expect(told.notifyTime == now)
    }

    func expectedAbsence() async throws {
        let failed = try await updated(added().fail(reason: "Not a VCF.", now: now))
        _ = try await updated(failed.notified(now: now))
        // As it was read the owner had not been told.
        let again = try #require(failed.notified(now: now.addingTimeInterval(1)))
        #expect(try await store.update(again) == nil)
        #expect(try await store.job(failed.id)?.notifyTime == now)
    }

    func removedAttributes() async throws {
        let claimed = try await updated(added().claim(by: "one", leaseSeconds: 60, now: now))
        let released = try await updated(claimed.release(isShutdown: true))
        #expect(released.status == .pending && released.lease == nil && released.releases == 1)
        #expect(try await store.job(released.id) == released)
    }

    func parallelClaims() async throws {
        let job = try await added()
        let answers = try await inParallel(20) { [store, now] index in
            let claim = try #require(job.claim(by: "worker \(index)", leaseSeconds: 60, now: now))
            return try await store.update(claim)
        }
        let winners = answers.compactMap { $0 }
        #expect(winners.count == 1)
        #expect(try await store.job(job.id) == winners.first)
    }

    func lateWorker() async throws {
        let late = try await updated(added().claim(by: "late", leaseSeconds: 60, now: now))
        let after = now.addingTimeInterval(61)
        let taken = try await updated(late.claim(by: "next", leaseSeconds: 60, now: after))
        #expect(taken.attempt == 2 && taken.startTime == now)
        let lateUpdates = [
            late.renew(progress: nil, leaseSeconds: 60, now: after), late.release(isShutdown: true),
            late.complete(output: .sample(late), progress: nil, now: after), late.fail(reason: "Late.", now: after),
            late.claim(by: "late", leaseSeconds: 60, now: after),
        ]
        for update in lateUpdates {
            let update = try #require(update)
            #expect(try await store.update(update) == nil)
        }
        #expect(try await store.job(late.id) == taken)
    }

    func changesAreAnnounced() async throws {
        let job = Job.sample(of: account, at: now)
        try await expectChange { _ = try await store.add(job) }
        try await expectChange { _ = try await updated(job.claim(by: "one", leaseSeconds: 60, now: now)) }
    }

    private func expectChange(after change: () async throws -> Void) async throws {
        let changes = store.changes(of: account)
        async let isTold = within {
            for await _ in changes { return true }
            return false
        }
        try await change()
        let told = try await isTold
        #expect(told)
    }

    func changesEnd() async throws {
        let changes = store.changes(of: account)
        let reader = Task {
            for await _ in changes {}
            return true
        }
        reader.cancel()
        #expect(await reader.value)
    }
}
