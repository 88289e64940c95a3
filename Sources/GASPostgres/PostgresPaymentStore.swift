import Foundation
import GAS

/// Payments in the tables `payment_customers` and `payment_events`.
public struct PostgresPaymentStore: PaymentStore {
    private let database: PostgresDatabase

    /// Keeps payments in a database.
    public init(database: PostgresDatabase) {
        self.database = database
    }

    /// Reads a row by its primary key.
    public func customer(of account: AccountID) async throws -> PaymentCustomer? {
        try await database.read { link in
            try link.query(
                "SELECT customer_id, subscription_id FROM payment_customers WHERE account_id = $1",
                [.text(account.rawValue)]
            ).rows.first.map {
                PaymentCustomer(account: account, customer: try $0.text(0), subscription: try $0.text(1))
            }
        }
    }

    /// Writes a row.
    public func save(_ customer: PaymentCustomer) async throws {
        try await database.write(isRepeatable: true) { link in
            try link.query(
                """
                INSERT INTO payment_customers (account_id, customer_id, subscription_id) VALUES ($1, $2, $3)
                ON CONFLICT (account_id) DO UPDATE SET customer_id = $2, subscription_id = $3
                """,
                [.text(customer.account.rawValue), .text(customer.customer), .text(customer.subscription)])
        }
    }

    /// Deletes a row.
    public func forgetCustomer(of account: AccountID) async throws {
        try await database.write(isRepeatable: true) { link in
            try link.query("DELETE FROM payment_customers WHERE account_id = $1", [.text(account.rawValue)])
        }
    }

    /// Looks for a row.
    public func isHandled(_ event: String) async throws -> Bool {
        try await database.read { link in
            try link.query("SELECT 1 FROM payment_events WHERE event_id = $1", [.text(event)]).count == 1
        }
    }

    /// Writes a row.
    public func markHandled(_ event: String, at time: Date) async throws {
        try await database.write(isRepeatable: true) { link in
            try link.query(
                """
                INSERT INTO payment_events (event_id, handled) VALUES ($1, $2)
                ON CONFLICT (event_id) DO UPDATE SET handled = $2
                """, [.text(event), .time(time)])
        }
    }

    /// Removes rows.
    public func forgetEvents(before time: Date) async throws -> Int {
        try await database.write { link in
            try link.query("DELETE FROM payment_events WHERE handled < $1", [.time(time)]).count
        }
    }
}
