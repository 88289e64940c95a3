import Foundation
import GAS
import GASIdentity
import GASTesting
import GASWeb
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore

/// A whole site over ports in memory.
struct TestSite: Sendable {
    let clock: ManualClock
    let faults = FaultInjector()
    let jobs: InMemoryJobStore
    let accounts: InMemoryAccountStore
    let sessions = InMemorySessionStore()
    let tickets: InMemoryTicketStore
    let mailer: RecordingMailer
    let farm = InMemoryFarmStore()
    let announcements = InMemoryAnnouncementStore()
    let deadRequests: InMemoryQueue
    let audit: InMemoryAuditLog
    let objects: InMemoryObjectStore
    let requests: InMemoryQueue
    let archive: InMemoryArchiveStore
    let deletion: AccountDeletion
    /// What is to be told about passwords.
    let notices: InMemoryQueue
    let passwordReset: PasswordReset
    let restoreRequests: InMemoryQueue
    let archiveRequests: InMemoryQueue
    let web: WebApplication

    /// Makes a site.
    /// - Parameters:
    ///   - providers: where people can sign in besides.
    ///   - admins: who runs the site.
    ///   - concurrentJobs: how many jobs a Free account may have at the same time.
    ///   - logger: what the site writes its lines to.
    ///   - change: of the settings.
    init(
        readiness: [WebServices.ReadinessCheck] = [],
        payments: any PaymentProvider = NoPayment(),
        providers: [any IdentityProvider] = [],
        clock: ManualClock = ManualClock(),
        admins: [String] = [],
        concurrentJobs: Int = .max,
        logger: Logger = .silent,
        change: (inout WebSettings) -> Void = { _ in }
    ) async throws {
        self.clock = clock
        jobs = InMemoryJobStore(faults: faults)
        accounts = InMemoryAccountStore(faults: faults)
        audit = InMemoryAuditLog(faults: faults)
        tickets = InMemoryTicketStore(faults: faults)
        mailer = RecordingMailer(faults: faults)
        objects = InMemoryObjectStore(clock: clock, faults: faults)
        archive = InMemoryArchiveStore(clock: clock, faults: faults)
        requests = InMemoryQueue(name: "job_requests", clock: clock)
        deadRequests = InMemoryQueue(name: "job_requests-dead", clock: clock)
        notices = InMemoryQueue(name: "notify", clock: clock)
        restoreRequests = InMemoryQueue(name: "restore", clock: clock)
        archiveRequests = InMemoryQueue(name: "archive", clock: clock)
        var settings = WebSettings()
        settings.feedIntervalSeconds = 0
        change(&settings)
        let plans = Plans(
            free: Plan(name: "Free", uploadLimit: 1000, downloadWindow: 300, concurrentJobs: concurrentJobs),
            premium: Plan(name: "Premium", uploadLimit: 100_000, downloadWindow: nil)
        )
        let subscriptions = Subscriptions(
            provider: payments,
            payments: InMemoryPaymentStore(faults: faults),
            roleChange: RoleChange(
                accounts: accounts,
                announcement: RoleAnnouncement(
                    restoreRequests: InMemoryTopic(queues: [restoreRequests], faults: faults),
                    archiveRequests: InMemoryTopic(queues: [archiveRequests], faults: faults)
                ),
                audit: audit,
                clock: clock
            ),
            clock: clock
        )
        deletion = AccountDeletion(
            accounts: accounts,
            belongings: AccountBelongings(
                sessions: sessions,
                tickets: tickets,
                jobs: jobs,
                objects: objects,
                archive: archive,
                mailer: mailer,
                subscriptions: subscriptions,
                buckets: ["gas-inputs", "gas-results"],
                keyPrefix: "gas",
                batch: 2
            ),
            audit: audit,
            settleSeconds: 3600,
            clock: clock
        )
        let administrators = Administrators(admins, accounts: accounts)
        let locals = LocalAccounts(
            accounts: accounts,
            hasher: PasswordHasher(cost: .init(logRounds: 4)),
            clock: clock,
            reservedAddresses: administrators.reservedAddresses
        )
        passwordReset = PasswordReset(
            accounts: accounts,
            tickets: tickets,
            locals: locals,
            clock: clock,
            lifetime: 3600,
            publicURL: settings.publicURL
        )
        let services = WebServices(
            jobs: jobs,
            accounts: accounts,
            sessions: sessions,
            audit: audit,
            objects: objects,
            endpoint: objects,
            jobRequests: InMemoryTopic(queues: [requests], faults: faults),
            accountNotices: InMemoryTopic(queues: [notices], faults: faults),
            localAccounts: locals,
            passwordReset: passwordReset,
            signIns: SignIns(
                providers: providers,
                accounts: ProviderAccounts(accounts: accounts, clock: clock),
                tickets: tickets,
                seal: Seal(secret: "a sealing key of at least 32 characters"),
                clock: clock,
                patience: 600,
                publicURL: settings.publicURL
            ),
            confirmation: AddressConfirmation(
                accounts: accounts,
                tickets: tickets,
                mailer: mailer,
                clock: clock,
                lifetime: 3600,
                publicURL: settings.publicURL
            ),
            administrators: administrators,
            deletion: deletion,
            operations: WebServices.Operations(
                offices: [
                    DeadLetterOffice(
                        queue: requests, deadLetters: deadRequests, entrance: InMemoryTopic(queues: [requests])),
                    DeadLetterOffice(
                        queue: restoreRequests, deadLetters: InMemoryQueue(name: "dead", clock: clock),
                        entrance: InMemoryTopic(queues: [restoreRequests])),
                ],
                announcements: announcements,
                farm: farm,
                waitingMails: { [mailer] in mailer.mails.count }
            ),
            subscriptions: subscriptions,
            plans: plans,
            clock: clock,
            readiness: readiness
        )
        web = try await WebApplication(
            settings: settings,
            services: services,
            logger: logger
        )
    }

