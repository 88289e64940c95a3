import Foundation
import GAS
import GASTesting
import GASWorkers
import Testing

/// People and workers that get in one another's way.
@Suite struct ResultRaceTests {
    /// Stops the archiver in the middle of a move, by killing it at a point.
    private func killedArchiver(at point: String) async throws -> (ResultHouse, Job) {
        let house = try await ResultHouse()
        let job = try await house.completedJob()
        try await house.live(seconds: 290)
        house.clock.advance(seconds: 20)
        house.faults.arm(point, error: Killed())
        try await house.work()
        #expect(try await house.stored(job).resultState == .archiving)
        return (house, job)
    }

    @Test func upgradeWhileArchiving() async throws {
        let (house, job) = try await killedArchiver(at: "Archive.put")
        try await house.give(.premium)
        try await house.live(seconds: 400)
        try await house.expectRest(job, in: .available)
        #expect(!house.mailIDs.contains { $0.contains("archived") })
    }

    @Test func upgradeBetweenTheCheckOfTheRoleAndTheCopy() async throws {
        let (house, job) = try await killedArchiver(at: "ObjectStore.get")
        try await house.give(.premium)
        try await house.live(seconds: 400)
        try await house.expectRest(job, in: .available)
    }

    @Test func upgradeBetweenTheCheckOfTheRoleAndTheCopyWhileTheArchiverGoesOn() async throws {
        let house = try await ResultHouse()
        let job = try await house.completedJob()
        try await house.live(seconds: 290)
        house.clock.advance(seconds: 20)
        let archiver = Archiver(
            jobs: house.jobs, accounts: house.accounts, objects: house.objects,
            archive: HookedArchive(archive: house.archive) { try await house.give(.premium) },
            archiveRequests: house.topic("archive"), restoreRequests: house.topic("restore"),
            notices: house.topic("notify"), plans: house.plans, settings: house.settings, clock: house.clock)
        #expect(try await house.handle(ArchiveRequested(job), by: archiver) == .done)
        // Seen in the same run: the copy is given up, and nothing was moved.
        let kept = try await house.stored(job)
        #expect(kept.resultState == .available && kept.archiveID == nil)
        #expect(house.archive.archiveIDs == [])
        try await house.live(seconds: 400)
        try await house.expectRest(job, in: .available)
    }

    @Test func upgradeRightAfterTheLastLookAtTheRole() async throws {
        // The archiver has judged "Free" and written ARCHIVED when the upgrade comes; its restore request finds the
        // result where it can be fetched from.
        let house = try await ResultHouse()
        let job = try await house.completedJob()
        try await house.live(seconds: 290)
        house.clock.advance(seconds: 20)
        house.faults.arm("ObjectStore.delete", error: Killed())
        try await house.work()
        #expect(try await house.stored(job).resultState == .archived)
        try await house.give(.premium)
        try await house.live(seconds: 600)
        try await house.keepHouse()
        try await house.expectRest(job, in: .available)
    }

    @Test(arguments: [Role.premium, .free])
    func aResultThatTheListLacksIsFoundAtTheSecondLook(role: Role) async throws {
        var house = try await ResultHouse(role: role == .premium ? .free : .premium)
        house.listDelay = 30
        let job = try await house.completedJob()
        try await house.live(seconds: 400)
        let listed = try await house.stored(job)
        // As an index that is behind: the list lacks the job for a moment after the change of plan.
        try await house.jobs.delete(job.id)
        try await house.give(role)
        try await house.work()
        #expect(try await house.accounts.unsettledRoles(before: .distantFuture, limit: 1).count == 1)
        #expect(try await house.jobs.add(listed))
        try await house.live(seconds: 1200)
        try await house.expectRest(job, in: role == .premium ? .available : .archived)
        #expect(try await house.accounts.unsettledRoles(before: .distantFuture, limit: 1).isEmpty)
    }

    @Test func cancelWhileRestoring() async throws {
        let house = try await ResultHouse()
        let job = try await house.completedJob()
        try await house.live(seconds: 400)
        try await house.give(.premium)
        try await house.live(seconds: 60)
        #expect(try await house.stored(job).resultState == .restoring)
        try await house.give(.free)
        let cancelled = house.clock.now
        let plans = Plans(
            free: Plan(name: "Free", uploadLimit: 1, downloadWindow: ResultHouse.window),
            premium: Plan(name: "Premium", uploadLimit: 1, downloadWindow: nil))
        func access(at date: Date) async throws -> ResultAccess {
            ResultAccess(
                try await house.stored(job), account: try #require(try await house.accounts.account(house.account.id)),
                plans: plans, now: date)
        }
        // It is still on its way, and is at hand for what the new plan's time leaves.
        let retrieval = try await house.stored(job).retrieval
        #expect(retrieval != nil)
        #expect(try await access(at: cancelled) == .restoring(retrieval))
        try await house.live(seconds: 100)
        let end = cancelled.addingTimeInterval(ResultHouse.window)
        #expect(try await access(at: house.clock.now) == .available(until: end))
        try await house.live(seconds: 1100)
        try await house.expectRest(job, in: .archived)
        #expect(try await access(at: end) == .upgradeNeeded)
    }

