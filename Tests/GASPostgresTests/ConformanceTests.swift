import GAS
import GASPostgres
import GASTesting
import Testing

extension PostgresTests {
    /// The rules of every port, on a real server.
    @Suite(.timeLimit(.minutes(1)))
    struct PostgresConformanceTests {
        @Test(arguments: JobStoreConformance.allCases)
        func jobStore(_ rule: JobStoreConformance) async throws {
            try await Fixture.use { try await rule.check(PostgresJobStore(database: $0.database), clock: $0.clock) }
        }

        @Test(arguments: JobDeletionConformance.allCases)
        func jobDeletion(_ rule: JobDeletionConformance) async throws {
            try await Fixture.use { try await rule.check(PostgresJobStore(database: $0.database), clock: $0.clock) }
        }

        @Test(arguments: AccountStoreConformance.allCases)
        func accountStore(_ rule: AccountStoreConformance) async throws {
            try await Fixture.use { try await rule.check(PostgresAccountStore(database: $0.database), clock: $0.clock) }
        }

        @Test(arguments: AccountListConformance.allCases)
        func accountList(_ rule: AccountListConformance) async throws {
            try await Fixture.use { try await rule.check(PostgresAccountStore(database: $0.database), clock: $0.clock) }
        }

        @Test(arguments: SessionStoreConformance.allCases)
        func sessionStore(_ rule: SessionStoreConformance) async throws {
            try await Fixture.use { try await rule.check(PostgresSessionStore(database: $0.database), clock: $0.clock) }
        }

        @Test(arguments: TicketStoreConformance.allCases)
        func ticketStore(_ rule: TicketStoreConformance) async throws {
            try await Fixture.use { try await rule.check(PostgresTicketStore(database: $0.database), clock: $0.clock) }
        }

        @Test(arguments: AnnouncementStoreConformance.allCases)
        func announcementStore(_ rule: AnnouncementStoreConformance) async throws {
            try await Fixture.use {
                try await rule.check(PostgresAnnouncementStore(database: $0.database), clock: $0.clock)
            }
        }

        @Test(arguments: PaymentStoreConformance.allCases)
        func paymentStore(_ rule: PaymentStoreConformance) async throws {
            try await Fixture.use { try await rule.check(PostgresPaymentStore(database: $0.database), clock: $0.clock) }
        }

        @Test(arguments: AuditLogConformance.allCases)
        func auditLog(_ rule: AuditLogConformance) async throws {
            try await Fixture.use { try await rule.check(PostgresAuditLog(database: $0.database), clock: $0.clock) }
        }

        @Test(arguments: MessagingConformance.allCases)
        func messaging(_ rule: MessagingConformance) async throws {
            try await Fixture.use { try await rule.check($0.messaging, clock: $0.clock) }
        }
    }
}
