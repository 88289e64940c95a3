import Foundation
import GAS
import GASTesting
import GASWorkers
import Synchronization
import Testing

/// Accounts go with everything, whatever happens in between.
@Suite struct AccountDeletionTests {
    /// A service in memory whose every call can fail.
    private struct House {
        let clock = ManualClock()
        let faults = FaultInjector()
        let accounts: InMemoryAccountStore
        let jobs: InMemoryJobStore
        let objects: InMemoryObjectStore
        let archive: InMemoryArchiveStore
        let sessions: InMemorySessionStore
        let tickets: InMemoryTicketStore
        let payments: InMemoryPaymentStore
        let mailer: RecordingMailer
        let audit: InMemoryAuditLog
        let ada: Account
        let bob: Account

        init() async throws {
            accounts = InMemoryAccountStore(faults: faults)
            jobs = InMemoryJobStore(faults: faults)
            objects = InMemoryObjectStore(clock: clock, faults: faults)
            archive = InMemoryArchiveStore(clock: clock, faults: faults)
            sessions = InMemorySessionStore(faults: faults)
            tickets = InMemoryTicketStore(faults: faults)
            payments = InMemoryPaymentStore(faults: faults)
            mailer = RecordingMailer(faults: faults)
            audit = InMemoryAuditLog(faults: faults)
            (ada, bob) = (.sample(name: "Ada", at: clock.now), .sample(name: "Bob", at: clock.now))
            for account in [ada, bob] { try await furnish(account) }
        }

        var deletion: AccountDeletion { deletion(paidBy: NoPayment()) }

        func deletion(paidBy provider: any PaymentProvider) -> AccountDeletion {
            let topic = InMemoryTopic(queues: [])
            return AccountDeletion(
                accounts: accounts,
                belongings: AccountBelongings(
                    sessions: sessions, tickets: tickets, jobs: jobs, objects: objects, archive: archive,
                    mailer: mailer,
                    subscriptions: Subscriptions(
                        provider: provider, payments: payments,
                        roleChange: RoleChange(
                            accounts: accounts,
                            announcement: RoleAnnouncement(restoreRequests: topic, archiveRequests: topic),
                            audit: audit, clock: clock),
                        clock: clock),
                    buckets: ["gas-inputs", "gas-results"], keyPrefix: "gas", batch: 2),
                audit: audit, settleSeconds: 3600, clock: clock)
        }

        /// An account with some of everything.
        private func furnish(_ account: Account) async throws {
            #expect(try await accounts.add(account, passwordHash: "hash"))
            for _ in 1...3 { try await sessions.add(.sample(of: account.id, created: clock.now, lastSeen: clock.now)) }
            let ticket = Ticket(
                tokenHash: account.id.rawValue, purpose: .address, account: account.id, content: "canary",
                expires: clock.now.addingTimeInterval(1e6))
            #expect(try await tickets.add(ticket))
            try await payments.save(PaymentCustomer(account: account.id, customer: "c", subscription: "s"))
            for number in 1...3 {
                let job = try await completedJob(of: account)
                try await mailer.send(
                    Mail(
                        id: "\(job.id)-completed", account: account.id, recipientName: account.name,
                        recipientAddress: account.email, subject: "s", text: "t", html: "h"))
                if number == 1 { _ = try await archived(job) }
            }
        }

        func completedJob(of account: Account) async throws -> Job {
            let job = Job.sample(of: account.id, at: clock.now)
            let output = JobOutput.sample(job)
            for location in [job.input, output.result, output.log, output.summary] {
                _ = try await objects.put(Data("canary".utf8), at: location)
            }
            #expect(try await jobs.add(job))
            let claim = try #require(job.claim(by: "w", leaseSeconds: 60, now: clock.now))
            let running = try #require(try await jobs.update(claim))
            let end = try #require(running.complete(output: output, progress: nil, now: clock.now))
            return try #require(try await jobs.update(end))
        }

        func archived(_ job: Job) async throws -> Job {
            let begin = try #require(job.beginArchiving(now: clock.now))
            let moving = try #require(try await jobs.update(begin))
            let archive = try await archive(of: job, name: "gas/\(job.userID)/\(job.id)~1")
            let end = try #require(moving.archived(as: archive.id, now: clock.now))
            return try #require(try await jobs.update(end))
        }

