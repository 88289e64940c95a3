import Foundation
import GAS
import GASTesting
import GASWorkers
import Testing

@Suite struct NotifierTests {
    func finishedJob(in house: WorkerHouse, failing: Bool = false) async throws -> Job {
        let job = try await house.submit()
        let engine = ScriptedEngine { _ in
            if failing { throw EngineRefusal(reason: "Line 3 <b>is</b> wrong.") }
        }
        _ = try await house.annotator(engine).handle(house.delivery(JobRequested(job)), logger: house.logger)
        return try await house.stored(job)
    }

    @Test func tellsTheOwner() async throws {
        let house = try await WorkerHouse()
        let job = try await finishedJob(in: house)
        #expect(try await house.notifier().handle(house.delivery(JobFinished(job)), logger: house.logger) == .done)
        let mail = try #require(house.mailer.mails.first)
        #expect(mail.recipientAddress == "ada@example.org")
        #expect(mail.subject == "a.vcf is annotated")
        #expect(mail.text.contains("https://gas.example.org/annotations/\(job.id)"))
        #expect(mail.html.contains("https://gas.example.org/annotations/\(job.id)"))
        #expect(try await house.stored(job).notifyTime != nil)
    }

    @Test func tellsWhyItFailed() async throws {
        let house = try await WorkerHouse()
        let job = try await finishedJob(in: house, failing: true)
        _ = try await house.notifier().handle(house.delivery(JobFinished(job)), logger: house.logger)
        let mail = try #require(house.mailer.mails.first)
        #expect(mail.subject == "a.vcf could not be annotated")
        #expect(mail.text.contains("Line 3 <b>is</b> wrong."))
        #expect(mail.html.contains("Line 3 &lt;b&gt;is&lt;/b&gt; wrong."))
    }

    @Test func tellsOnceHoweverOftenItIsDelivered() async throws {
        let house = try await WorkerHouse()
        let job = try await finishedJob(in: house)
        let notifier = house.notifier()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask { _ = try await notifier.handle(house.delivery(JobFinished(job)), logger: house.logger) }
            }
            try await group.waitForAll()
        }
        #expect(house.mailer.mails.count == 1)
    }

    @Test func waitsForAnotherWhoIsSending() async throws {
        let house = try await WorkerHouse()
        let job = try await finishedJob(in: house)
        let update = try #require(job.beginNotifying(leaseSeconds: 30, now: house.clock.now))
        #expect(try await house.jobs.update(update) != nil)
        let outcome = try await house.notifier().handle(house.delivery(JobFinished(job)), logger: house.logger)
        #expect(outcome == .snooze(until: house.clock.now.addingTimeInterval(30)))
        house.clock.advance(seconds: 30)
        #expect(try await house.notifier().handle(house.delivery(JobFinished(job)), logger: house.logger) == .done)
        #expect(house.mailer.mails.count == 1)
    }

    @Test func messageThatCameTooEarlyIsRetried() async throws {
        let house = try await WorkerHouse()
        let job = try await house.submit()
        let outcome = try await house.notifier().handle(house.delivery(JobFinished(job)), logger: house.logger)
        guard case .retry = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(house.mailer.mails.isEmpty)
    }
}
