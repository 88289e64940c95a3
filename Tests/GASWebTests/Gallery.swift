import Foundation
import GAS
import GASIdentity
import GASTesting
import GASWeb
import Hummingbird
import Logging
import ServiceLifecycle
import Testing

/// Serves every page with jobs in every state, to be looked at in a browser and checked by tools:
///
///     GAS_GALLERY_PORT=8080 swift test --filter Gallery
///
/// Sign in as ada@example.org (Free) or grace@example.org (Premium) with the password "difference engine". The running
/// job runs in circles.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["GAS_GALLERY_PORT"] != nil))
struct Gallery {
    private let jobs = InMemoryJobStore()
    private let accounts = InMemoryAccountStore()
    private let objects = InMemoryObjectStore(clock: SystemClock())
    private let audit = InMemoryAuditLog()
    private let sessions = InMemorySessionStore()
    private let clock = SystemClock()

    @Test func serve() async throws {
        let port = Int(ProcessInfo.processInfo.environment["GAS_GALLERY_PORT"] ?? "") ?? 8080
        let locals = LocalAccounts(
            accounts: accounts,
            hasher: PasswordHasher(cost: .init(logRounds: 10)),
            clock: clock
        )
        let running = try await hang(try await signUp("Ada Lovelace", "ada@example.org", locals))
        let grace = try await signUp("Grace Hopper", "grace@example.org", locals)
        _ = try await accounts.changeRole(of: grace, from: .free, to: .premium, at: clock.now)
        for (number, place) in ResultPlace.allCases.enumerated() {
            let job = try await complete(add("\(place)_\(number).vcf", grace, ago: 600 - Double(number)))
            try await bring(job, to: place)
        }
        let web = try await WebApplication(
            settings: settings(port: port),
            services: WebServices(
                jobs: jobs,
                accounts: accounts,
                sessions: sessions,
                audit: audit,
                objects: objects,
                endpoint: objects,
                jobRequests: InMemoryTopic(queues: [InMemoryQueue(name: "job_requests", clock: clock)]),
                accountNotices: InMemoryTopic(queues: [InMemoryQueue(name: "notify", clock: clock)]),
                localAccounts: locals,
                passwordReset: PasswordReset(
                    accounts: accounts, tickets: InMemoryTicketStore(), locals: locals, clock: clock, lifetime: 3600,
                    publicURL: "http://localhost:\(port)"),
                signIns: SignIns(
                    providers: [], accounts: ProviderAccounts(accounts: accounts, clock: clock),
                    tickets: InMemoryTicketStore(), seal: Seal(secret: "the gallery's sealing key, which is no secret"),
                    clock: clock, patience: 600, publicURL: "http://localhost:\(port)"),
                confirmation: AddressConfirmation(
                    accounts: accounts, tickets: InMemoryTicketStore(), mailer: RecordingMailer(), clock: clock,
                    lifetime: 3600, publicURL: "http://localhost:\(port)"),
                administrators: Administrators(["grace@example.org"], accounts: accounts),
                deletion: deletion,
                operations: WebServices.Operations(offices: [], announcements: InMemoryAnnouncementStore()) { nil },
                subscriptions: subscriptions,
                plans: Plans(
                    free: Plan(name: "Free", uploadLimit: 153_600, downloadWindow: 300),
                    premium: Plan(name: "Premium", uploadLimit: 10_737_418_240, downloadWindow: nil)
                )
            ),
            logger: Logger(label: "gallery")
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await web.application.runService() }
            group.addTask { try await run(running) }
            try await group.next()
            group.cancelAll()
        }
    }

    private var subscriptions: Subscriptions {
        let nowhere = InMemoryTopic(queues: [])
        return Subscriptions(
            provider: NoPayment(),
            payments: InMemoryPaymentStore(),
            roleChange: RoleChange(
                accounts: accounts,
                announcement: RoleAnnouncement(restoreRequests: nowhere, archiveRequests: nowhere),
                audit: audit,
                clock: clock
            ),
            clock: clock
        )
    }

    private var deletion: AccountDeletion {
        AccountDeletion(
            accounts: accounts,
            belongings: AccountBelongings(
                sessions: sessions, tickets: InMemoryTicketStore(), jobs: jobs, objects: objects,
                archive: InMemoryArchiveStore(clock: clock),
                mailer: RecordingMailer(), subscriptions: subscriptions, buckets: ["gas-inputs", "gas-results"],
                keyPrefix: "gas", batch: 100),
            audit: audit,
            settleSeconds: 3600,
            clock: clock
        )
    }

    private func settings(port: Int) -> WebSettings {
        var settings = WebSettings()
        settings.port = port
        settings.publicURL = "http://localhost:\(port)"
        settings.jobsPerPage = 10
        settings.assemblies = { ["rCRS, human mitochondrion", "GRCh38, human genome", "GRCh37, human genome"] }
        settings.sampleDirectory = ProcessInfo.processInfo.environment["GAS_GALLERY_SAMPLES"]
        settings.version = "gallery"
        return settings
    }

    /// Puts jobs of every state on the wall.
    private func hang(_ account: AccountID) async throws -> Job {
        for number in 0..<12 {
            _ = try await complete(add("cohort_\(number).vcf", account, ago: 90_000 * Double(12 - number)))
        }
        try await bring(try await complete(add("free_1.vcf", account, ago: 600)), to: .archived)
        _ = try await complete(add("free_2.vcf", account, ago: 30))
        try await end(add("premium_1.vcf", account, ago: 500)) {
            $0.fail(
                reason: "The contigs of this file (chr21, chr22) look like GRCh38, which is not installed here. "
                    + "Installed: rCRS.",
                now: clock.now
            )
        }
        try await end(add("<script>alert(1)</script> \"quoted\" & a very long name indeed 🧬 .vcf", account, ago: 400)) {
            $0.cancel(now: clock.now)
        }
        let running = try await add("exome_batch_7.vcf.gz", account, ago: 60)
        let begun = try await add("begun.vcf.gz", account, ago: 30)
        _ = try await jobs.update(begun.claim(by: "gallery", leaseSeconds: 1e6, now: clock.now)!)
        _ = try await add("waiting_1.vcf", account, ago: 20)
        _ = try await add("waiting_2.vcf", account, ago: 5)
        return try await jobs.update(running.claim(by: "gallery", leaseSeconds: 1e6, now: clock.now)!)!
    }

    private func add(_ name: String, _ account: AccountID, ago seconds: Double) async throws -> Job {
        let job = Job.sample(of: account, fileName: name, at: clock.now.addingTimeInterval(-seconds))
        _ = try await jobs.add(job)
        _ = try await objects.put(Data("##fileformat=VCFv4.2\n".utf8), at: job.input)
        return job
    }

    private func end(_ job: Job, _ change: (Job) -> JobUpdate?) async throws {
        _ = try await jobs.update(change(job)!)
    }

    private func signUp(_ name: String, _ email: String, _ locals: LocalAccounts) async throws -> AccountID {
        let form = ProfileForm(name: name, email: email, institution: "Analytical Engines")
        guard case .created(let account) = try await locals.signUp(form, password: "difference engine") else {
            throw GASError(.conflict, "There is such an account already.")
        }
        return account.id
    }

    private func bring(_ job: Job, to place: ResultPlace) async throws {
        var job = job
        for step in place.steps { job = try await jobs.update(step(job, clock.now)!)! }
    }

    private func complete(_ job: Job) async throws -> Job {
        let output = JobOutput.sample(job)
        _ = try await objects.put(Data("##fileformat=VCFv4.2\n".utf8), at: output.result)
        _ = try await objects.put(Data("records    1,141\nannotated  1,139\n".utf8), at: output.log)
        _ = try await objects.put(try JSONEncoder().encode(ResultSummary.sample), at: output.summary)
        let begun = job.submitTime.addingTimeInterval(0.2)
        let running = try await jobs.update(job.claim(by: "gallery", leaseSeconds: 60, now: begun)!)!
        return try await jobs.update(
            running.complete(output: output, progress: nil, now: begun.addingTimeInterval(0.31))!
        )!
    }

    private func run(_ job: Job) async throws {
        var job = job
        while true {
            for step in 0...40 {
                let progress = JobProgress(
                    records: step * 25_311,
                    bytes: step,
                    totalBytes: 40,
                    seconds: Double(step) * 0.25
                )
                if let renewal = job.renew(progress: progress, leaseSeconds: 1e6, now: clock.now),
                    let renewed = try await jobs.update(renewal)
                {
                    job = renewed
                }
                try await clock.sleep(seconds: 0.25)
            }
        }
    }
}
