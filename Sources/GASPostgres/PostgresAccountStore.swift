import Foundation
import GAS

/// Accounts in the table `accounts`. A unique index keeps two local accounts from sharing an e-mail address.
public struct PostgresAccountStore: AccountStore {
    static let columns = "id, name, email, institution, role, role_since, created, issuer, subject, email_confirmed"

    let database: PostgresDatabase

    /// Keeps accounts in a database.
    public init(database: PostgresDatabase) {
        self.database = database
    }

    /// Inserts a row unless one of the unique indexes forbids it, or an account of that id is being deleted.
    public func add(_ account: Account, passwordHash: String?) async throws -> Bool {
        try await database.write { link in
            try Self.reserve(account.id, link)
            return try link.query(
                """
                INSERT INTO accounts (\(Self.columns), password_hash)
                SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
                WHERE NOT EXISTS (SELECT 1 FROM deletions WHERE account_id = $1)
                ON CONFLICT DO NOTHING
                """,
                [
                    .text(account.id.rawValue), .text(account.name), .text(account.email), .text(account.institution),
                    .text(account.role.rawValue), .time(account.roleSince), .time(account.created),
                    .text(account.identity?.issuer), .text(account.identity?.subject),
                    .flag(account.isEmailConfirmed), .text(passwordHash),
                ]
            ).count == 1
        }
    }

    /// Reads a row by its primary key.
    public func account(_ id: AccountID) async throws -> Account? {
        try await accounts("WHERE id = $1", [.text(id.rawValue)]).first
    }

    /// Reads a row by the index of identities.
    public func account(of identity: Identity) async throws -> Account? {
        try await accounts(
            "WHERE issuer = $1 AND subject = $2", [.text(identity.issuer), .text(identity.subject)]
        ).first
    }

    /// Reads a row by the index of local e-mail addresses.
    public func localAccount(email: String) async throws -> (account: Account, passwordHash: String)? {
        try await database.read { link in
            try link.query(
                "SELECT \(Self.columns), password_hash FROM accounts WHERE email = $1 AND password_hash IS NOT NULL",
                [.text(email)]
            ).rows.first.map { (account: try Self.account($0), passwordHash: try $0.text(10)) }
        }
    }

    /// Changes a row unless the index of local e-mail addresses forbids it.
    public func updateProfile(_ account: Account) async throws -> Bool {
        do {
            return try await changesOneRow(
                "UPDATE accounts SET name = $1, email = $2, institution = $3, email_confirmed = $4 WHERE id = $5",
                [
                    .text(account.name), .text(account.email), .text(account.institution),
                    .flag(account.isEmailConfirmed), .text(account.id.rawValue),
                ])
        } catch let error as GASError where error.code == .conflict {
            return false
        }
    }

    /// Locks the row, and then carries out one conditional `UPDATE`.
    public func changeRole(
        of id: AccountID, from old: Role, to new: Role, at time: @autoclosure @escaping @Sendable () -> Date
    ) async throws -> Bool {
        try await database.write { link in
            let locked = try link.query(
                "SELECT 1 FROM accounts WHERE id = $1 AND role = $2 FOR UPDATE",
                [.text(id.rawValue), .text(old.rawValue)])
            guard locked.count == 1 else { return false }
            return try link.query(
                "UPDATE accounts SET role = $1, role_since = $2, role_is_settled = false WHERE id = $3",
                [.text(new.rawValue), .time(time()), .text(id.rawValue)]
            ).count == 1
        }
    }

    /// Carries out one conditional `UPDATE`.
    public func settleRole(of id: AccountID, since: Date) async throws {
        try await database.write(isRepeatable: true) { link in
            try link.query(
                "UPDATE accounts SET role_is_settled = true WHERE id = $1 AND role_since = $2",
                [.text(id.rawValue), .time(since)])
        }
    }

    /// Walks the index of the unsettled roles.
    public func unsettledRoles(before: Date, limit: Int) async throws -> [Account] {
        try await accounts(
            "WHERE NOT role_is_settled AND role_since < $1 ORDER BY role_since LIMIT $2",
            [.time(before), .number(limit)])
    }

    /// Carries out one conditional `UPDATE`.
    public func replacePasswordHash(of id: AccountID, from old: String, to new: String) async throws -> Bool {
        try await changesOneRow(
            "UPDATE accounts SET password_hash = $1 WHERE id = $2 AND password_hash = $3",
            [.text(new), .text(id.rawValue), .text(old)])
    }

    /// Keeps others from adding or deleting an account of this id until the transaction ends: what one of them has not
    /// committed the other one would not see.
    static func reserve(_ id: AccountID, _ link: ServerLink) throws {
        try link.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [.text("account \(id)")])
    }

    func accounts(_ rest: String, _ values: [PostgresValue]) async throws -> [Account] {
        try await database.read { link in
            try link.query("SELECT \(Self.columns) FROM accounts \(rest)", values).rows.map(Self.account)
        }
    }

    private func changesOneRow(
        _ sql: String, _ values: [PostgresValue], isRepeatable: Bool = false
    ) async throws -> Bool {
        try await database.write(isRepeatable: isRepeatable) { try $0.query(sql, values).count == 1 }
    }

    static func account(_ row: PostgresRow) throws -> Account {
        guard let role = Role(rawValue: try row.text(4)) else {
            throw GASError(.corrupted, "A stored account has a role that does not exist.")
        }
        let (issuer, subject) = (try row.textIfPresent(7), try row.textIfPresent(8))
        return Account(
            id: AccountID(rawValue: try row.text(0)), name: try row.text(1), email: try row.text(2),
            institution: try row.text(3), role: role, roleSince: try row.time(5), created: try row.time(6),
            identity: issuer.flatMap { issuer in subject.map { Identity(issuer: issuer, subject: $0) } },
            isEmailConfirmed: try row.flag(9))
    }
}
