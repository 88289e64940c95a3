import Foundation
import GAS
import GASTesting
import GASWorkers
import Testing

@Suite struct InputRetentionTests {
    private let day = 86_400.0

    @Test func uploadsAreRemovedSoLongAfterTheEndOfTheirJob() async throws {
        let house = try await WorkerHouse()
        let audit = InMemoryAuditLog()
        let retention = InputRetention(
            jobs: house.jobs, objects: house.objects, audit: audit, bucket: "gas-inputs", keyPrefix: "gas",
            seconds: 30 * day, batch: 2, clock: house.clock)
        var ended: [Job] = []
        for _ in 0..<5 { ended.append(try await house.submit()) }
        let waiting = try await house.submit()
        house.clock.advance(seconds: day)
        for job in ended {
            _ = try await house.jobs.update(try #require(job.fail(reason: "No.", now: house.clock.now)))
        }
        house.clock.advance(seconds: 30 * day - 1)
        #expect(try await retention.run() == 0)
        house.clock.advance(seconds: 1)
        #expect(try await retention.run() == 5)
        #expect(try await retention.run() == 0)
        for job in ended { #expect(try await house.objects.metadata(job.input) == nil) }
        #expect(try await house.objects.metadata(waiting.input) != nil)
        #expect(audit.events.map(\.kind) == Array(repeating: .inputsExpired, count: 5))
        #expect(Set(audit.events.map(\.detail)) == Set(ended.map { "job \($0.id)" }))
    }
}