        func archive(of job: Job, name: String) async throws -> Archive {
            let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            try Data("canary".utf8).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            return try await archive.put(file: file.path, name: name)
        }

        /// How much there is of an account, all in all.
        func belongings(of account: Account) async throws -> Int {
            var count = try await sessions.sessions(of: account.id).count
            count += try await tickets.ticket(tokenHash: account.id.rawValue, at: clock.now) == nil ? 0 : 1
            count += try await payments.customer(of: account.id) == nil ? 0 : 1
            count += try await jobs.jobs(of: account.id, status: nil, after: nil, limit: 100).jobs.count
            for bucket in ["gas-inputs", "gas-results"] {
                count += try await objects.list(bucket: bucket, prefix: "gas/\(account.id)/", after: nil, limit: 100)
                    .count
            }
            count += archive.archiveIDs.count { $0.contains(account.id.rawValue) }
            return count + mailer.mails.count { $0.account == account.id }
        }
    }

    @Test func everythingGoesAndTheOthersKeepTheirs() async throws {
        let house = try await House()
        let before = try await house.belongings(of: house.bob)
        #expect(before == 3 + 1 + 1 + 3 + 12 + 1 + 3)
        #expect(try await house.deletion.begin(house.ada, from: "192.0.2.1"))
        #expect(try await house.deletion.purge(house.ada.id) > 0)
        #expect(try await house.belongings(of: house.ada) == 0)
        #expect(try await house.belongings(of: house.bob) == before)
        #expect(try await house.deletion.purge(house.ada.id) == 0)
        #expect(try await house.accounts.account(house.bob.id) == house.bob)
    }

    @Test func theIDIsKeptUntilNothingCanComeBack() async throws {
        let house = try await House()
        _ = try await house.deletion.begin(house.ada, from: "")
        try await house.deletion.purge(house.ada.id)
        #expect(try await house.deletion.sweep() == 0)
        #expect(try await house.accounts.deletions(limit: 10).count == 1)
        // A worker that was slow, a form that was signed before, an archiver that died.
        let late = Job.sample(of: house.ada.id, at: house.clock.now)
        _ = try await house.objects.put(Data("canary".utf8), at: JobOutput.sample(late).result)
        #expect(try await house.jobs.add(late))
        #expect(try await house.deletion.sweep() == 2)
        _ = try await house.archive(of: late, name: "gas/\(house.ada.id)/\(late.id)~2")
        house.clock.advance(seconds: 3600)
        #expect(try await house.deletion.sweep() == 1)
        #expect(try await house.accounts.deletions(limit: 10).count == 1)
        #expect(try await house.deletion.sweep() == 0)
        #expect(try await house.accounts.deletions(limit: 10).isEmpty)
        #expect(try await house.belongings(of: house.ada) == 0)
        let events = house.audit.events.filter { [.deletionBegun, .accountDeleted].contains($0.kind) }
        #expect(events.map(\.kind) == [.deletionBegun, .accountDeleted])
        #expect(events.map { $0.account ?? $0.about } == [house.ada.id, house.ada.id])
        _ = try await house.deletion.sweep()
        #expect(house.audit.events.count { $0.kind == .accountDeleted } == 1)
    }

    /// Killed at the n-th call of each port, for every n: the next sweeps complete it.
    @Test(arguments: [
        "SessionStore.sessions", "SessionStore.delete", "TicketStore.deleteTickets", "PaymentStore.customer",
        "PaymentStore.forgetCustomer",
        "JobStore.jobs", "JobStore.delete", "Archive.delete", "ObjectStore.list", "ObjectStore.delete",
        "Mailer.withdraw",
    ])
    func killedAnywhereItIsCompleted(point: String) async throws {
        for place in [point, point + ".done"] {
            for skipping in 0..<4 {
                let house = try await House()
                house.faults.arm(place, skipping: skipping)
                // What fails before the account is gone leaves it as it was, and is asked for again.
                if (try? await house.deletion.begin(house.ada, from: "")) != true {
                    #expect(try await house.accounts.account(house.ada.id) == house.ada)
                    #expect(try await house.deletion.begin(house.ada, from: ""))
                }
                _ = try? await house.deletion.purge(house.ada.id)
                house.faults.disarm(place)
                _ = try await house.deletion.sweep()
                #expect(try await house.belongings(of: house.ada) == 0, "\(place) after \(skipping)")
                house.clock.advance(seconds: 3601)
                _ = try await house.deletion.sweep()
                #expect(try await house.accounts.deletions(limit: 10).isEmpty)
            }
        }
    }