    @Test(arguments: [true, false])
    func upgradeCancelUpgradeWithinASecond(isArchived: Bool) async throws {
        let house = try await ResultHouse()
        let job = try await house.completedJob()
        try await house.live(seconds: isArchived ? 400 : 299)
        for role in [Role.premium, .free, .premium] {
            try await house.give(role)
            house.clock.advance(seconds: 0.3)
        }
        try await house.live(seconds: 1200)
        try await house.expectRest(job, in: .available)
    }

    @Test(arguments: [true, false])
    func upgradeAndCancelWithinASecondEndsInTheArchive(isArchived: Bool) async throws {
        let house = try await ResultHouse()
        let job = try await house.completedJob()
        try await house.live(seconds: isArchived ? 400 : 299)
        for role in [Role.premium, .free] {
            try await house.give(role)
            house.clock.advance(seconds: 0.3)
        }
        try await house.live(seconds: 1200)
        try await house.expectRest(job, in: .archived)
    }

    @Test func everyMessageDeliveredTwice() async throws {
        var house = try await ResultHouse()
        house.deliveries = 2
        let job = try await house.completedJob()
        try await house.live(seconds: 400)
        try await house.expectRest(job, in: .archived)
        try await house.give(.premium)
        try await house.live(seconds: 600)
        try await house.expectRest(job, in: .available)
        try await house.give(.free)
        try await house.live(seconds: 600)
        try await house.expectRest(job, in: .archived)
        #expect(
            house.mailIDs == [
                "\(job.id)-completed", "\(job.id)-archived-1", "\(job.id)-restored-2", "\(job.id)-archived-3",
            ])
    }

    /// All messages of a life that is over come again, in any order.
    @Test func oldMessagesChangeNothing() async throws {
        let house = try await ResultHouse()
        let job = try await house.completedJob()
        try await house.live(seconds: 400)
        let archived = try await house.stored(job)
        try await house.give(.premium)
        try await house.live(seconds: 20)
        let retrieval = try #require(try await house.stored(job).retrieval)
        try await house.live(seconds: 600)
        let before = try await house.stored(job)
        let mails = house.mailIDs
        let thaw = RetrievalEnded(
            retrievalID: retrieval.id, archiveID: try #require(archived.archiveID), jobID: job.id, isReady: true)
        try await house.handle(thaw, by: house.thawer)
        try await house.handle(ArchiveRequested(job), by: house.archiver)
        try await house.handle(ArchiveRequested(allOf: job.userID), by: house.archiver)
        try await house.handle(RestoreRequested(job), by: house.restorer)
        try await house.handle(RestoreRequested(allOf: job.userID), by: house.restorer)
        try await house.handle(ResultMoved(job), by: house.notifier)
        try await house.live(seconds: 600)
        #expect(try await house.stored(job) == before)
        #expect(house.mailIDs == mails)
    }

    /// A worker that slept through its move wakes up: it changes nothing, and takes away only what it made itself.
    @Test func aLateArchiverChangesNothing() async throws {
        let house = try await ResultHouse()
        let job = try await house.completedJob()
        try await house.live(seconds: 290)
        house.clock.advance(seconds: 20)
        let late = try #require(try await house.stored(job).beginArchiving(now: house.clock.now))
        try await house.live(seconds: 60)
        try await house.expectRest(job, in: .archived)
        #expect(try await house.jobs.update(late) == nil)
    }

    /// Every worker is killed before and after each effect, one at a time, through a whole life.
    @Test(arguments: KillPoint.all)
    func killedAtEveryStep(point: KillPoint) async throws {
        for skipping in 0..<KillPoint.limit {
            let house = try await ResultHouse()
            let job = try await house.completedJob()
            house.faults.arm(point.name, skipping: skipping, error: Killed())
            try await house.live(seconds: 900)
            try await house.keepHouse()
            try await house.expectRest(job, in: .archived)
            try await house.give(.premium)
            try await house.live(seconds: 1800)
            try await house.keepHouse()
            try await house.expectRest(job, in: .available)
            if house.faults.passes(point.name) <= skipping { return }
        }
        Issue.record("The point is passed more often than that.")
    }
}

/// Where a process can be killed: before a call of a port has its effect, or after it.
struct KillPoint: Sendable, CustomTestStringConvertible {
    static let limit = 200
    static let all = [
        "JobStore.job", "JobStore.update", "AccountStore.account", "AccountStore.changeRole",
        "AccountStore.settleRole", "ObjectStore.get", "ObjectStore.put", "ObjectStore.delete", "Archive.put",
        "Archive.retrieve", "Archive.get", "Archive.delete", "Topic.publish",
    ].flatMap { [KillPoint(name: $0), KillPoint(name: $0 + ".done")] }

    let name: String
    var testDescription: String { name }
}
