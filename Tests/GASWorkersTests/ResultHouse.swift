import Foundation
import GAS
import GASTesting
import GASWorkers
import Logging
import Testing

/// A process that was killed: what it was about to do is not done, and it says nothing to anybody.
struct Killed: Error {}

/// All workers that have to do with results, around ports in memory, in a time that stands still until it is moved.
struct ResultHouse {
    static let window = 300.0
    static let content = Data("##fileformat=VCFv4.2\nannotated\n".utf8)

    let clock = ManualClock()
    /// Passed by every call of every port.
    let faults = FaultInjector()
    let jobs: InMemoryJobStore
    let accounts: InMemoryAccountStore
    let objects: InMemoryObjectStore
    let archive: InMemoryArchiveStore
    let mailer = RecordingMailer()
    let audit = InMemoryAuditLog()
    let account: Account
    let queues: [String: InMemoryQueue]
    /// Handles every message so often.
    var deliveries = 1
    /// Seconds for which lists may be behind.
    var listDelay = 0.0
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let plans = Plans(
        free: Plan(name: "Free", uploadLimit: 1000, downloadWindow: ResultHouse.window),
        premium: Plan(name: "Premium", uploadLimit: 1000, downloadWindow: nil))
    private let workDirectory = NSTemporaryDirectory() + "gas-results-" + UUID().uuidString

    init(role: Role = .free) async throws {
        jobs = InMemoryJobStore(faults: faults)
        accounts = InMemoryAccountStore(faults: faults)
        objects = InMemoryObjectStore(clock: clock, faults: faults)
        archive = InMemoryArchiveStore(
            clock: clock, delays: [.expedited: 120, .standard: 900], keepSeconds: 3600, faults: faults)
        account = Account.sample(role: role, at: clock.now)
        #expect(try await accounts.add(account, passwordHash: nil))
        var queues: [String: InMemoryQueue] = [:]
        for name in ["notify", "archive", "restore", "thaw"] { queues[name] = InMemoryQueue(name: name, clock: clock) }
        self.queues = queues
    }

    func topic(_ names: String...) -> InMemoryTopic {
        InMemoryTopic(queues: names.compactMap { queues[$0] }, faults: faults)
    }

    var archiver: Archiver {
        Archiver(
            jobs: jobs, accounts: accounts, objects: objects, archive: archive, archiveRequests: topic("archive"),
            restoreRequests: topic("restore"), notices: topic("notify"), plans: plans, settings: settings, clock: clock)
    }

    var restorer: Restorer {
        Restorer(
            jobs: jobs, accounts: accounts, archive: archive, restoreRequests: topic("restore"), thaw: topic("thaw"),
            notices: topic("notify"),
            tiers: [.expedited, .standard], settings: settings, clock: clock)
    }

    var thawer: Thawer {
        Thawer(
            jobs: jobs, objects: objects, archive: archive, archiveRequests: topic("archive"),
            restoreRequests: topic("restore"), notices: topic("notify"), settings: settings, clock: clock)
    }

    var settings: MoverSettings {
        MoverSettings(workDirectory: workDirectory, keyPrefix: "gas", batch: 2, retryDelay: 3600, listDelay: listDelay)
    }

    var notifier: Notifier {
        Notifier(
            jobs: jobs, accounts: accounts, mailer: mailer,
            mails: JobMail(publicURL: "https://gas.example.org", plans: plans), leaseSeconds: 30, clock: clock)
    }

    var sweeper: Sweeper {
        Sweeper(
            jobs: jobs, accounts: accounts, objects: objects, archive: archive,
            topics: .init(
                jobRequests: topic(), jobResults: topic("notify", "archive"), archiveRequests: topic("archive"),
                restoreRequests: topic("restore"), notices: topic("notify")),
            chores: [],
            settings: SweeperSettings(
                interval: 60, patience: 60, uploadPatience: 3600, housekeepingInterval: 3600,
                inputsBucket: "gas-inputs", resultsBucket: "gas-results", keyPrefix: "gas", batch: 100),
            clock: clock, logger: logger)
    }

    var roleChange: RoleChange {
        RoleChange(
            accounts: accounts,
            announcement: RoleAnnouncement(restoreRequests: topic("restore"), archiveRequests: topic("archive")),
            audit: audit, clock: clock)
    }

    /// Gives the owner a role, as a click does; who gets an error clicks again.
    func give(_ role: Role) async throws { _ = try await again { try await roleChange.give(role, to: account.id) } }

    /// A job whose result is there, and whose end is announced.
    func completedJob() async throws -> Job {
        let job = try await runningJob()
        return try await complete(job)
    }