    /// Lets browsers visit the site.
    func visit<Value: Sendable>(
        _ body: @Sendable (any TestClientProtocol) async throws -> Value
    ) async throws -> Value {
        try await web.application.test(.router, body)
    }

    /// Somebody with an account and a session, without the detour by the sign-in page.
    func person(_ name: String = "Ada", role: Role = .free) async throws -> Person {
        let account = Account.sample(name: name, role: role, at: clock.now)
        _ = try await accounts.add(account, passwordHash: nil)
        return try await session(of: account)
    }

    /// A new session of somebody.
    func session(of account: Account) async throws -> Person {
        let live = Sessions(
            store: sessions,
            clock: clock,
            lifetime: .init(idle: 2 * 3600, absolute: 24 * 3600)
        )
        let (token, session) = try await live.begin(for: account.id, userAgent: "test")
        return Person(account: account, token: token, csrf: session.csrfToken)
    }

    /// An upload of somebody, as the object store has it.
    func upload(by person: Person, job: JobID = JobID(), name: String = "a.vcf", bytes: Int = 10) async throws
        -> ObjectLocation
    {
        let location = ObjectLocation(bucket: "gas-inputs", key: "gas/\(person.account.id)/\(job)~\(name)")
        _ = try await objects.put(Data(repeating: 65, count: bytes), at: location)
        return location
    }

    /// A job of somebody in the store.
    func job(of person: Person, name: String = "a.vcf", id: JobID = JobID()) async throws -> Job {
        let job = Job.sample(id: id, of: person.account.id, fileName: name, at: clock.now)
        _ = try await jobs.add(job)
        return job
    }

    /// A job of somebody with its files.
    func completedJob(of person: Person, name: String = "a.vcf", summary: ResultSummary = .sample) async throws -> Job {
        let job = try await job(of: person, name: name)
        let output = JobOutput.sample(job)
        _ = try await objects.put(Data("##fileformat=VCFv4.2\n".utf8), at: job.input)
        _ = try await objects.put(Data("##fileformat=VCFv4.2\n".utf8), at: output.result)
        _ = try await objects.put(Data("3 records\n<b>not bold</b>\n".utf8), at: output.log)
        _ = try await objects.put(try JSONEncoder().encode(summary), at: output.summary)
        return try await completed(job, output: output)
    }

