import Foundation
import GAS
import GASTesting

/// Ways of a result, taken as the workers take them.
extension TestSite {
    /// Where a result can be, as `ResultAccess` tells them apart for the owner named.
    enum Place: CaseIterable {
        case available, archiving, archived, askedFor, retrieving, back, damaged
    }

    /// A completed job whose result has been brought to a place.
    func job(of person: Person, at place: Place) async throws -> Job {
        try await bring(try await completedJob(of: person), to: place)
    }

    /// Moves a result that is available.
    func bring(_ job: Job, to place: Place) async throws -> Job {
        let now = clock.now
        var job = job
        for step in Self.steps(to: place) { job = try await change(job) { step($0, now) } }
        return job
    }

    /// Changes a job, which must be possible.
    func change(_ job: Job, _ transition: (Job) -> JobUpdate?) async throws -> Job {
        guard let update = transition(job), let changed = try await jobs.update(update) else {
            throw GASError(.internal, "The job cannot be changed so.")
        }
        return changed
    }

    /// What an archive answers here.
    func retrieval(_ tier: RetrievalTier = .standard) -> Retrieval {
        Retrieval(id: "retrieval", tier: tier, expected: clock.now.addingTimeInterval(3600))
    }

    private typealias Step = (Job, Date) -> JobUpdate?

    private static func steps(to place: Place) -> [Step] {
        let archiving: Step = { $0.beginArchiving(now: $1) }
        let archived: Step = { $0.archived(as: "archive-1", now: $1) }
        let restoring: Step = { $0.beginRestoring(now: $1) }
        let retrieving: Step = {
            $0.retrieving(Retrieval(id: "retrieval", tier: .standard, expected: $1.addingTimeInterval(3600)))
        }
        return switch place {
        case .available: []
        case .archiving: [archiving]
        case .archived: [archiving, archived]
        case .askedFor: [archiving, archived, restoring]
        case .retrieving: [archiving, archived, restoring, retrieving]
        case .back:
            [
                archiving, archived, restoring, retrieving,
                { job, now in job.output.flatMap { job.restored(to: $0.resultKey, now: now) } },
                { job, _ in job.archiveRemoved() },
            ]
        case .damaged:
            [
                archiving, archived, restoring,
                { $0.notRestored(because: "The archive gave back <other> bytes.", now: $1) },
            ]
        }
    }

    /// Gives somebody another role, now.
    func give(_ role: Role, to person: Person) async throws {
        let old: Role = role == .free ? .premium : .free
        guard try await accounts.changeRole(of: person.account.id, from: old, to: role, at: clock.now) else {
            throw GASError(.internal, "The role cannot be changed.")
        }
    }
}