    @Test func nobodyGoesOnPaying() async throws {
        let house = try await House()
        let provider = AbsentProvider()
        let deletion = house.deletion(paidBy: provider)
        await #expect(throws: GASError.self) { try await deletion.begin(house.ada, from: "") }
        #expect(try await house.accounts.account(house.ada.id) == house.ada)
        #expect(try await house.payments.customer(of: house.ada.id) != nil)
        provider.isBack.withLock { $0 = true }
        #expect(try await deletion.begin(house.ada, from: ""))
        #expect(provider.ended.withLock { $0 } == [house.ada.id])
        // A late notification may make the customer known again.
        try await house.payments.save(PaymentCustomer(account: house.ada.id, customer: "c", subscription: "s2"))
        try await deletion.purge(house.ada.id)
        #expect(provider.ended.withLock { $0 } == [house.ada.id, house.ada.id])
        #expect(try await house.payments.customer(of: house.ada.id) == nil)
    }

    @Test func whatCannotBeNotedDoesNotHappen() async throws {
        let house = try await House()
        house.faults.arm("AuditLog.append")
        await #expect(throws: GASError.self) { try await house.deletion.begin(house.ada, from: "") }
        #expect(try await house.accounts.account(house.ada.id) == house.ada)
    }
}

/// A payment provider that does not answer until it is back.
private final class AbsentProvider: PaymentProvider {
    let price: String? = "a lot"
    let origins: [String] = []
    let signatureHeader: String? = nil
    let isBack = Mutex(false)
    let ended = Mutex<[AccountID]>([])

    func subscribe(_ account: Account) async throws -> PaymentStep { .settled }
    func isPaid(_ reference: String, by account: Account) async throws -> Bool { false }
    func portal(for account: Account) async throws -> String? { nil }
    func read(_ notification: PaymentNotification) throws -> PaymentEvent {
        throw GASError(.forbidden, "Nobody notifies.")
    }
    func standing(after event: PaymentEvent) async throws -> PaymentStanding? { nil }

    func cancel(_ account: AccountID) async throws {
        guard isBack.withLock({ $0 }) else { throw GASError(.unavailable, "The payment provider does not answer.") }
        ended.withLock { $0.append(account) }
    }
}

/// A worker in the middle of a job whose owner goes.
@Suite struct DeletedJobTests {
    @Test func aRunningJobLeavesNothing() async throws {
        let house = try await WorkerHouse()
        let job = try await house.submit()
        let annotator = house.annotator(
            ScriptedEngine { _ in
                _ = try await house.accounts.beginDeletion(of: house.account.id, at: house.clock.now)
                try await house.jobs.delete(job.id)
                try await house.objects.delete(job.input)
            })
        let outcome = try await annotator.handle(try house.delivery(JobRequested(job)), logger: house.logger)
        #expect(outcome == .done)
        #expect(try await house.jobs.job(job.id) == nil)
        let left = try await house.objects.list(bucket: "gas-results", prefix: "", after: nil, limit: 10)
        #expect(left.isEmpty)
        #expect(try await house.announcements().isEmpty)
    }

    @Test func aRefusedFileOfADeletedJobLeavesNoLog() async throws {
        let house = try await WorkerHouse()
        let job = try await house.submit()
        let annotator = house.annotator(
            ScriptedEngine { task in
                try Data("log".utf8).write(to: URL(fileURLWithPath: task.log))
                try await house.jobs.delete(job.id)
                throw EngineRefusal(reason: "It is no VCF.")
            })
        _ = try await annotator.handle(try house.delivery(JobRequested(job)), logger: house.logger)
        let left = try await house.objects.list(bucket: "gas-results", prefix: "", after: nil, limit: 10)
        #expect(left.isEmpty)
    }

    @Test func nobodyIsWrittenToAfterwards() async throws {
        let house = try await WorkerHouse()
        let job = try await house.submit()
        _ = try await house.jobs.update(try #require(job.fail(reason: "No.", now: house.clock.now)))
        _ = try await house.accounts.beginDeletion(of: house.account.id, at: house.clock.now)
        let outcome = try await house.notifier().handle(
            try house.delivery(JobFinished(house.stored(job))), logger: house.logger)
        #expect(outcome == .done)
        #expect(house.mailer.mails.isEmpty)
    }
}
