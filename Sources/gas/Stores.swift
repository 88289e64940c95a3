import GAS
import GASAWS
import GASEmbedded
import GASPostgres

/// The database in which accounts and the like are kept.
enum DatabaseConnection {
    case sqlite(EmbeddedDatabase)
    case postgres(PostgresDatabase)
}

/// Where accounts, jobs and the like are kept.
struct Stores {
    var jobs: any JobStore
    let accounts: any AccountStore
    let sessions: any SessionStore
    let audit: any AuditLog
    let payments: any PaymentStore
    let tickets: any TicketStore
    let announcements: any AnnouncementStore

    /// All in one database.
    init(_ connection: DatabaseConnection) {
        switch connection {
        case .sqlite(let database):
            jobs = SQLiteJobStore(database: database)
            accounts = SQLiteAccountStore(database: database)
            sessions = SQLiteSessionStore(database: database)
            audit = SQLiteAuditLog(database: database)
            payments = SQLitePaymentStore(database: database)
            tickets = SQLiteTicketStore(database: database)
            announcements = SQLiteAnnouncementStore(database: database)
        case .postgres(let database):
            jobs = PostgresJobStore(database: database)
            accounts = PostgresAccountStore(database: database)
            sessions = PostgresSessionStore(database: database)
            audit = PostgresAuditLog(database: database)
            payments = PostgresPaymentStore(database: database)
            tickets = PostgresTicketStore(database: database)
            announcements = PostgresAnnouncementStore(database: database)
        }
    }

    /// The same with jobs in DynamoDB, if the settings say so.
    func with(_ aws: AWSAccess?) -> Stores {
        guard let aws, aws.layout.configuration[Settings.jobStore] == .dynamodb else { return self }
        var stores = self
        stores.jobs = DynamoDBJobStore(
            table: aws.layout.table, client: aws.client,
            pollSeconds: aws.layout.configuration[Settings.awsPollSeconds])
        return stores
    }
}
