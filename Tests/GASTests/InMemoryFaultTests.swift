import Foundation
import GAS
import GASTesting
import Testing

@Suite struct InMemoryFaultTests {
    private let faults = FaultInjector()
    private let now = ManualClock().now

    @Test func anArmedPointFailsSoOftenAndIsCounted() async throws {
        let store = InMemoryJobStore(faults: faults)
        let job = Job.sample(at: now)
        faults.arm("JobStore.job", skipping: 1, times: 2)
        #expect(try await store.job(job.id) == nil)
        for _ in 0..<2 {
            await #expect(throws: GASError.self) { try await store.job(job.id) }
        }
        #expect(try await store.job(job.id) == nil)
        #expect(faults.passes("JobStore.job") == 4)
    }

    @Test func aPointBeforeTheEffectPreventsIt() async throws {
        let store = InMemoryJobStore(faults: faults)
        let job = Job.sample(at: now)
        faults.arm("JobStore.add")
        await #expect(throws: GASError.self) { try await store.add(job) }
        #expect(try await store.job(job.id) == nil)
    }

    @Test func aPointBehindTheEffectLosesTheAnswerAlone() async throws {
        let store = InMemoryJobStore(faults: faults)
        let job = Job.sample(at: now)
        faults.arm("JobStore.add.done")
        await #expect(throws: GASError.self) { try await store.add(job) }
        #expect(try await store.job(job.id) == job)
    }

    @Test func aDisarmedPointWorks() async throws {
        let mailer = RecordingMailer(faults: faults)
        let mail = Mail(
            id: "1",
            account: AccountID(rawValue: "ada"),
            recipientName: "Ada",
            recipientAddress: "ada@example.org",
            subject: "s",
            text: "t",
            html: "h"
        )
        faults.arm("Mailer.send", times: 100)
        await #expect(throws: GASError.self) { try await mailer.send(mail) }
        faults.disarm("Mailer.send")
        try await mailer.send(mail)
        try await mailer.send(mail)
        #expect(mailer.mails == [mail])
    }
}
