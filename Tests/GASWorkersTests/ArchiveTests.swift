import Foundation
import GAS
import GASTesting
import GASWorkers
import Testing

/// The life of a result when nothing goes wrong, and at each place where something can.
@Suite struct ArchiveTests {
    @Test func aFreeResultIsArchivedWhenTheWindowEnds() async throws {
        let house = try await ResultHouse()
        let job = try await house.completedJob()
        try await house.live(seconds: 299)
        #expect(try await house.stored(job).resultState == .available)
        try await house.live(seconds: 21)
        try await house.expectRest(job, in: .archived)
        #expect(house.mailIDs == ["\(job.id)-completed", "\(job.id)-archived-1"])
        #expect(
            house.mailer.mails[1].text.contains("Upgrade to Premium for download: https://gas.example.org/subscribe"))
    }

    @Test func aPremiumResultStays() async throws {
        let house = try await ResultHouse(role: .premium)
        let job = try await house.completedJob()
        try await house.live(seconds: 4000)
        try await house.expectRest(job, in: .available)
        #expect(house.archive.archiveIDs.isEmpty && house.mailIDs == ["\(job.id)-completed"])
    }

    @Test func anUpgradeBringsEverythingBackAsItWas() async throws {
        let house = try await ResultHouse()
        var jobs: [Job] = []
        for _ in 0..<5 { jobs.append(try await house.completedJob()) }
        try await house.live(seconds: 400)
        try await house.give(.premium)
        try await house.live(seconds: 100)
        let restoring = try await house.stored(jobs[0])
        #expect(restoring.resultState == .restoring && restoring.retrieval?.tier == .expedited)
        try await house.live(seconds: 100)
        for job in jobs {
            let back = try await house.stored(job)
            #expect(back.resultState == .available && back.archiveID == nil)
            #expect(house.objects.bytes(at: try #require(back.output).result) == ResultHouse.content)
            #expect(house.mailIDs.contains("\(job.id)-restored-2"))
        }
        #expect(house.archive.archiveIDs.isEmpty)
    }

    @Test func whenExpeditedIsRefusedStandardIsAskedFor() async throws {
        let house = try await ResultHouse()
        let job = try await house.completedJob()
        try await house.live(seconds: 400)
        house.archive.refusesExpedited = true
        let upgraded = house.clock.now
        try await house.give(.premium)
        try await house.live(seconds: 20)
        let retrieval = try #require(try await house.stored(job).retrieval)
        #expect(retrieval.tier == .standard && retrieval.expected == upgraded.addingTimeInterval(900))
        try await house.live(seconds: 1000)
        try await house.expectRest(job, in: .available)
    }

    @Test func cancellingCountsTheWindowFromThen() async throws {
        let house = try await ResultHouse(role: .premium)
        let job = try await house.completedJob()
        try await house.live(seconds: 5000)
        try await house.give(.free)
        try await house.live(seconds: 299)
        #expect(try await house.stored(job).resultState == .available)
        try await house.live(seconds: 21)
        try await house.expectRest(job, in: .archived)
    }

    @Test func theRoleIsReadWhenTheMessageIsDue() async throws {
        let house = try await ResultHouse()
        let job = try await house.completedJob()
        try await house.live(seconds: 290)
        try await house.give(.premium)
        try await house.live(seconds: 1000)
        try await house.expectRest(job, in: .available)
        #expect(house.faults.passes("Archive.put") == 0)
    }

    @Test func theMessageMayComeBeforeTheJobIsCompleted() async throws {
        let house = try await ResultHouse()
        let job = try await house.runningJob()
        let early = try await house.handle(ArchiveRequested(job), by: house.archiver)
        guard case .retry = early else {
            Issue.record("\(early)")
            return
        }
        try await house.topic("archive").publish(ArchiveRequested(job).encoded())
        try await house.live(seconds: 30)
        let completed = try await house.complete(job)
        try await house.live(seconds: 400)
        try await house.expectRest(completed, in: .archived)
    }

    @Test func aLostRetrievalIsAskedForAgain() async throws {
        let house = try await ResultHouse()
        let job = try await house.completedJob()
        try await house.live(seconds: 400)
        try await house.give(.premium)
        try await house.live(seconds: 60)
        house.archive.loseRetrievals()
        #expect(try await house.stored(job).resultState == .restoring)
        try await house.live(seconds: 600)
        try await house.expectRest(job, in: .available)
        #expect(house.faults.passes("Archive.retrieve") == 2)
    }

    @Test func aCopyThatExpiredBeforeTheThawIsRetrievedAgain() async throws {
        let house = try await ResultHouse()
        let job = try await house.completedJob()
        try await house.live(seconds: 400)
        try await house.give(.premium)
        try await house.live(seconds: 20)
        // Nobody works until the copy has expired.
        house.clock.advance(seconds: 120 + 3600)
        try await house.live(seconds: 600)
        try await house.expectRest(job, in: .available)
        #expect(house.faults.passes("Archive.retrieve") == 2)
    }

    @Test func aDamagedArchiveIsReportedAndNothingIsRemoved() async throws {
        let house = try await ResultHouse()
        let job = try await house.completedJob()
        try await house.live(seconds: 400)
        let archiveID = try #require(try await house.stored(job).archiveID)
        house.archive.corrupt(archiveID)
        try await house.give(.premium)
        try await house.live(seconds: 600)
        let damaged = try await house.stored(job)
        #expect(damaged.resultState == .archived && damaged.archiveID == archiveID)
        #expect(damaged.restoreProblem?.contains("damaged") == true)
        #expect(house.archive.archiveIDs == [archiveID])
        #expect(try await house.sweeper.removeOrphanedArchives() == 0)
    }

    @Test func theSecondLookAfterAChangeOfPlanDoesNotHastenTheNextTry() async throws {
        var house = try await ResultHouse()
        house.listDelay = 300
        let job = try await house.completedJob()
        try await house.live(seconds: 400)
        house.archive.corrupt(try #require(try await house.stored(job).archiveID))
        try await house.give(.premium)
        try await house.live(seconds: 600)
        #expect(house.faults.passes("Archive.retrieve") == 1)
        #expect(house.mailer.mails.filter { $0.subject.contains("could not be restored") }.count == 1)
    }

    @Test func aDamagedArchiveThatSomebodyRepairedIsTriedAgain() async throws {
        let house = try await ResultHouse()
        let job = try await house.completedJob()
        try await house.live(seconds: 400)
        let archiveID = try #require(try await house.stored(job).archiveID)
        house.archive.corrupt(archiveID)
        try await house.give(.premium)
        try await house.live(seconds: 7500)
        // Told once, however often it was tried.
        #expect(house.mailIDs.count { $0.contains("not_restored") } == 1)
        #expect(house.faults.passes("Archive.get") >= 2)
        house.archive.repair(archiveID)
        try await house.live(seconds: 7500)
        try await house.expectRest(job, in: .available)
        #expect(try await house.stored(job).restoreProblem == nil)
        #expect(house.mailIDs.contains { $0.contains("-restored") })
    }

    @Test func aFullDiskOnlyDelaysArchiving() async throws {
        let house = try await ResultHouse()
        let job = try await house.completedJob()
        house.faults.arm("Archive.put", times: 6, error: GASError(.unavailable, "The disk is full."))
        try await house.live(seconds: 310)
        let waiting = try await house.stored(job)
        #expect(waiting.resultState == .archiving)
        #expect(house.objects.bytes(at: try #require(waiting.output).result) == ResultHouse.content)
        try await house.live(seconds: 600)
        try await house.expectRest(job, in: .archived)
    }

    @Test func aDamagedResultIsNotArchived() async throws {
        let house = try await ResultHouse()
        let job = try await house.completedJob()
        house.faults.arm("ObjectStore.get", times: 1, error: GASError(.corrupted, "A test damaged this."))
        try await house.live(seconds: 400)
        let kept = try await house.stored(job)
        #expect(kept.resultState == .available && house.archive.archiveIDs.isEmpty)
    }
}
