import GAS
import GASEmbedded
import GASPostgres

/// Where accounts, jobs and the like are kept.
struct Stores {
    let jobs: any JobStore
    let accounts: any AccountStore
    let sessions: any SessionStore
    let audit: any AuditLog
    let payments: any PaymentStore
    let tickets: any TicketStore
    let announcements: any AnnouncementStore

    /// In the database of the data folder.
    init(_ database: EmbeddedDatabase) {
        jobs = SQLiteJobStore(database: database)
        accounts = SQLiteAccountStore(database: database)
        sessions = SQLiteSessionStore(database: database)
        audit = SQLiteAuditLog(database: database)
        payments = SQLitePaymentStore(database: database)
        tickets = SQLiteTicketStore(database: database)
        announcements = SQLiteAnnouncementStore(database: database)
    }

    /// In PostgreSQL.
    init(_ database: PostgresDatabase) {
        jobs = PostgresJobStore(database: database)
        accounts = PostgresAccountStore(database: database)
        sessions = PostgresSessionStore(database: database)
        audit = PostgresAuditLog(database: database)
        payments = PostgresPaymentStore(database: database)
        tickets = PostgresTicketStore(database: database)
        announcements = PostgresAnnouncementStore(database: database)
    }
}
