import Foundation
import GAS
import GASTesting
import GASWorkers
import Testing

@Suite struct AnnotatorTests {
    @Test func completesAJob() async throws {
        let house = try await WorkerHouse()
        let job = try await house.submit()
        let outcome = try await house.annotator(.working).handle(
            house.delivery(JobRequested(job)), logger: house.logger)
        #expect(outcome == .done)
        let done = try await house.stored(job)
        #expect(done.status == .completed)
        #expect(done.resultState == .available)
        let output = try #require(done.output)
        #expect(output.resultKey.hasSuffix("\(job.id)~a.annot.vcf"))
        #expect(output.logKey.hasSuffix("\(job.id)~a.vcf.count.log"))
        #expect(try await house.objects.get(output.result, limit: 100) == Data("annotated".utf8))
        #expect(try await house.objects.get(output.log, limit: 100) == Data("log".utf8))
        let summary = try JSONDecoder().decode(
            ResultSummary.self, from: try await house.objects.get(output.summary, limit: 10_000))
        #expect(summary.records == 2)
        #expect(try await house.announcements().map(\.jobID) == [job.id])
        #expect(try FileManager.default.contentsOfDirectory(atPath: house.workDirectory).isEmpty)
    }

    @Test func refusalFailsTheJobWithReasonAndLog() async throws {
        let house = try await WorkerHouse()
        let job = try await house.submit()
        let engine = ScriptedEngine { task in
            try Data("why".utf8).write(to: URL(fileURLWithPath: task.log))
            throw EngineRefusal(reason: "a.vcf, line 3: POS is no number.")
        }
        let outcome = try await house.annotator(engine).handle(
            house.delivery(JobRequested(job)), logger: house.logger)
        #expect(outcome == .done)
        let failed = try await house.stored(job)
        #expect(failed.status == .failed)
        #expect(failed.failureReason == "a.vcf, line 3: POS is no number.")
        #expect(try await house.objects.get(try #require(failed.log), limit: 100) == Data("why".utf8))
        #expect(try await house.announcements().map(\.status) == [.failed])
    }

    @Test func secondDeliveryDoesNotAnnotateAgain() async throws {
        let house = try await WorkerHouse()
        let job = try await house.submit()
        _ = try await house.annotator(.working).handle(house.delivery(JobRequested(job)), logger: house.logger)
        let engine = ScriptedEngine { _ in Issue.record("annotated twice") }
        let outcome = try await house.annotator(engine).handle(
            house.delivery(JobRequested(job), count: 2), logger: house.logger)
        #expect(outcome == .done)
        #expect(try await house.stored(job).attempt == 1)
    }

    @Test func liveLeaseOfAnotherIsWaitedFor() async throws {
        let house = try await WorkerHouse()
        let job = try await house.submit()
        let claim = try #require(job.claim(by: "other", leaseSeconds: 30, now: house.clock.now))
        let claimed = try #require(try await house.jobs.update(claim))
        let outcome = try await house.annotator(.working).handle(
            house.delivery(JobRequested(job)), logger: house.logger)
        #expect(outcome == .snooze(until: try #require(claimed.lease).expires))
        house.clock.advance(seconds: 31)
        let second = try await house.annotator(.working).handle(
            house.delivery(JobRequested(job)), logger: house.logger)
        #expect(second == .done)
        #expect(try await house.stored(job).attempt == 2)
    }

    @Test func faultOfOursIsRetriedThenFailed() async throws {
        struct Fault: Error {}
        let house = try await WorkerHouse()
        let job = try await house.submit()
        let annotator = house.annotator(ScriptedEngine { _ in throw Fault() }, maximumAttempts: 3)
        for attempt in 1...2 {
            let outcome = try await annotator.handle(house.delivery(JobRequested(job)), logger: house.logger)
            guard case .retry = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(try await house.stored(job).status == .pending)
            #expect(try await house.stored(job).attempt == attempt)
        }
        #expect(try await annotator.handle(house.delivery(JobRequested(job)), logger: house.logger) == .done)
        let failed = try await house.stored(job)
        #expect(failed.status == .failed)
        #expect(failed.failureReason?.contains("fault of the service") == true)
        #expect(failed.failureReason?.contains("Fault") == false, "nothing internal is shown")
    }

    @Test func jobThatKillsItsAnnotatorsIsFailed() async throws {
        let house = try await WorkerHouse()
        let job = try await house.submit()
        for _ in 1...3 {
            let stored = try await house.stored(job)
            let claim = try #require(stored.claim(by: "crasher", leaseSeconds: 30, now: house.clock.now))
            #expect(try await house.jobs.update(claim) != nil)
            house.clock.advance(seconds: 31)
        }
        let outcome = try await house.annotator(.working, maximumAttempts: 3).handle(
            house.delivery(JobRequested(job)), logger: house.logger)
        #expect(outcome == .done)
        let failed = try await house.stored(job)
        #expect(failed.status == .failed)
        #expect(failed.failureReason?.contains("3 attempts") == true)
        #expect(try await house.announcements().count == 1)
    }