    func runningJob() async throws -> Job {
        let job = Job.sample(of: account.id, at: clock.now)
        #expect(try await jobs.add(job))
        let claim = try #require(job.claim(by: "annotator", leaseSeconds: 60, now: clock.now))
        return try #require(try await jobs.update(claim))
    }

    func complete(_ job: Job) async throws -> Job {
        let output = JobOutput.sample(job)
        _ = try await objects.put(ResultHouse.content, at: output.result)
        _ = try await objects.put(Data("log".utf8), at: output.log)
        let update = try #require(job.complete(output: output, progress: nil, now: clock.now))
        let completed = try #require(try await jobs.update(update))
        try await topic("notify", "archive").publish(JobFinished(completed).encoded())
        return completed
    }

    func stored(_ job: Job) async throws -> Job { try #require(try await again { try await jobs.job(job.id) }) }

    /// Once more if it was the test itself that met the fault.
    private func again<Value>(_ body: () async throws -> Value) async throws -> Value {
        do { return try await body() } catch is Killed { return try await body() }
    }

    /// Handles one message with one worker, whatever the queue holds.
    @discardableResult
    func handle(_ message: some Message, by worker: some MessageHandler) async throws -> Outcome {
        try await worker.handle(
            Delivery(
                messageID: "1", body: try message.encoded(), receiveCount: 1, sent: clock.now,
                receipt: .init(rawValue: "1")), logger: logger)
    }

    /// Lets time pass: messages are handled as they become due, and the sweeper sweeps.
    func live(seconds: Double) async throws {
        let end = clock.now.addingTimeInterval(seconds)
        try await work()
        while clock.now < end {
            clock.advance(seconds: min(20, end.timeIntervalSince(clock.now)))
            try await work()
            do { _ = try await sweeper.sweep() } catch is Killed {}
        }
    }

    /// Handles what is due, and checks after each message that the bytes are somewhere.
    func work() async throws {
        for _ in 0..<500 {
            for announcement in archive.takeAnnouncements() {
                try await InMemoryTopic(queues: [queues["thaw"]].compactMap(\.self)).publish(announcement.encoded())
            }
            let worked = try await [
                take("archive", archiver), take("restore", restorer), take("thaw", thawer), take("notify", notifier),
            ]
            if !worked.contains(true) { return }
        }
        Issue.record("There is no end of work.")
    }

    private func take(_ name: String, _ worker: some MessageHandler) async throws -> Bool {
        guard let queue = queues[name],
            let delivery = try await queue.receive(limit: 1, visibility: 60, wait: 0).first
        else { return false }
        for _ in 0..<deliveries {
            do {
                let outcome = try await worker.handle(delivery, logger: logger)
                switch outcome {
                case .done, .giveUp: try await queue.delete(delivery.receipt)
                case .retry: try await queue.hide(delivery.receipt, seconds: 5)
                case .snooze(let date):
                    try await queue.hide(delivery.receipt, seconds: date.timeIntervalSince(clock.now))
                }
            } catch is Killed {
                // Nobody says anything to the queue: the message comes back when its time is over.
            } catch is GASError {
                try await queue.hide(delivery.receipt, seconds: 5)
            }
            try await expectBytes()
        }
        return true
    }

    /// At every moment the result store has the bytes, or the archive.
    func expectBytes() async throws {
        let page = try await again { try await jobs.jobs(of: account.id, status: nil, after: nil, limit: 100) }
        for job in page.jobs where job.status == .completed {
            let output = try #require(job.output)
            switch job.resultState {
            case .none: Issue.record("A completed job has no result.")
            case .available, .archiving: #expect(objects.bytes(at: output.result) == ResultHouse.content)
            case .archived, .restoring:
                #expect(archive.bytes(of: try #require(job.archiveID))?.starts(with: ResultHouse.content) == true)
            }
        }
    }

    /// What the sweeper does once an hour.
    func keepHouse() async throws {
        _ = try await again { try await sweeper.removeOrphanedResults() }
        _ = try await again { try await sweeper.removeOrphanedArchives() }
    }

    /// Nothing is left over, and nothing is owed.
    func expectRest(_ job: Job, in state: ResultState) async throws {
        let job = try await stored(job)
        #expect(job.resultState == state)
        #expect(job.resultDue == nil && job.notice == nil)
        #expect(archive.archiveIDs == (state == .archived ? [try #require(job.archiveID)] : []))
        let kept = try await objects.list(bucket: "gas-results", prefix: "gas/", after: nil, limit: 10)
            .filter { $0.location.key != BucketMark.key("gas") }
        let output = try #require(job.output)
        let expected = state == .archived ? [output.logKey] : [output.logKey, output.resultKey]
        #expect(Set(kept.map(\.location.key)) == Set(expected))
    }

    var mailIDs: [String] { mailer.mails.map(\.id) }
}
