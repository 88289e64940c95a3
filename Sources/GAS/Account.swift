import Foundation

/// A person who uses the service.
public struct Account: Sendable, Hashable, Identifiable {
    /// Never changes, and is part of every object key.
    public let id: AccountID
    /// As the person writes it.
    public var name: String
    /// Where mails go; lower case. Several accounts of different identity providers may share one. Empty while a provider
    /// has named none and the person has not confirmed one.
    public var email: String
    /// Where the person works; may be empty.
    public var institution: String
    /// Which plan applies.
    public var role: Role
    /// Since when it applies.
    public var roleSince: Date
    /// When the account was made.
    public let created: Date
    /// Who the person is to an identity provider; `nil` for who signs in here with a password.
    public let identity: Identity?
    /// Whether it is known that the person reads what is sent to `email`: they opened a link that was sent there, or an
    /// identity provider vouches for them.
    public var isEmailConfirmed: Bool

    /// Describes an account.
    /// - Parameters:
    ///   - roleSince: when the role began; `nil` for an account that always had it.
    ///   - isEmailConfirmed: `nil` for what is true of a new account: providers vouch for addresses, people do not.
    public init(
        id: AccountID, name: String, email: String, institution: String, role: Role, roleSince: Date? = nil,
        created: Date, identity: Identity? = nil, isEmailConfirmed: Bool? = nil
    ) {
        self.id = id
        self.name = name
        self.email = email
        self.institution = institution
        self.role = role
        self.roleSince = roleSince ?? created
        self.created = created
        self.identity = identity
        self.isEmailConfirmed = isEmailConfirmed ?? (identity != nil)
    }
}

/// What an account may do. It is read when it matters and never copied into a job.
public enum Role: String, Sendable, Hashable, Codable, CaseIterable {
    case free = "free_user"
    case premium = "premium_user"
}

/// Keeps the accounts and, for those without an identity provider, their password hashes.
public protocol AccountStore: Sendable {
    /// Adds an account, with the password hash of a local one.
    /// - Parameter passwordHash: as `PasswordHash` writes it; `nil` for an account of an identity provider.
    /// - Returns: `false`, and nothing is changed, when the id exists, when a local account has this e-mail already, or
    ///   when the identity has an account.
    func add(_ account: Account, passwordHash: String?) async throws -> Bool

    /// The account, or `nil`.
    func account(_ id: AccountID) async throws -> Account?

    /// The account of an identity provider's person, or `nil`.
    func account(of identity: Identity) async throws -> Account?

    /// The local account of an e-mail address (in lower case) with its password hash, or `nil`.
    func localAccount(email: String) async throws -> (account: Account, passwordHash: String)?

    /// Changes name, institution and e-mail, with whether that is confirmed; the role has calls of its own.
    /// - Returns: `false` when there is no such account, or its e-mail belongs to another local account.
    func updateProfile(_ account: Account) async throws -> Bool

    /// Changes the role atomically, notes since when, and that what follows from the change is still to be done.
    /// - Parameter time: read as the change is made, however long the call had to wait for that: a role that began
    ///   before it could be seen would end downloads sooner than the links that were given out for them.
    /// - Returns: `false` when the role was not `old`, and nothing changed.
    func changeRole(
        of id: AccountID, from old: Role, to new: Role, at time: @autoclosure @escaping @Sendable () -> Date
    ) async throws -> Bool

    /// Notes that everything that follows from the last change of role was set going.
    /// - Parameter since: when the role changed; nothing is noted if it has changed again.
    func settleRole(of id: AccountID, since: Date) async throws

    /// Accounts whose role changed before `before` and is not settled, those that changed first being first.
    func unsettledRoles(before: Date, limit: Int) async throws -> [Account]

    /// Replaces the password hash of a local account, if it is still the one named: of two changes at the same time the
    /// second must not bring back what the first has ended.
    /// - Returns: `false`, and nothing is changed, when the hash is another by now, or there is no such local account.
    func replacePasswordHash(of id: AccountID, from old: String, to new: String) async throws -> Bool

    /// All accounts, newest first, then by id descending.
    /// - Parameters:
    ///   - cursor: what the previous page gave; `nil` for the first page.
    ///   - limit: at most so many, at least 1.
    func accounts(after cursor: AccountPage.Cursor?, limit: Int) async throws -> AccountPage

    /// How many accounts there are.
    func count() async throws -> Int

    /// Removes an account with all that is known of it, and notes its id among those whose things are still to be
    /// removed. Atomic: from then on no other call finds the account, and none of that id can be added.
    /// - Returns: `false`, and nothing is changed, when there is no such account.
    func beginDeletion(of id: AccountID, at time: Date) async throws -> Bool

    /// Deletions that were begun and not finished, oldest first.
    func deletions(limit: Int) async throws -> [Deletion]

    /// Forgets the id of an account of which nothing is left; forgetting it again is no error.
    func finishDeletion(of id: AccountID) async throws
}

/// An account that was deleted, and whose things may not all be removed yet.
public struct Deletion: Sendable, Hashable {
    /// Which account it was.
    public let account: AccountID
    /// When it was deleted.
    public let begun: Date

    /// Describes a deletion.
    public init(account: AccountID, begun: Date) {
        self.account = account
        self.begun = begun
    }
}

/// One page of the list of all accounts.
public struct AccountPage: Sendable {
    /// Newest first.
    public let accounts: [Account]
    /// Where the next page begins; `nil` when this is the last.
    public let next: Cursor?

    /// Makes a page.
    public init(accounts: [Account], next: Cursor?) {
        self.accounts = accounts
        self.next = next
    }

    /// The last account of a page: `<time of creation in milliseconds>~<account id>`.
    public struct Cursor: RawRepresentable, Sendable, Hashable {
        /// As it stands in links.
        public let rawValue: String

        /// Takes a cursor back from a link; `nil` when it is none.
        public init?(rawValue: String) {
            let parts = rawValue.split(separator: "~", maxSplits: 1)
            guard parts.count == 2, Int(parts[0]) != nil else { return nil }
            self.rawValue = rawValue
        }

        /// The cursor behind `account`.
        public init(after account: Account) {
            rawValue = "\(Int((account.created.timeIntervalSince1970 * 1000).rounded()))~\(account.id)"
        }

        /// When the last account was made, in milliseconds since 1970.
        public var created: Int { rawValue.split(separator: "~").first.flatMap { Int($0) } ?? 0 }
        /// Id of the last account.
        public var accountID: AccountID { AccountID(rawValue: String(rawValue.drop { $0 != "~" }.dropFirst())) }
    }
}
