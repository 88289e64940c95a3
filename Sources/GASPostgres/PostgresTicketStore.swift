import Foundation
import GAS

/// Tickets in the table `tickets`.
public struct PostgresTicketStore: TicketStore {
    private static let columns = "token_hash, purpose, account_id, content, expires"

    private let database: PostgresDatabase

    /// Keeps tickets in a database.
    public init(database: PostgresDatabase) {
        self.database = database
    }

    /// Inserts a row unless the primary key forbids it.
    public func add(_ ticket: Ticket) async throws -> Bool {
        try await database.write { link in
            try link.query(
                "INSERT INTO tickets (\(Self.columns)) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                [
                    .text(ticket.tokenHash), .text(ticket.purpose.rawValue), .text(ticket.account?.rawValue),
                    .text(ticket.content), .time(ticket.expires),
                ]
            ).count == 1
        }
    }

    /// Reads a row by its primary key.
    public func ticket(tokenHash: String, at time: Date) async throws -> Ticket? {
        try await database.read { link in
            try link.query(
                "SELECT \(Self.columns) FROM tickets WHERE token_hash = $1 AND expires > $2",
                [.text(tokenHash), .time(time)]
            ).rows.first.map(Self.ticket)
        }
    }

    /// Deletes and reads a row in one statement.
    public func take(tokenHash: String, at time: Date) async throws -> Ticket? {
        try await database.write { link in
            try link.query(
                "DELETE FROM tickets WHERE token_hash = $1 AND expires > $2 RETURNING \(Self.columns)",
                [.text(tokenHash), .time(time)]
            ).rows.first.map(Self.ticket)
        }
    }

    /// Deletes an account's rows by their index.
    public func deleteTickets(of account: AccountID) async throws -> Int {
        try await database.write { link in
            try link.query("DELETE FROM tickets WHERE account_id = $1", [.text(account.rawValue)]).count
        }
    }

    /// Deletes rows by the index of their expiry.
    public func deleteExpired(at time: Date) async throws -> Int {
        try await database.write { link in
            try link.query("DELETE FROM tickets WHERE expires <= $1", [.time(time)]).count
        }
    }

    private static func ticket(_ row: PostgresRow) throws -> Ticket {
        guard let purpose = Ticket.Purpose(rawValue: try row.text(1)) else {
            throw GASError(.corrupted, "A stored ticket has a purpose that does not exist.")
        }
        return Ticket(
            tokenHash: try row.text(0), purpose: purpose,
            account: try row.textIfPresent(2).map(AccountID.init(rawValue:)), content: try row.text(3),
            expires: try row.time(4))
    }
}
