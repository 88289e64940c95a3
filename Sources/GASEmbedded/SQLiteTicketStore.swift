import Foundation
import GAS
import GRDB

/// Tickets in the table `tickets`.
public struct SQLiteTicketStore: TicketStore {
    private static let columns = "token_hash, purpose, account_id, content, expires"

    private let database: EmbeddedDatabase

    /// Keeps tickets in a database.
    public init(database: EmbeddedDatabase) {
        self.database = database
    }

    /// Inserts a row unless the primary key forbids it.
    public func add(_ ticket: Ticket) async throws -> Bool {
        try await database.write { db in
            try db.execute(
                sql: """
                    INSERT INTO tickets (\(SQLiteTicketStore.columns)) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                    """,
                arguments: [
                    ticket.tokenHash, ticket.purpose.rawValue, ticket.account?.rawValue, ticket.content,
                    ticket.expires.milliseconds,
                ])
            return db.changesCount == 1
        }
    }

    /// Reads a row by its primary key.
    public func ticket(tokenHash: String, at time: Date) async throws -> Ticket? {
        try await database.read { try SQLiteTicketStore.ticket($0, tokenHash, at: time) }
    }

    /// Reads and deletes a row in one transaction.
    public func take(tokenHash: String, at time: Date) async throws -> Ticket? {
        try await database.write { db in
            let ticket = try SQLiteTicketStore.ticket(db, tokenHash, at: time)
            if ticket != nil {
                try db.execute(sql: "DELETE FROM tickets WHERE token_hash = ?", arguments: [tokenHash])
            }
            return ticket
        }
    }

    /// Deletes an account's rows by their index.
    public func deleteTickets(of account: AccountID) async throws -> Int {
        try await database.write { db in
            try db.execute(sql: "DELETE FROM tickets WHERE account_id = ?", arguments: [account.rawValue])
            return db.changesCount
        }
    }

    /// Deletes rows by the index of their expiry.
    public func deleteExpired(at time: Date) async throws -> Int {
        try await database.write { db in
            try db.execute(sql: "DELETE FROM tickets WHERE expires <= ?", arguments: [time.milliseconds])
            return db.changesCount
        }
    }

    private static func ticket(_ db: Database, _ tokenHash: String, at time: Date) throws -> Ticket? {
        try Row.fetchOne(
            db, sql: "SELECT \(columns) FROM tickets WHERE token_hash = ? AND expires > ?",
            arguments: [tokenHash, time.milliseconds]
        ).map { row in
            guard let purpose = Ticket.Purpose(rawValue: row["purpose"]) else {
                throw GASError(.corrupted, "A stored ticket has a purpose that does not exist.")
            }
            return Ticket(
                tokenHash: row["token_hash"], purpose: purpose,
                account: (row["account_id"] as String?).map { AccountID(rawValue: $0) }, content: row["content"],
                expires: Date(milliseconds: row["expires"]))
        }
    }
}
