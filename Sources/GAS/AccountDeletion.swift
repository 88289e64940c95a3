import Foundation

/// What an account consists of besides itself, and where that is.
public struct AccountBelongings: Sendable {
    let sessions: any SessionStore
    let tickets: any TicketStore
    let jobs: any JobStore
    let objects: any ObjectStore
    let archive: any ArchiveStore
    let mailer: any Mailer
    let subscriptions: Subscriptions
    /// Where the account's objects are.
    let buckets: [String]
    /// First part of every object key.
    let keyPrefix: String
    /// Things removed in one go.
    let batch: Int

    /// Names where things are.
    /// - Parameters:
    ///   - buckets: where inputs and results are.
    ///   - keyPrefix: first part of every object key.
    ///   - batch: things removed in one go.
    public init(
        sessions: any SessionStore, tickets: any TicketStore, jobs: any JobStore, objects: any ObjectStore,
        archive: any ArchiveStore, mailer: any Mailer, subscriptions: Subscriptions, buckets: [String],
        keyPrefix: String, batch: Int
    ) {
        self.sessions = sessions
        self.tickets = tickets
        self.jobs = jobs
        self.objects = objects
        self.archive = archive
        self.mailer = mailer
        self.subscriptions = subscriptions
        self.buckets = buckets
        self.keyPrefix = keyPrefix
        self.batch = batch
    }
}

/// Deletes accounts with everything that belongs to them.
///
/// First the account itself goes, in one step, and its id is noted: from then on nobody can sign in, and every worker that
/// asks for the account finds none. Then its things are removed, which may be repeated as often as one likes: at once, and
/// again by the sweeper until nothing is left and everything has ended that could still bring something back: a worker
/// in the middle of a job, a form that was signed before. Only then the id is forgotten.
public struct AccountDeletion: Sendable {
    private let accounts: any AccountStore
    private let belongings: AccountBelongings
    private let audit: any AuditLog
    private let settleSeconds: Double
    private let scrub: @Sendable () async throws -> Void
    private let clock: any WallClock

    /// - Parameters:
    ///   - settleSeconds: longer than a worker goes on without a look at the job, and than signed forms are good.
    ///   - scrub: makes the store overwrite what it has only marked as removed.
    public init(
        accounts: any AccountStore, belongings: AccountBelongings, audit: any AuditLog, settleSeconds: Double,
        scrub: @escaping @Sendable () async throws -> Void = {}, clock: any WallClock
    ) {
        self.accounts = accounts
        self.belongings = belongings
        self.audit = audit
        self.settleSeconds = settleSeconds
        self.scrub = scrub
        self.clock = clock
    }

    /// Deletes the account itself. Its subscription is ended first: when that is not possible now, nothing is deleted,
    /// so that nobody goes on paying for what is gone.
    /// - Parameter address: where the request came from, for the audit log.
    /// - Returns: `false` when somebody else was faster.
    public func begin(_ account: Account, from address: String) async throws -> Bool {
        _ = try await belongings.subscriptions.forget(account.id)
        try await audit.append(AuditEvent(.deletionBegun, at: clock.now, by: account.id, from: address))
        return try await accounts.beginDeletion(of: account.id, at: clock.now)
    }

    /// Removes what belongs to a deleted account.
    /// - Returns: how many things were removed; 0 when there is nothing, as far as can be seen.
    @discardableResult
    public func purge(_ id: AccountID) async throws -> Int {
        var removed = try await purgeSessions(of: id) + belongings.tickets.deleteTickets(of: id)
        if try await belongings.subscriptions.forget(id) { removed += 1 }
        removed += try await purgeJobs(of: id)
        for bucket in belongings.buckets { removed += try await purgeObjects(of: id, in: bucket) }
        removed += try await belongings.mailer.withdraw(mailsOf: id)
        if removed > 0 { try await scrub() }
        return removed
    }

    /// Goes on with all deletions that were begun, and finishes those of which nothing is left.
    /// - Returns: how many things were removed.
    public func sweep() async throws -> Int {
        var removed = 0
        var finished: [AccountID] = []
        let deletions = try await accounts.deletions(limit: belongings.batch)
        for deletion in deletions {
            let found = try await purge(deletion.account)
            removed += found
            guard found == 0, clock.now >= deletion.begun.addingTimeInterval(settleSeconds) else { continue }
            let archives = try await purgeArchives(of: deletion.account)
            removed += archives
            if archives == 0 { finished.append(deletion.account) }
        }
        // Each time, for the last attempt may have met somebody who was reading.
        if !deletions.isEmpty { try await scrub() }
        for account in finished {
            // In this order it is noted at least once, should the process die in between.
            try await audit.append(AuditEvent(.accountDeleted, at: clock.now, by: nil, about: account))
            try await accounts.finishDeletion(of: account)
        }
        return removed
    }

    private func purgeSessions(of id: AccountID) async throws -> Int {
        let sessions = try await belongings.sessions.sessions(of: id)
        for session in sessions { try await belongings.sessions.delete(tokenHash: session.tokenHash) }
        return sessions.count
    }

    /// An archive goes before the job that names it. One that a worker was about to name is withdrawn by the worker,
    /// which finds no job; and one whose worker has died is found at the end.
    private func purgeJobs(of id: AccountID) async throws -> Int {
        var removed = 0
        while true {
            let page = try await belongings.jobs.jobs(of: id, status: nil, after: nil, limit: belongings.batch)
            guard !page.jobs.isEmpty else { return removed }
            for job in page.jobs {
                if let archiveID = job.archiveID { try await belongings.archive.delete(archiveID) }
                try await belongings.jobs.delete(job.id)
                removed += 1
            }
        }
    }

    private func purgeObjects(of id: AccountID, in bucket: String) async throws -> Int {
        var removed = 0
        while true {
            let page = try await belongings.objects.list(
                bucket: bucket, prefix: "\(belongings.keyPrefix)/\(id)/", after: nil, limit: belongings.batch)
            guard !page.isEmpty else { return removed }
            for object in page {
                try await belongings.objects.delete(object.location)
                removed += 1
            }
        }
    }

    /// Looks through the whole archive, which cannot be asked for what an account has.
    private func purgeArchives(of id: AccountID) async throws -> Int {
        var removed = 0
        var last: String?
        while true {
            let page = try await belongings.archive.list(after: last, limit: belongings.batch)
            for entry in page where ObjectKey(parsing: entry.name, prefix: belongings.keyPrefix)?.userID == id {
                try await belongings.archive.delete(entry.id)
                removed += 1
            }
            guard page.count == belongings.batch else { return removed }
            last = page.last?.id
        }
    }
}
