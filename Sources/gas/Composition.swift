import AsyncHTTPClient
import Annotation
import CoreMetrics
import Foundation
import GAS
import GASAWS
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
    /// The database of the data folder; `nil` when nothing is kept there.
    let database: EmbeddedDatabase?
    let postgres: PostgresDatabase?
    let aws: AWSAccess?
    let jobs: any JobStore
    let accounts: any AccountStore
    let sessions: any SessionStore
    let audit: any AuditLog
    let objectPlace: ObjectPlace
    let messaging: Messaging
    let archivePlace: ArchivePlace
    let payments: any PaymentStore
    let paymentClient: HTTPClient
    let identityClient: HTTPClient
    let tickets: any TicketStore
    let announcements: any AnnouncementStore

    /// Opens what every role needs.
    init(_ configuration: EffectiveConfiguration, bootstrapsLogging: Bool = true) async throws {
        self.configuration = configuration
        if bootstrapsLogging {
            Self.bootstrapLogging(configuration)
            MetricsSystem.bootstrap(Self.metrics)
        }
        logger = Logger(label: "gas")
        folders = try DataFolders(configuration)
        aws = configuration.usesAWS ? try AWSAccess(configuration, clock: clock) : nil
        let connection: DatabaseConnection
        (database, postgres, connection) = try await Self.databases(configuration, folders, aws)
        let stores = Stores(connection).with(aws)
        jobs = stores.jobs
        accounts = stores.accounts
        sessions = stores.sessions
        audit = stores.audit
        payments = stores.payments
        tickets = stores.tickets
        announcements = stores.announcements
        objectPlace = try Self.objects(configuration, folders, database, aws, clock: clock)
        messaging = try await Self.messaging(configuration, database, connection, aws, clock: clock)
        archivePlace = try Self.archive(
            configuration, folders, database, aws, objects: objectPlace.store, messaging: messaging, clock: clock)
        paymentClient = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .stripe)
        identityClient = Self.identityClient(configuration)
    }

    var objects: any ObjectStore { objectPlace.store }
    var archive: any ArchiveStore { archivePlace.store }

    /// Runs services until SIGTERM, SIGINT or SIGHUP, then lets them finish.
    /// - Parameter takesHangup: whether SIGHUP means something else to one of the services.
    func run(_ services: [any Service], takesHangup: Bool = false) async throws {
        var signals = [UnixSignal.sigterm, .sigint]
        if !takesHangup, !Self.ignoresHangup { signals.append(.sighup) }
        let group = ServiceGroup(
            services: services.map(NamedService.init), gracefulShutdownSignals: signals, logger: logger)
        await warnOfMissingGuards()
        let result = await Result(catching: { try await group.run() })
        try await close()
        try result.get()
        logger.info("Stopped.")
    }

    /// Whether whoever started this process wants it to outlive its terminal, as nohup(1) does.
    private static var ignoresHangup: Bool {
        var action = sigaction()
        guard sigaction(SIGHUP, nil, &action) == 0 else { return false }
        // SIG_IGN, of which Glibc's module makes a function that cannot be compared.
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    /// Tells the log when the audit log can be changed. Nothing is put back here: somebody has removed it, and that must be
    /// looked at first.
    private func warnOfMissingGuards() async {
        do {
            let missing = try await audit.missingGuards()
            guard !missing.isEmpty else { return }
            logger.error(
                "What keeps the audit log from being changed was removed; see 'gas audit verify'.",
                metadata: ["missing": "\(missing.joined(separator: ", "))"])
        } catch {
            logger.error("The guards of the audit log cannot be looked at.", metadata: ["error": "\(error)"])
        }
    }

    /// Ends all connections.
    func close() async throws {
        try await paymentClient.shutdown()
        try await identityClient.shutdown()
        try await aws?.close()
        await postgres?.close()
    }

    /// The web server, which tells the person at the terminal where it is once it listens.
    func web() async throws -> any Service {
        let installed = try InstalledReferences(configuration, folders)
        let assemblies = InstalledAssemblies(installed.library, first: try installed.prepare(logger: logger))
        let services = WebServices(
            jobs: jobs, accounts: accounts, sessions: sessions, audit: audit, objects: objects,
            endpoint: objectPlace.endpoint,
            jobRequests: messaging.requests,
            accountNotices: messaging.notices, localAccounts: localAccounts, passwordReset: passwordReset,
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
        QueueConsumer(
            queue: messaging.notifyQueue, deadLetters: messaging.notifyDeadLetters, handler: try notifyHandler(),
            settings: consumerSettings(concurrency: configuration[Settings.notifierConcurrency]), clock: clock,
            logger: Logger(label: "gas.notifier"))
    }

    /// What the sender of mails makes of a message.
    func notifyHandler() throws -> Notifier {
        Notifier(
            jobs: jobs, accounts: accounts, mailer: try mailer(), mails: JobMail(publicURL: publicURL, plans: plans),
            accountNotices: AccountNotifier(
                accounts: accounts, links: passwordReset, mailer: try mailer(), mails: AccountMail(publicURL: publicURL)
            ),
            leaseSeconds: configuration[Settings.notifierLeaseSeconds], clock: clock)
    }

    /// The sweeper.
    func sweeper() throws -> any Service {
        let (sessions, clock, payments, tickets) = (sessions, clock, payments, tickets)
        let eventSeconds = configuration[Settings.paymentsKeepEventsSeconds]
        let idle = configuration[Settings.sessionIdleSeconds]
        let absolute = configuration[Settings.sessionAbsoluteSeconds]
        var chores = [
            Sweeper.Chore(name: "endedSessions") {
                try await sessions.deleteExpired(
                    lastSeenBefore: clock.now.addingTimeInterval(-idle),
                    createdBefore: clock.now.addingTimeInterval(-absolute))
            },
            Sweeper.Chore(name: "paymentEvents") {
                try await payments.forgetEvents(before: clock.now.addingTimeInterval(-eventSeconds))
            },
            Sweeper.Chore(name: "expiredTickets") { try await tickets.deleteExpired(at: clock.now) },
        ]
        chores += objectPlace.chores + archivePlace.chores
        if let retention = inputRetention { chores.append(Sweeper.Chore(name: "expiredInputs", work: retention.run)) }
        return Sweeper(
            jobs: jobs, accounts: accounts, objects: objects, archive: archive,
            topics: .init(
                jobRequests: messaging.requests, jobResults: messaging.results,
                archiveRequests: messaging.archiveRequests, restoreRequests: messaging.restoreRequests,
                notices: messaging.notices),
            chores: chores, urgentChores: try urgentChores() + archivePlace.urgentChores,
            settings: SweeperSettings(
                interval: configuration[Settings.sweeperIntervalSeconds],
                patience: configuration[Settings.sweeperPatienceSeconds],
                uploadPatience: configuration[Settings.sweeperUploadPatienceSeconds],
                housekeepingInterval: configuration[Settings.sweeperHousekeepingSeconds],
                inputsBucket: configuration[Settings.objectsInputsBucket],
                resultsBucket: configuration[Settings.objectsResultsBucket],
                archiveBucket: AWSLayout(configuration: configuration).archiveBucket,
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

    /// Decides how log lines look. Once for a process.
    /// - Parameter least: nothing less important is logged, whatever the settings say.
    static func bootstrapLogging(_ configuration: EffectiveConfiguration, least: Logger.Level = .trace) {
        let level = max(least, Logger.Level(rawValue: configuration[Settings.logLevel].rawValue) ?? .info)
        let isJSON = configuration.logsJSON
        let process = configuration[Settings.logProcess]
        LoggingSystem.bootstrap { label in
            var handler: any LogHandler =
                isJSON
                ? JSONLogHandler(label: label, logLevel: level)
                : PlainLogHandler(StreamLogHandler.standardError(label: label))
            handler.logLevel = level
            if !process.isEmpty { handler[metadataKey: "process"] = .string(process) }
            return handler
        }
    }

    static func signingKey(_ configuration: EffectiveConfiguration, _ folders: DataFolders) throws -> Data {
        let configured = configuration[Settings.objectsSigningKey]
        let key = configured.isEmpty ? try SecretFile(path: folders.signingKey).readOrMakeKey() : configured
        return Data(key.utf8)
    }

    var publicURL: String { Self.publicURL(configuration) }

    /// Where people reach the service, without a slash at the end.
    static func publicURL(_ configuration: EffectiveConfiguration) -> String {
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
        case .ses:
            guard let aws else { throw GASError(.internal, "The way to AWS was not opened.") }
            let set = configuration[Settings.sesConfigurationSet]
            return SESMailer(sender: sender, configurationSet: set.isEmpty ? nil : set, client: aws.client) {
                [clock] mail in
                MIMEMessage(mail, from: sender, messageDomain: domain, date: clock.now).text
            }
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