    @Test func missingInputFailsTheJob() async throws {
        let house = try await WorkerHouse()
        let job = try await house.submit()
        try await house.objects.delete(job.input)
        _ = try await house.annotator(.working).handle(house.delivery(JobRequested(job)), logger: house.logger)
        #expect(try await house.stored(job).failureReason?.contains("upload it again") == true)
    }

    @Test func shutdownGivesTheJobBack() async throws {
        let house = try await WorkerHouse()
        let job = try await house.submit()
        let (started, begin) = AsyncStream.makeStream(of: Void.self)
        let engine = ScriptedEngine { _ in
            begin.yield()
            try await Task.sleep(for: .seconds(60))
        }
        let task = Task {
            try await house.annotator(engine).handle(house.delivery(JobRequested(job)), logger: house.logger)
        }
        for await _ in started { break }
        task.cancel()
        #expect(try await task.value == .snooze(until: house.clock.now))
        let released = try await house.stored(job)
        #expect(released.status == .pending)
        #expect(released.countedAttempts == 0)
    }

    @Test func takenOverJobIsLeftAlone() async throws {
        let house = try await WorkerHouse()
        let job = try await house.submit()
        let clock = house.clock
        let jobs = house.jobs
        let engine = ScriptedEngine { _ in
            // As if this process had been stopped for longer than its lease while another took over.
            clock.advance(seconds: 31)
            let stored = try #require(try await jobs.job(job.id))
            let takeover = try #require(stored.claim(by: "other", leaseSeconds: 30, now: clock.now))
            #expect(try await jobs.update(takeover) != nil)
        }
        let outcome = try await house.annotator(engine).handle(
            house.delivery(JobRequested(job)), logger: house.logger)
        #expect(outcome == .done)
        let stored = try await house.stored(job)
        #expect(stored.status == .running)
        #expect(stored.lease?.owner == "other")
        #expect(try await house.announcements().isEmpty)
    }

    @Test func cancelledJobStopsTheEngine() async throws {
        let house = try await WorkerHouse()
        let job = try await house.submit()
        let clock = house.clock
        let jobs = house.jobs
        let engine = ScriptedEngine { _ in
            let stored = try #require(try await jobs.job(job.id))
            #expect(try await jobs.update(try #require(stored.cancel(now: clock.now))) != nil)
            // The next heartbeat finds out and cancels this task.
            while true {
                clock.advance(seconds: 5)
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        let outcome = try await house.annotator(engine).handle(
            house.delivery(JobRequested(job)), logger: house.logger)
        #expect(outcome == .done)
        #expect(try await house.stored(job).status == .cancelled)
        #expect(try await house.announcements().isEmpty)
    }

    @Test func heartbeatRenewsLeaseAndShowsProgress() async throws {
        let house = try await WorkerHouse()
        let job = try await house.submit()
        let clock = house.clock
        let jobs = house.jobs
        let engine = ScriptedEngine { _ in
            while true {
                clock.advance(seconds: 5)
                try await Task.sleep(for: .milliseconds(5))
                let stored = try #require(try await jobs.job(job.id))
                let lease = try #require(stored.lease)
                if stored.progress != nil, lease.expires > clock.now.addingTimeInterval(5) { return }
            }
        }
        #expect(
            try await house.annotator(engine).handle(house.delivery(JobRequested(job)), logger: house.logger) == .done)
        #expect(try await house.stored(job).status == .completed)
    }

    @Test func otherMessagesAreGivenUp() async throws {
        let house = try await WorkerHouse()
        let delivery = Delivery(
            messageID: "m", body: Data("nonsense".utf8), receiveCount: 1, sent: house.clock.now,
            receipt: .init(rawValue: "r"))
        let outcome = try await house.annotator(.working).handle(delivery, logger: house.logger)
        guard case .giveUp = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }

    @Test func messageOfADeletedJobIsDropped() async throws {
        let house = try await WorkerHouse()
        let job = Job(
            id: JobID(), userID: house.account.id, inputFileName: "a.vcf",
            input: ObjectLocation(bucket: "b", key: "k"), inputSize: 1, submitTime: house.clock.now)
        #expect(
            try await house.annotator(.working).handle(house.delivery(JobRequested(job)), logger: house.logger)
                == .done)
    }
}

extension AnnotationEngine where Self == ScriptedEngine {
    static var working: ScriptedEngine { ScriptedEngine.working }
}
