import Foundation
import GAS
import GRDB

/// Payments in the tables `payment_customers` and `payment_events`.
public struct SQLitePaymentStore: PaymentStore {
    private let database: EmbeddedDatabase

    /// Keeps payments in a database.
    public init(database: EmbeddedDatabase) {
        self.database = database
    }

    /// Reads a row by its primary key.
    public func customer(of account: AccountID) async throws -> PaymentCustomer? {
        try await database.read { db in
            try Row.fetchOne(
                db, sql: "SELECT customer_id, subscription_id FROM payment_customers WHERE account_id = ?",
                arguments: [account.rawValue]
            ).map {
                PaymentCustomer(account: account, customer: $0["customer_id"], subscription: $0["subscription_id"])
            }
        }
    }

    /// Writes a row.
    public func save(_ customer: PaymentCustomer) async throws {
        try await database.write { db in
            try db.execute(
                sql:
                    "INSERT OR REPLACE INTO payment_customers (account_id, customer_id, subscription_id) VALUES (?, ?, ?)",
                arguments: [customer.account.rawValue, customer.customer, customer.subscription])
        }
    }

    /// Deletes a row, and overwrites it.
    public func forgetCustomer(of account: AccountID) async throws {
        try await database.write { db in
            try db.execute(
                sql: "DELETE FROM payment_customers WHERE account_id = ?", arguments: [account.rawValue])
        }
    }

    /// Looks for a row.
    public func isHandled(_ event: String) async throws -> Bool {
        try await database.read { db in
            try Int.fetchOne(db, sql: "SELECT 1 FROM payment_events WHERE event_id = ?", arguments: [event]) != nil
        }
    }

    /// Writes a row.
    public func markHandled(_ event: String, at time: Date) async throws {
        try await database.write { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO payment_events (event_id, handled) VALUES (?, ?)",
                arguments: [event, time.milliseconds])
        }
    }

    /// Removes rows.
    public func forgetEvents(before time: Date) async throws -> Int {
        try await database.write { db in
            try db.execute(sql: "DELETE FROM payment_events WHERE handled < ?", arguments: [time.milliseconds])
            return db.changesCount
        }
    }
}
