import Foundation
import GAS
import GASIdentity
import GASTesting

extension TestSite {
    /// The address that a site must be told of for `administrator`.
    static let administratorAddress = "root@example.org"

    /// Somebody who runs the site; the account is local, as its address must be proven by a password.
    func administrator() async throws -> Person {
        if let known = try await accounts.localAccount(email: Self.administratorAddress) {
            return try await session(of: known.account)
        }
        let hash = try await PasswordHasher(cost: .init(logRounds: 4)).hash("difference engine")
        let account = Account.sample(name: "Root", email: Self.administratorAddress, at: clock.now)
        _ = try await accounts.add(account, passwordHash: hash)
        return try await session(of: account)
    }

    /// A job that has failed, and has a log.
    func failedJob(of person: Person) async throws -> Job {
        let waiting = try await job(of: person)
        let log = JobOutput.sample(waiting).log
        _ = try await objects.put(Data("It failed.\n".utf8), at: log)
        let now = clock.now
        return try await change(waiting) { $0.fail(reason: "It is no VCF.", log: log, now: now) }
    }
}