    private func completed(_ job: Job, output: JobOutput) async throws -> Job {
        guard let claim = job.claim(by: "test", leaseSeconds: 60, now: clock.now),
            let running = try await jobs.update(claim),
            let completion = running.complete(output: output, progress: nil, now: clock.now.addingTimeInterval(2)),
            let completed = try await jobs.update(completion)
        else { throw GASError(.internal, "The job cannot be completed.") }
        return completed
    }
}

/// Somebody with a session.
struct Person: Sendable {
    let account: Account
    let token: String
    let csrf: String

    var headers: HTTPFields { [.cookie: "__Host-gas=\(token)"] }
}

extension TestClientProtocol {
    /// Opens a page.
    func get(_ path: String, as person: Person? = nil, headers: HTTPFields = [:]) async throws -> TestResponse {
        try await executeRequest(uri: path, method: .get, headers: headers + person, body: nil)
    }

    /// Sends a form.
    func post(_ path: String, _ form: [String: String], as person: Person? = nil, headers: HTTPFields = [:])
        async throws -> TestResponse
    {
        var all = headers + person
        all[.contentType] = "application/x-www-form-urlencoded"
        let body = form.map { "\($0.key.formEncoded)=\($0.value.formEncoded)" }.joined(separator: "&")
        return try await executeRequest(uri: path, method: .post, headers: all, body: ByteBuffer(string: body))
    }
}

extension String {
    var formEncoded: String { addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "" }
}

extension HTTPFields {
    static func + (fields: HTTPFields, person: Person?) -> HTTPFields {
        var all = fields
        for field in person?.headers ?? [:] { all[field.name] = field.value }
        return all
    }
}

extension TestResponse {
    var text: String { String(buffer: body) }
    var location: String? { headers[.location] }

    /// The value of the hidden field `csrf` of the page.
    var csrf: String? {
        text.range(of: "name=\"csrf\" value=\"").map { String(text[$0.upperBound...].prefix { $0 != "\"" }) }
    }

    /// The headers with which a browser follows the answer: its cookies, and what the answer lets the next page tell.
    func next(_ headers: HTTPFields) -> HTTPFields {
        let cookies = [headers[.cookie], cookie("__Host-gas-notice").map { "__Host-gas-notice=\($0)" }].compactMap {
            $0
        }
        var all = headers
        all[.cookie] = cookies.joined(separator: "; ")
        return all
    }

    /// A cookie that the answer sets, without its attributes.
    func cookie(_ name: String) -> String? {
        headers[values: .setCookie].first { $0.hasPrefix(name + "=") }
            .map { String($0.dropFirst(name.count + 1).prefix { $0 != ";" }) }
    }
}

extension ResultSummary {
    /// What a small job finds.
    static var sample: ResultSummary {
        var summary = ResultSummary(reference: "rCRS", referenceDescription: "Human mitochondrion, NC_012920.1")
        summary.records = 1141
        summary.alleles = 1203
        summary.consequences = [
            .init(name: "stop_gained", count: 3), .init(name: "frameshift_variant", count: 2),
            .init(name: "missense_variant", count: 301), .init(name: "synonymous_variant", count: 522),
            .init(name: "non_coding_transcript_exon_variant", count: 210),
            .init(name: "upstream_gene_variant", count: 165),
        ]
        summary.impacts = [
            .init(name: "HIGH", count: 5), .init(name: "MODERATE", count: 301), .init(name: "LOW", count: 522),
            .init(name: "MODIFIER", count: 375),
        ]
        summary.variantTypes = [
            .init(name: "SNV", count: 1170), .init(name: "insertion", count: 18), .init(name: "deletion", count: 15),
        ]
        summary.contigs = [.init(name: "MT", count: 1141)]
        summary.transitions = 1080
        summary.transversions = 90
        summary.known = 1100
        summary.novel = 103
        summary.genes = 37
        summary.referenceMismatches = 2
        summary.problems = [
            .init(line: 120, message: "REF is A, but the reference has G at MT:3107."),
            .init(line: 871, message: "ALT <DEL> has no sequence; it was annotated by position only."),
        ]
        summary.problemCount = 2
        summary.seconds = 0.012
        return summary
    }
}
