import Foundation
import GAS
import GASTesting

/// Ways of a result, taken as the workers take them.
extension TestSite {
    /// A completed job whose result has been brought to a place.
    func job(of person: Person, at place: ResultPlace) async throws -> Job {
        let now = clock.now
        var job = try await completedJob(of: person)
        for step in place.steps { job = try await change(job) { step($0, now) } }
        return job
    }

    /// Changes a job, which must be possible.
    func change(_ job: Job, _ transition: (Job) -> JobUpdate?) async throws -> Job {
        guard let update = transition(job), let changed = try await jobs.update(update) else {
            throw GASError(.internal, "The job cannot be changed so.")
        }
        return changed
    }

    /// Gives somebody another role, now.
    func give(_ role: Role, to person: Person) async throws {
        let old: Role = role == .free ? .premium : .free
        guard try await accounts.changeRole(of: person.account.id, from: old, to: role, at: clock.now) else {
            throw GASError(.internal, "The role cannot be changed.")
        }
    }
}
