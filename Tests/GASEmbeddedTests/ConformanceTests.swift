import GAS
import GASEmbedded
import GASTesting
import Testing

/// The rules of every port, on the real database and the real files.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct ConformanceTests {
    @Test(arguments: JobStoreConformance.allCases)
    func jobStore(_ rule: JobStoreConformance) async throws {
        try await Fixture.use { fixture in
            try await rule.check(SQLiteJobStore(database: fixture.database), clock: fixture.clock)
        }
    }

    @Test(arguments: AnnouncementStoreConformance.allCases)
    func announcementStore(_ rule: AnnouncementStoreConformance) async throws {
        try await Fixture.use { fixture in
            try await rule.check(SQLiteAnnouncementStore(database: fixture.database), clock: fixture.clock)
        }
    }

    @Test(arguments: FarmStoreConformance.allCases)
    func farmStore(_ rule: FarmStoreConformance) async throws {
        try await Fixture.use { fixture in
            try await rule.check(FileFarmStore(path: fixture.folder + "/farm.json"))
        }
    }

    @Test(arguments: AccountStoreConformance.allCases)
    func accountStore(_ rule: AccountStoreConformance) async throws {
        try await Fixture.use { fixture in
            try await rule.check(SQLiteAccountStore(database: fixture.database), clock: fixture.clock)
        }
    }

    @Test(arguments: SessionStoreConformance.allCases)
    func sessionStore(_ rule: SessionStoreConformance) async throws {
        try await Fixture.use { fixture in
            try await rule.check(SQLiteSessionStore(database: fixture.database), clock: fixture.clock)
        }
    }

    @Test(arguments: AccountListConformance.allCases)
    func accountList(_ rule: AccountListConformance) async throws {
        try await Fixture.use { fixture in
            try await rule.check(SQLiteAccountStore(database: fixture.database), clock: fixture.clock)
        }
    }

    @Test(arguments: JobDeletionConformance.allCases)
    func jobDeletion(_ rule: JobDeletionConformance) async throws {
        try await Fixture.use { fixture in
            try await rule.check(SQLiteJobStore(database: fixture.database), clock: fixture.clock)
        }
    }

    @Test(arguments: AuditLogConformance.allCases)
    func auditLog(_ rule: AuditLogConformance) async throws {
        try await Fixture.use { fixture in
            try await rule.check(SQLiteAuditLog(database: fixture.database), clock: fixture.clock)
        }
    }

    @Test(arguments: TicketStoreConformance.allCases)
    func ticketStore(_ rule: TicketStoreConformance) async throws {
        try await Fixture.use { fixture in
            try await rule.check(SQLiteTicketStore(database: fixture.database), clock: fixture.clock)
        }
    }

    @Test(arguments: MessagingConformance.allCases)
    func messaging(_ rule: MessagingConformance) async throws {
        try await Fixture.use { fixture in
            try await rule.check(fixture.messaging, clock: fixture.clock)
        }
    }

    @Test(arguments: ObjectStoreConformance.allCases)
    func objectStore(_ rule: ObjectStoreConformance) async throws {
        try await Fixture.use { fixture in
            try await rule.check(fixture.objects, clock: fixture.clock)
        }
    }

    @Test(arguments: ObjectEndpointConformance.allCases)
    func objectEndpoint(_ rule: ObjectEndpointConformance) async throws {
        try await Fixture.use { fixture in
            try await rule.check(fixture.objects, clock: fixture.clock)
        }
    }

    @Test(arguments: PaymentStoreConformance.allCases)
    func paymentStore(_ rule: PaymentStoreConformance) async throws {
        try await Fixture.use { fixture in
            try await rule.check(SQLitePaymentStore(database: fixture.database), clock: fixture.clock)
        }
    }

    @Test(arguments: ArchiveStoreConformance.allCases)
    func archiveStore(_ rule: ArchiveStoreConformance) async throws {
        try await Fixture.use { fixture in
            try await rule.check(try fixture.archiveFixture(), clock: fixture.clock)
        }
    }

    @Test(arguments: ArchiveStoreConformance.allCases)
    func objectArchive(_ rule: ArchiveStoreConformance) async throws {
        try await Fixture.use { fixture in
            try await rule.check(try fixture.objectArchiveFixture(), clock: fixture.clock)
        }
    }
}
