import Foundation
import GAS
import GASTesting
import GASWorkers
import Testing

@Suite struct SweeperTests {
    func sweeper(_ house: WorkerHouse) -> Sweeper {
        Sweeper(
            jobs: house.jobs, accounts: house.accounts, objects: house.objects, archive: house.archive,
            topics: .init(
                jobRequests: house.requests, jobResults: house.results,
                archiveRequests: InMemoryTopic(queues: [house.archiveQueue]),
                restoreRequests: InMemoryTopic(queues: [house.restoreQueue]),
                notices: InMemoryTopic(queues: [house.notifyQueue])),
            chores: [],
            settings: SweeperSettings(
                interval: 60, patience: 60, uploadPatience: 3600, housekeepingInterval: 3600,
                inputsBucket: "gas-inputs", resultsBucket: "gas-results",
                keyPrefix: "gas", batch: 2), clock: house.clock,
            logger: house.logger)
    }

    @Test func lostRequestsArePublishedAgainOncePerPatience() async throws {
        let house = try await WorkerHouse()
        let job = try await house.submit()
        #expect(try await sweeper(house).sweep().requested == 0)
        house.clock.advance(seconds: 61)
        #expect(try await sweeper(house).sweep().requested == 1)
        #expect(try await sweeper(house).sweep().requested == 0)
        let delivery = try #require(try await house.requestQueue.receive(limit: 1, visibility: 30, wait: 0).first)
        #expect(try JobRequested(body: delivery.body).jobID == job.id)
        // The pause doubles: 1, 2, 4, ... minutes.
        house.clock.advance(seconds: 61)
        #expect(try await sweeper(house).sweep().requested == 1)
        house.clock.advance(seconds: 61)
        #expect(try await sweeper(house).sweep().requested == 0)
        house.clock.advance(seconds: 62)
        #expect(try await sweeper(house).sweep().requested == 1)
    }

    @Test func aBacklogIsNotMultiplied() async throws {
        let house = try await WorkerHouse()
        _ = try await house.submit()
        for _ in 0..<(24 * 60) {
            house.clock.advance(seconds: 60)
            _ = try await sweeper(house).sweep()
        }
        #expect(try await house.requestQueue.depth().visible <= 12, "a day without an annotator")
    }

    @Test func abandonedJobsArePublishedAgain() async throws {
        let house = try await WorkerHouse()
        let job = try await house.submit()
        let claim = try #require(job.claim(by: "crasher", leaseSeconds: 30, now: house.clock.now))
        #expect(try await house.jobs.update(claim) != nil)
        house.clock.advance(seconds: 89)
        #expect(try await sweeper(house).sweep().requested == 0)
        house.clock.advance(seconds: 2)
        #expect(try await sweeper(house).sweep().requested == 1)
    }

    @Test func unannouncedEndsAreAnnounced() async throws {
        let house = try await WorkerHouse()
        let job = try await house.submit()
        #expect(try await house.jobs.update(try #require(job.fail(reason: "No.", now: house.clock.now))) != nil)
        house.clock.advance(seconds: 61)
        #expect(try await sweeper(house).sweep().announced == 1)
        let delivery = try #require(try await house.notifyQueue.receive(limit: 1, visibility: 30, wait: 0).first)
        _ = try await house.notifier().handle(delivery, logger: house.logger)
        house.clock.advance(seconds: 600)
        #expect(try await sweeper(house).sweep().announced == 0)
        #expect(house.mailer.mails.count == 1)
    }

    @Test func unsubmittedUploadsAreRemovedAfterAWhile() async throws {
        let house = try await WorkerHouse()
        let job = try await house.submit()
        for index in 1...5 {
            let key = ObjectKey(prefix: "gas", userID: house.account.id, jobID: JobID()).start + "\(index).vcf"
            _ = try await house.objects.put(Data("x".utf8), at: ObjectLocation(bucket: "gas-inputs", key: key))
        }
        #expect(try await sweeper(house).removeUnsubmittedUploads() == 0)
        house.clock.advance(seconds: 3601)
        #expect(try await sweeper(house).removeUnsubmittedUploads() == 5)
        #expect(try await house.objects.metadata(job.input) != nil)
    }

    @Test(arguments: ["unsubmitted uploads", "orphaned results", "orphaned archives"])
    func nothingOfAnotherDeploymentIsRemoved(chore: String) async throws {
        let house = try await WorkerHouse()
        let sweeper = sweeper(house)
        let bucket = chore == "unsubmitted uploads" ? "gas-inputs" : "gas-results"
        let mark = BucketMark(objects: house.objects, jobs: house.jobs, keyPrefix: "gas")
        let place = ObjectLocation(bucket: bucket, key: BucketMark.key("gas"))
        _ = try await house.objects.put(Data("theirs".utf8), at: place)
        let key = ObjectKey(prefix: "gas", userID: house.account.id, jobID: JobID()).start + "1.vcf"
        let object = ObjectLocation(bucket: bucket, key: key)
        _ = try await house.objects.put(Data("x".utf8), at: object)
        let file = NSTemporaryDirectory() + "gas-sweeper-" + UUID().uuidString
        try Data("x".utf8).write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        _ = try await house.archive.put(file: file, name: key)
        house.clock.advance(seconds: 10_000)
        func work() async throws -> Int {
            switch chore {
            case "unsubmitted uploads": try await sweeper.removeUnsubmittedUploads()
            case "orphaned results": try await sweeper.removeOrphanedResults()
            default: try await sweeper.removeOrphanedArchives()
            }
        }
        let error = await #expect(throws: GASError.self) { _ = try await work() }
        #expect(error?.code == .conflict && error?.message.contains("another deployment's mark") == true)
        #expect(try await mark.flaw(of: bucket)?.contains("gas/.deployment") == true)
        #expect(try await house.objects.metadata(object) != nil)
        #expect(house.archive.archiveIDs.count == 1)
        // Somebody looked, and says that the bucket is this deployment's.
        try await house.objects.delete(place)
        #expect(try await mark.flaw(of: bucket) == nil)
        #expect(try await work() == 1)
        #expect(try await mark.flaw(of: bucket) == nil)
        #expect(try await house.objects.metadata(place) != nil)
    }
}
