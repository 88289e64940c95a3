import Foundation
import GAS
import Testing

/// The rules of `JobStore`. They can run one after the other on one store, whatever else it holds.
public enum JobStoreConformance: String, ConformanceRule {
    case addedJobIsReadBack = "a job that was added is read back whole"
    case firstJobStays = "of two jobs with one id the first stays as it is"
    case parallelAdds = "of 20 parallel adds of one id one succeeds"
    case missingJob = "a job that does not exist is read as nil, and an update of it changes nothing"
    case textIsKept = "any text is kept as it is"
    case everyTransition = "every attribute of every transition is stored, and the update returns it"
    case expectedAbsence = "an attribute expected to be absent is compared"
    case removedAttributes = "an attribute set to nil is gone"
    case parallelClaims = "of 20 parallel claims one wins"
    case lateWorker = "a worker whose job was taken over changes nothing"
    case newestFirst = "an account's jobs come newest first, then by id descending"
    case pages = "pages follow one another without gap or repetition, and the last has no next"
    case pagesWhileJobsAreAdded = "a page after a cursor is not moved by newer jobs"
    case pagesByStatus = "a page can be restricted to a state"
    case pagesOfAState = "the jobs in a state, whoever has them, come newest first, in pages without gap or repetition"
    case accountsAreApart = "nobody sees the jobs of another account"
    case counts = "jobs are counted by state, without zeros"
    case lists = "a list is a page and the counts, whichever page it is"
    case jobsAhead = "the jobs ahead are the pending ones submitted before, if the store can tell"
    case submissions = "the jobs submitted since a moment are counted, that moment included, if the store can tell"
    case stalledPending = "a pending job stalls when its last request is old"
    case stalledRunning = "a running job stalls when its lease has ended"
    case stalledUntold = "a completed or failed job stalls until its owner is told, a cancelled one does not"
    case stalledInOrder = "stalled jobs come oldest first, up to the limit"
    case wayOfAResult = "every step of a result to the archive and back is stored, and the update returns it"
    case lateMover = "a worker of an earlier move changes nothing"
    case pagesByResult = "a page can be restricted to a state of the result"
    case resultCounts = "jobs are counted by the state of the result, without zeros"
    case stalledResults = "a result stalls when what is owed for it is due, and comes oldest first, up to the limit"
    case deployment = "the deployment has one name, whoever asks first"
    case changesAreAnnounced = "adding and updating a job is announced to its account"
    case changesEnd = "the announcements end with the task that reads them"

    /// Runs the rule.
    public func check(_ store: any JobStore, clock: any TestClock) async throws {
        let rules = JobStoreRules(store: store, clock: clock)
        switch self {
        case .addedJobIsReadBack: try await rules.addedJobIsReadBack()
        case .firstJobStays: try await rules.firstJobStays()
        case .parallelAdds: try await rules.parallelAdds()
        case .missingJob: try await rules.missingJob()
        case .textIsKept: try await rules.textIsKept()
        case .everyTransition: try await rules.everyTransition()
        case .expectedAbsence: try await rules.expectedAbsence()
        case .removedAttributes: try await rules.removedAttributes()
        case .parallelClaims: try await rules.parallelClaims()
        case .lateWorker: try await rules.lateWorker()
        case .newestFirst: try await rules.newestFirst()
        case .pages: try await rules.pages()
        case .pagesWhileJobsAreAdded: try await rules.pagesWhileJobsAreAdded()
        case .pagesByStatus: try await rules.pagesByStatus()
        case .pagesOfAState: try await rules.pagesOfAState()
        case .accountsAreApart: try await rules.accountsAreApart()
        case .counts: try await rules.counts()
        case .lists: try await rules.lists()
        case .jobsAhead: try await rules.jobsAhead()
        case .submissions: try await rules.submissions()
        case .stalledPending: try await rules.stalledPending()
        case .stalledRunning: try await rules.stalledRunning()
        case .stalledUntold: try await rules.stalledUntold()
        case .stalledInOrder: try await rules.stalledInOrder()
        case .wayOfAResult: try await rules.wayOfAResult()
        case .lateMover: try await rules.lateMover()
        case .pagesByResult: try await rules.pagesByResult()
        case .resultCounts: try await rules.resultCounts()
        case .stalledResults: try await rules.stalledResults()
        case .deployment: try await rules.deployment()
        case .changesAreAnnounced: try await rules.changesAreAnnounced()
        case .changesEnd: try await rules.changesEnd()
        }
    }
}

struct JobStoreRules {
    let store: any JobStore
    /// The moment of the test, in whole milliseconds as stores keep it.
    let now: Date
    let account = AccountID()

    init(store: any JobStore, clock: any TestClock) {
        self.store = store
        now = Date(timeIntervalSince1970: clock.now.timeIntervalSince1970.rounded())
    }

    /// Adds a job.
    func added(_ seconds: Double = 0, id: JobID = JobID(), of owner: AccountID? = nil) async throws -> Job {
        let job = Job.sample(id: id, of: owner ?? account, at: now.addingTimeInterval(seconds))
        #expect(try await store.add(job))
        return job
    }

    /// Carries out a transition that must succeed.
    func updated(_ update: JobUpdate?) async throws -> Job {
        let update = try #require(update)
        return try #require(try await store.update(update))
    }

    func addedJobIsReadBack() async throws {
        let job = try await added()
        #expect(try await store.job(job.id) == job)
    }

    func firstJobStays() async throws {
        let first = try await added()
        #expect(try await !store.add(Job.sample(id: first.id, fileName: "other.vcf", at: now)))
        #expect(try await store.job(first.id) == first)
    }

    func parallelAdds() async throws {
        let id = JobID()
        let answers = try await inParallel(20) { [store, now] index in
            try await store.add(Job.sample(id: id, fileName: "\(index).vcf", at: now))
        }
        #expect(answers.count { $0 } == 1)
        #expect(try await store.job(id) != nil)
    }

    func missingJob() async throws {
        let job = Job.sample(at: now)
        #expect(try await store.job(job.id) == nil)
        let update = try #require(job.cancel(now: now))
        #expect(try await store.update(update) == nil)
        #expect(try await store.job(job.id) == nil)
    }

    func textIsKept() async throws {
        let name = "Ä 'quoted' \"twice\" \\ ; DROP TABLE -- % _ 染色体 🧬 e\u{301}.vcf"
        let job = Job.sample(of: account, fileName: name, at: now)
        #expect(try await store.add(job))
        let read = try #require(try await store.job(job.id))
        #expect(Array(read.inputFileName.utf8) == Array(name.utf8))
        let failed = try await updated(job.fail(reason: "Line 3:\n\t\"\(name)\"", now: now))
        #expect(failed.failureReason == "Line 3:\n\t\"\(name)\"")
    }
}
