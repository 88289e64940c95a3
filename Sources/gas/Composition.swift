import AsyncHTTPClient
import Annotation
import CoreMetrics
import Foundation
import GAS
import GASEmbedded
import GASIdentity
import GASMail
import GASPayments
import GASPostgres
import GASWeb
import GASWorkers
import Logging
import ServiceLifecycle
import UnixSignals

/// The only place that knows which adapter stands behind which port.
struct Composition {
    let configuration: EffectiveConfiguration
    let clock = SystemClock()
    let logger: Logger
    let folders: DataFolders
    let database: EmbeddedDatabase
    let postgres: PostgresDatabase?
    let jobs: any JobStore
    let accounts: any AccountStore
    let sessions: any SessionStore
    let audit: any AuditLog
    let objects: FileObjectStore
    let messaging: Messaging
    let archive: FolderArchive
    let payments: any PaymentStore
    let paymentClient: HTTPClient
    let identityClient: HTTPClient
    let tickets: any TicketStore
    let announcements: any AnnouncementStore

    /// Opens what every role needs.
    init(_ configuration: EffectiveConfiguration) async throws {
        self.configuration = configuration
        Self.bootstrapLogging(configuration)
        MetricsSystem.bootstrap(Self.metrics)
        logger = Logger(label: "gas")
        folders = try DataFolders(configuration)
        database = try EmbeddedDatabase(path: folders.database, logger: Logger(label: "gas.database"))
        postgres = try Self.postgres(configuration)
        if let postgres { try await Self.prepare(postgres, configuration) }
        let stores = postgres.map { Stores($0) } ?? Stores(database)
        jobs = stores.jobs
        accounts = stores.accounts
        sessions = stores.sessions
        audit = stores.audit
        payments = stores.payments
        tickets = stores.tickets
        announcements = stores.announcements
        let publicURL = Self.publicURL(configuration)
        objects = try FileObjectStore(
            root: folders.objects, database: database, signingKey: try Self.signingKey(configuration, folders),
            baseURL: publicURL, clock: clock)
        let queues = EmbeddedQueues(database: database, clock: clock)
        let thaw = queues.line(Settings.thawQueueName, configuration)
        let thawTopic = queues.topic([thaw.queue])
        if let postgres {
            messaging = Messaging(
                configuration, kind: PostgresQueues(database: postgres, clock: clock), thaw: thaw, thawTopic: thawTopic)
        } else {
            messaging = Messaging(configuration, kind: queues, thaw: thaw, thawTopic: thawTopic)
        }
        paymentClient = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .stripe)
        identityClient = Self.identityClient(configuration)
        archive = try FolderArchive(
            root: folders.archive, database: database, thaw: [thaw.queue],
            settings: Self.archiveSettings(configuration), clock: clock)
    }

    /// Runs services until SIGTERM or SIGINT, then lets them finish.
    func run(_ services: [any Service]) async throws {
        let group = ServiceGroup(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        let result = await Result(catching: { try await group.run() })
        try await close()
        try result.get()
        logger.info("Stopped.")
    }

    /// Closes what was opened.
    func close() async throws {
        try await paymentClient.shutdown()
        try await identityClient.shutdown()
        await postgres?.close()
    }

    /// The web server, which tells the person at the terminal where it is once it listens.
    func web() async throws -> any Service {
        let installed = try InstalledReferences(configuration, folders)
        let assemblies = InstalledAssemblies(installed.library, first: try installed.prepare(logger: logger))
        let services = WebServices(
            jobs: jobs, accounts: accounts, sessions: sessions, audit: audit, objects: objects, endpoint: objects,
            jobRequests: messaging.requests,
            localAccounts: LocalAccounts(
                accounts: accounts, hasher: passwordHasher, clock: clock,
                shortestPassword: configuration[Settings.shortestPassword],
                reservedAddresses: administrators.reservedAddresses),
            signIns: try signIns, confirmation: try addressConfirmation,
            administrators: administrators, deletion: try deletion(), operations: operations,
            subscriptions: try subscriptions, plans: plans, clock: clock, readiness: readinessChecks)
        let settings = try webSettings(assemblies: { assemblies.lines })
        let welcome = Welcome(settings: settings)
        return try await WebApplication(settings: settings, services: services, logger: Logger(label: "gas.web")) {
            welcome.greet(port: $0)
        }
    }

    /// An annotator.
    func annotator() throws -> any Service {
        let engine = try engine()
        let logger = Logger(label: "gas.annotator")
        let handler = Annotator(
            jobs: jobs, objects: objects, results: messaging.results,
            engine: engine,
            settings: AnnotatorSettings(
                owner: Self.processName, leaseSeconds: configuration[Settings.annotatorLeaseSeconds],
                heartbeatSeconds: configuration[Settings.annotatorHeartbeatSeconds],
                maximumAttempts: configuration[Settings.annotatorMaximumAttempts], workDirectory: folders.work,
                resultsBucket: configuration[Settings.objectsResultsBucket],
                keyPrefix: configuration[Settings.objectsPrefix]),
            clock: clock)
        return QueueConsumer(
            queue: messaging.requestQueue, deadLetters: messaging.requestDeadLetters, handler: handler,
            settings: consumerSettings(concurrency: configuration[Settings.annotatorConcurrency]), clock: clock,
            logger: logger)
    }

    /// The sender of mails.
    func notifier() throws -> any Service {
        let handler = Notifier(
            jobs: jobs, accounts: accounts, mailer: try mailer(), mails: JobMail(publicURL: publicURL, plans: plans),
            leaseSeconds: configuration[Settings.notifierLeaseSeconds], clock: clock)
        return QueueConsumer(
            queue: messaging.notifyQueue, deadLetters: messaging.notifyDeadLetters, handler: handler,
            settings: consumerSettings(concurrency: configuration[Settings.notifierConcurrency]), clock: clock,
            logger: Logger(label: "gas.notifier"))
    }

    /// The sweeper.
    func sweeper() throws -> any Service {
        let (objects, sessions, archive, clock, payments, tickets) = (
            objects, sessions, archive, clock, payments, tickets
        )
        let eventSeconds = configuration[Settings.paymentsKeepEventsSeconds]
        let orphanSeconds = configuration[Settings.sweeperOrphanSeconds]
        let idle = configuration[Settings.sessionIdleSeconds]
        let absolute = configuration[Settings.sessionAbsoluteSeconds]
        var chores = [
            Sweeper.Chore(name: "endedSessions") {
                try await sessions.deleteExpired(
                    lastSeenBefore: clock.now.addingTimeInterval(-idle),
                    createdBefore: clock.now.addingTimeInterval(-absolute))
            },
            Sweeper.Chore(name: "orphanedFiles") { try await objects.sweepOrphans(olderThan: orphanSeconds) },
            Sweeper.Chore(name: "orphanedContents") { try await archive.sweepOrphans(olderThan: orphanSeconds) },
            Sweeper.Chore(name: "paymentEvents") {
                try await payments.forgetEvents(before: clock.now.addingTimeInterval(-eventSeconds))
            },
            Sweeper.Chore(name: "expiredTickets") { try await tickets.deleteExpired(at: clock.now) },
            Sweeper.Chore(name: "expiredRetrievals") { try await archive.removeExpiredRetrievals() },
        ]
        if let retention = inputRetention { chores.append(Sweeper.Chore(name: "expiredInputs", work: retention.run)) }
        return Sweeper(
            jobs: jobs, accounts: accounts, objects: objects, archive: archive,
            topics: .init(
                jobRequests: messaging.requests, jobResults: messaging.results,
                archiveRequests: messaging.archiveRequests, restoreRequests: messaging.restoreRequests,
                notices: messaging.notices),
            chores: chores, urgentChores: try urgentChores(),
            settings: SweeperSettings(
                interval: configuration[Settings.sweeperIntervalSeconds],
                patience: configuration[Settings.sweeperPatienceSeconds],
                uploadPatience: configuration[Settings.sweeperUploadPatienceSeconds],
                housekeepingInterval: configuration[Settings.sweeperHousekeepingSeconds],
                inputsBucket: configuration[Settings.objectsInputsBucket],
                resultsBucket: configuration[Settings.objectsResultsBucket],
                keyPrefix: configuration[Settings.objectsPrefix], batch: configuration[Settings.sweeperBatch]),
            clock: clock, logger: Logger(label: "gas.sweeper"))
    }

    /// Everything but web servers and annotators.
    func utility() throws -> [any Service] {
        [try notifier(), archiver(), restorer(), thawer(), try sweeper()]
    }

    /// Unique among all processes that share a data folder.
    private static var processName: String {
        "\(ProcessInfo.processInfo.hostName)-\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString.prefix(8))"
    }

    private static func bootstrapLogging(_ configuration: EffectiveConfiguration) {
        let level = Logger.Level(rawValue: configuration[Settings.logLevel].rawValue) ?? .info
        let isJSON =
            switch configuration[Settings.logFormat] {
            case .json: true
            case .text: false
            case .auto: isatty(STDERR_FILENO) == 0
            }
        LoggingSystem.bootstrap { label in
            if isJSON { return JSONLogHandler(label: label, logLevel: level) }
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
    }

    private static func signingKey(_ configuration: EffectiveConfiguration, _ folders: DataFolders) throws -> Data {
        let configured = configuration[Settings.objectsSigningKey]
        let key = configured.isEmpty ? try SecretFile(path: folders.signingKey).readOrMakeKey() : configured
        return Data(key.utf8)
    }

    var publicURL: String { Self.publicURL(configuration) }

    /// Where people reach the service, without a slash at the end.
    private static func publicURL(_ configuration: EffectiveConfiguration) -> String {
        let configured = configuration[Settings.webPublicURL]
        guard configured.isEmpty else { return configured }
        let scheme = configuration[Settings.webPlainHTTP] ? "http" : "https"
        return "\(scheme)://localhost:\(configuration[Settings.webPort])"
    }

    func consumerSettings(concurrency: Int) -> ConsumerSettings {
        ConsumerSettings(
            concurrency: concurrency, visibility: configuration[Settings.queueVisibilitySeconds],
            wait: configuration[Settings.queueWaitSeconds], backoff: configuration[Settings.queueBackoffSeconds],
            maximumBackoff: configuration[Settings.queueMaximumBackoffSeconds],
            grace: configuration[Settings.queueGraceSeconds])
    }

    private var passwordHasher: PasswordHasher {
        PasswordHasher(
            cost: .init(logRounds: configuration[Settings.passwordCost]),
            width: configuration[Settings.passwordConcurrency])
    }

    func mailer() throws -> any Mailer {
        let sender = MailAddress(
            name: configuration[Settings.mailSenderName], address: configuration[Settings.mailSenderAddress])
        guard sender.isValid else {
            throw GASError(
                .invalid, "The setting \(Settings.mailSenderAddress.key) is '\(sender.address)', which is no address.")
        }
        let domain = String(sender.address.split(separator: "@")[1])
        switch configuration[Settings.mailTransport] {
        case .outbox:
            return try OutboxMailer(directory: folders.outbox, sender: sender, messageDomain: domain, clock: clock)
        case .smtp:
            return SMTPMailer(settings: smtpSettings, sender: sender, messageDomain: domain, clock: clock)
        }
    }

    private var smtpSettings: SMTPSettings {
        func optional(_ setting: Setting<String>) -> String? {
            configuration[setting].isEmpty ? nil : configuration[setting]
        }
        return SMTPSettings(
            host: configuration[Settings.smtpHost], port: configuration[Settings.smtpPort],
            security: configuration[Settings.smtpSecurity], user: optional(Settings.smtpUser),
            password: optional(Settings.smtpPassword), authorities: optional(Settings.smtpAuthorities),
            timeout: configuration[Settings.smtpTimeoutSeconds])
    }
}

extension Result where Failure == any Error {
    /// What came of it, kept until other things are done.
    fileprivate init(catching body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
