import GAS
import GASTesting
import Testing

/// The ports in memory keep the rules that the real adapters keep; tests that use them test the real thing.
@Suite(.timeLimit(.minutes(1)))
struct InMemoryConformanceTests {
    private let clock = ManualClock()

    @Test(arguments: JobStoreConformance.allCases)
    func jobStore(_ rule: JobStoreConformance) async throws {
        try await rule.check(InMemoryJobStore(), clock: clock)
    }

    @Test(arguments: AnnouncementStoreConformance.allCases)
    func announcementStore(_ rule: AnnouncementStoreConformance) async throws {
        try await rule.check(InMemoryAnnouncementStore(), clock: clock)
    }

    @Test(arguments: FarmStoreConformance.allCases)
    func farmStore(_ rule: FarmStoreConformance) async throws {
        try await rule.check(InMemoryFarmStore())
    }

    @Test(arguments: AccountStoreConformance.allCases)
    func accountStore(_ rule: AccountStoreConformance) async throws {
        try await rule.check(InMemoryAccountStore(), clock: clock)
    }

    @Test(arguments: SessionStoreConformance.allCases)
    func sessionStore(_ rule: SessionStoreConformance) async throws {
        try await rule.check(InMemorySessionStore(), clock: clock)
    }

    @Test(arguments: AccountListConformance.allCases)
    func accountList(_ rule: AccountListConformance) async throws {
        try await rule.check(InMemoryAccountStore(), clock: clock)
    }

    @Test(arguments: JobDeletionConformance.allCases)
    func jobDeletion(_ rule: JobDeletionConformance) async throws {
        try await rule.check(InMemoryJobStore(), clock: clock)
    }

    @Test(arguments: AuditLogConformance.allCases)
    func auditLog(_ rule: AuditLogConformance) async throws {
        try await rule.check(InMemoryAuditLog(), clock: clock)
    }

    @Test(arguments: TicketStoreConformance.allCases)
    func ticketStore(_ rule: TicketStoreConformance) async throws {
        try await rule.check(InMemoryTicketStore(), clock: clock)
    }

    @Test(arguments: MessagingConformance.allCases)
    func messaging(_ rule: MessagingConformance) async throws {
        let plain = InMemoryQueue(name: "plain", clock: clock)
        let delayed = InMemoryQueue(name: "delayed", clock: clock, delay: 2 * clock.unit)
        let dead = InMemoryQueue(name: "dead", clock: clock)
        let redriven = InMemoryQueue(name: "redriven", clock: clock, maximumReceives: 2, deadLetters: dead)
        let fixture = MessagingFixture(
            topic: InMemoryTopic(queues: [plain, delayed, redriven]),
            plain: plain,
            delayed: delayed,
            redriven: redriven,
            deadLetters: dead
        )
        try await rule.check(fixture, clock: clock)
    }

    @Test(arguments: ObjectStoreConformance.allCases)
    func objectStore(_ rule: ObjectStoreConformance) async throws {
        try await rule.check(InMemoryObjectStore(clock: clock), clock: clock)
    }

    @Test(arguments: ObjectEndpointConformance.allCases)
    func objectEndpoint(_ rule: ObjectEndpointConformance) async throws {
        try await rule.check(InMemoryObjectStore(clock: clock), clock: clock)
    }

    @Test(arguments: PaymentStoreConformance.allCases)
    func paymentStore(_ rule: PaymentStoreConformance) async throws {
        try await rule.check(InMemoryPaymentStore(), clock: clock)
    }

    @Test(arguments: ArchiveStoreConformance.allCases)
    func archiveStore(_ rule: ArchiveStoreConformance) async throws {
        let archive = InMemoryArchiveStore(clock: clock, keepSeconds: 3600)
        let fixture = ArchiveFixture(
            archive: archive, announcements: { archive.takeAnnouncements() },
            exhaustExpedited: { archive.refusesExpedited = true }, damage: { archive.corrupt($0) })
        try await rule.check(fixture, clock: clock)
    }
}
