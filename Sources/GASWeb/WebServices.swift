import GAS
import GASIdentity

/// What the web server needs of the rest of the service.
public struct WebServices: Sendable {
    /// A dependency that must answer before the service is ready.
    public struct ReadinessCheck: Sendable {
        /// What is shown when the check fails.
        public let name: String
        /// Throws when the dependency does not answer.
        public let check: @Sendable () async throws -> Void

        /// Names a check.
        public init(name: String, check: @escaping @Sendable () async throws -> Void) {
            self.name = name
            self.check = check
        }
    }

    /// What administrators see of the service besides accounts and jobs.
    public struct Operations: Sendable {
        let offices: [DeadLetterOffice]
        let announcements: any AnnouncementStore
        let waitingMails: @Sendable () async throws -> Int?
        let farm: (any FarmStore)?

        /// - Parameters:
        ///   - offices: the queues with what could not be dealt with.
        ///   - announcements: keeps what everybody is told.
        ///   - farm: tells of the farm that this server may be one of.
        ///   - waitingMails: how many mails lie in the outbox; `nil` when they are sent at once.
        public init(
            offices: [DeadLetterOffice], announcements: any AnnouncementStore, farm: (any FarmStore)? = nil,
            waitingMails: @escaping @Sendable () async throws -> Int?
        ) {
            self.offices = offices
            self.announcements = announcements
            self.farm = farm
            self.waitingMails = waitingMails
        }
    }

    let jobs: any JobStore
    let accounts: any AccountStore
    let sessions: any SessionStore
    let audit: any AuditLog
    let objects: any ObjectStore
    let endpoint: (any ObjectEndpoint)?
    let jobRequests: any Topic
    let accountNotices: any Topic
    let localAccounts: LocalAccounts
    let passwordReset: PasswordReset
    let signIns: SignIns
    let confirmation: AddressConfirmation
    let administrators: Administrators
    let deletion: AccountDeletion
    let operations: Operations
    let subscriptions: Subscriptions
    let plans: Plans
    let clock: any WallClock
    let readiness: [ReadinessCheck]

    /// Names the services.
    /// - Parameters:
    ///   - audit: where it is noted who did what.
    ///   - endpoint: the part of the object store that browsers talk to, when it has no server of its own.
    ///   - jobRequests: where new jobs are announced.
    ///   - accountNotices: where it is announced that somebody is to be told about their password.
    ///   - passwordReset: new passwords for who has forgotten theirs.
    ///   - signIns: signing in at identity providers.
    ///   - confirmation: makes sure of e-mail addresses.
    ///   - administrators: who may look at everything.
    ///   - operations: what administrators see of the service.
    ///   - readiness: run by `/readyz`.
    public init(
        jobs: any JobStore,
        accounts: any AccountStore,
        sessions: any SessionStore,
        audit: any AuditLog,
        objects: any ObjectStore,
        endpoint: (any ObjectEndpoint)?,
        jobRequests: any Topic,
        accountNotices: any Topic,
        localAccounts: LocalAccounts,
        passwordReset: PasswordReset,
        signIns: SignIns,
        confirmation: AddressConfirmation,
        administrators: Administrators,
        deletion: AccountDeletion,
        operations: Operations,
        subscriptions: Subscriptions,
        plans: Plans,
        clock: any WallClock = SystemClock(),
        readiness: [ReadinessCheck] = []
    ) {
        self.jobs = jobs
        self.accounts = accounts
        self.sessions = sessions
        self.audit = audit
        self.objects = objects
        self.endpoint = endpoint
        self.jobRequests = jobRequests
        self.accountNotices = accountNotices
        self.localAccounts = localAccounts
        self.passwordReset = passwordReset
        self.signIns = signIns
        self.confirmation = confirmation
        self.administrators = administrators
        self.deletion = deletion
        self.operations = operations
        self.subscriptions = subscriptions
        self.plans = plans
        self.clock = clock
        self.readiness = readiness
    }
}
