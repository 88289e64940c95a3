import Foundation
import GAS
import GASTesting
import GASWorkers
import Logging
import Testing

/// A service in memory around the worker under test, with a clock that stands still until it is moved.
struct WorkerHouse {
    let clock = ManualClock()
    let jobs = InMemoryJobStore()
    let accounts = InMemoryAccountStore()
    let objects: InMemoryObjectStore
    let archive: InMemoryArchiveStore
    let requestQueue: InMemoryQueue
    let notifyQueue: InMemoryQueue
    let archiveQueue: InMemoryQueue
    let restoreQueue: InMemoryQueue
    let thawQueue: InMemoryQueue
    let requests: InMemoryTopic
    let results: InMemoryTopic
    let mailer = RecordingMailer()
    let account: Account
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    /// A window of five minutes.
    let plans = Plans(
        free: Plan(name: "Free", uploadLimit: 153_600, downloadWindow: 300),
        premium: Plan(name: "Premium", uploadLimit: 1_000_000_000, downloadWindow: nil))
    let workDirectory = NSTemporaryDirectory() + "gas-workers-" + UUID().uuidString

    init() async throws {
        objects = InMemoryObjectStore(clock: clock)
        archive = InMemoryArchiveStore(clock: clock)
        requestQueue = InMemoryQueue(name: "job-requests", clock: clock)
        notifyQueue = InMemoryQueue(name: "notify", clock: clock)
        archiveQueue = InMemoryQueue(name: "archive", clock: clock)
        restoreQueue = InMemoryQueue(name: "restore", clock: clock)
        thawQueue = InMemoryQueue(name: "thaw", clock: clock)
        requests = InMemoryTopic(queues: [requestQueue])
        results = InMemoryTopic(queues: [notifyQueue, archiveQueue])
        account = Account(
            id: AccountID(), name: "Ada", email: "ada@example.org", institution: "", role: .free, created: clock.now)
        #expect(try await accounts.add(account, passwordHash: nil))
    }

    /// A submitted job whose input is there.
    func submit(_ content: String = "##fileformat=VCFv4.2\n") async throws -> Job {
        let id = JobID()
        let key = ObjectKey(prefix: "gas", userID: account.id, jobID: id).start + "a.vcf"
        let input = ObjectLocation(bucket: "gas-inputs", key: key)
        _ = try await objects.put(Data(content.utf8), at: input)
        let job = Job(
            id: id, userID: account.id, inputFileName: "a.vcf", input: input, inputSize: content.utf8.count,
            submitTime: clock.now)
        #expect(try await jobs.add(job))
        return job
    }

    func annotator(_ engine: some AnnotationEngine, maximumAttempts: Int = 3) -> Annotator {
        Annotator(
            jobs: jobs, objects: objects, results: results, engine: engine,
            settings: AnnotatorSettings(
                owner: UUID().uuidString, leaseSeconds: 30, heartbeatSeconds: 5, maximumAttempts: maximumAttempts,
                workDirectory: workDirectory, resultsBucket: "gas-results", keyPrefix: "gas"),
            clock: clock)
    }

    func notifier() -> Notifier {
        Notifier(
            jobs: jobs, accounts: accounts, mailer: mailer,
            mails: JobMail(publicURL: "https://gas.example.org", plans: plans),
            leaseSeconds: 30, clock: clock)
    }

    func delivery(_ message: some Message, count: Int = 1) throws -> Delivery {
        Delivery(
            messageID: UUID().uuidString, body: try message.encoded(), receiveCount: count, sent: clock.now,
            receipt: .init(rawValue: UUID().uuidString))
    }

    func stored(_ job: Job) async throws -> Job {
        try #require(try await jobs.job(job.id))
    }

    /// What was published to `job_results`.
    func announcements() async throws -> [JobFinished] {
        try await notifyQueue.receive(limit: 10, visibility: 0, wait: 0).map { try JobFinished(body: $0.body) }
    }
}

/// An engine that does what the test says.
struct ScriptedEngine: AnnotationEngine {
    let script: @Sendable (AnnotationTask) async throws -> Void

    func annotate(_ task: AnnotationTask, progress: @escaping @Sendable (JobProgress) -> Void) async throws
        -> ResultSummary
    {
        progress(JobProgress(records: 1, bytes: 2, totalBytes: 4, seconds: 0.5))
        try await script(task)
        try Data("annotated".utf8).write(to: URL(fileURLWithPath: task.output))
        try Data("log".utf8).write(to: URL(fileURLWithPath: task.log))
        var summary = ResultSummary(reference: "rCRS", referenceDescription: "")
        summary.records = 2
        return summary
    }

    /// One that succeeds at once.
    static let working = ScriptedEngine { _ in }
}
