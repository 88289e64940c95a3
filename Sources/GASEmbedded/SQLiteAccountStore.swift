import Foundation
import GAS
import GRDB

/// Accounts in the table `accounts`. A unique index keeps two local accounts from sharing an e-mail address.
public struct SQLiteAccountStore: AccountStore {
    static let columns = "id, name, email, institution, role, role_since, created, issuer, subject, email_confirmed"

    let database: EmbeddedDatabase

    /// Keeps accounts in a database.
    public init(database: EmbeddedDatabase) {
        self.database = database
    }

    /// Inserts a row unless one of the unique indexes forbids it, or an account of that id is being deleted.
    public func add(_ account: Account, passwordHash: String?) async throws -> Bool {
        try await changesOneRow(
            """
            INSERT INTO accounts (\(SQLiteAccountStore.columns), password_hash)
            SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM deletions WHERE account_id = ?)
            ON CONFLICT DO NOTHING
            """,
            [
                account.id.rawValue, account.name, account.email, account.institution, account.role.rawValue,
                account.roleSince.milliseconds, account.created.milliseconds, account.identity?.issuer,
                account.identity?.subject, account.isEmailConfirmed, passwordHash, account.id.rawValue,
            ]
        )
    }

    /// Reads a row by its primary key.
    public func account(_ id: AccountID) async throws -> Account? {
        try database.lookUp { db in
            try Row.fetchOne(
                try db.cachedStatement(sql: "SELECT \(SQLiteAccountStore.columns) FROM accounts WHERE id = ?"),
                arguments: [id.rawValue]
            ).map(SQLiteAccountStore.account)
        }
    }

    /// Reads a row by the index of identities.
    public func account(of identity: Identity) async throws -> Account? {
        try await database.read { db in
            try Row.fetchOne(
                db,
                sql: "SELECT \(SQLiteAccountStore.columns) FROM accounts WHERE issuer = ? AND subject = ?",
                arguments: [identity.issuer, identity.subject]
            ).map(SQLiteAccountStore.account)
        }
    }

    /// Reads a row by the index of local e-mail addresses.
    public func localAccount(email: String) async throws -> (account: Account, passwordHash: String)? {
        try await database.read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT \(SQLiteAccountStore.columns), password_hash FROM accounts
                    WHERE email = ? AND password_hash IS NOT NULL
                    """,
                arguments: [email]
            ).map { (account: try SQLiteAccountStore.account($0), passwordHash: $0["password_hash"]) }
        }
    }

    /// Changes a row unless the index of local e-mail addresses forbids it.
    public func updateProfile(_ account: Account) async throws -> Bool {
        try await changesOneRow(
            "UPDATE OR IGNORE accounts SET name = ?, email = ?, institution = ?, email_confirmed = ? WHERE id = ?",
            [account.name, account.email, account.institution, account.isEmailConfirmed, account.id.rawValue]
        )
    }

    /// Carries out one conditional `UPDATE`.
    public func changeRole(
        of id: AccountID, from old: Role, to new: Role, at time: @autoclosure @escaping @Sendable () -> Date
    ) async throws -> Bool {
        try await database.write { db in
            try db.execute(
                sql: "UPDATE accounts SET role = ?, role_since = ?, role_unsettled = 1 WHERE id = ? AND role = ?",
                arguments: [new.rawValue, time().milliseconds, id.rawValue, old.rawValue])
            return db.changesCount == 1
        }
    }

    /// Carries out one conditional `UPDATE`.
    public func settleRole(of id: AccountID, since: Date) async throws {
        _ = try await changesOneRow(
            "UPDATE accounts SET role_unsettled = NULL WHERE id = ? AND role_since = ?",
            [id.rawValue, since.milliseconds]
        )
    }

    /// Walks the index of the unsettled roles.
    public func unsettledRoles(before: Date, limit: Int) async throws -> [Account] {
        try await database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT \(SQLiteAccountStore.columns) FROM accounts
                    WHERE role_unsettled IS NOT NULL AND role_since < ? ORDER BY role_since LIMIT ?
                    """,
                arguments: [before.milliseconds, limit]
            ).map(SQLiteAccountStore.account)
        }
    }

    /// Carries out one conditional `UPDATE`.
    public func replacePasswordHash(of id: AccountID, from old: String, to new: String) async throws -> Bool {
        try await changesOneRow(
            "UPDATE accounts SET password_hash = ? WHERE id = ? AND password_hash = ?", [new, id.rawValue, old])
    }

    private func changesOneRow(_ sql: String, _ arguments: StatementArguments) async throws -> Bool {
        try await database.write { db in
            try db.execute(sql: sql, arguments: arguments)
            return db.changesCount == 1
        }
    }

    static func account(_ row: Row) throws -> Account {
        guard let role = Role(rawValue: row["role"]) else {
            throw GASError(.corrupted, "A stored account has a role that does not exist.")
        }
        return Account(
            id: AccountID(rawValue: row["id"]),
            name: row["name"],
            email: row["email"],
            institution: row["institution"],
            role: role,
            roleSince: Date(milliseconds: row["role_since"]),
            created: Date(milliseconds: row["created"]),
            identity: identity(row),
            isEmailConfirmed: row["email_confirmed"]
        )
    }

    private static func identity(_ row: Row) -> Identity? {
        guard let issuer: String = row["issuer"], let subject: String = row["subject"] else { return nil }
        return Identity(issuer: issuer, subject: subject)
    }
}
