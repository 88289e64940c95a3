import Foundation
import GAS
import Synchronization

/// Accounts in memory.
public final class InMemoryAccountStore: AccountStore {
    private struct Entry {
        var account: Account
        var passwordHash: String?
        var isSettled = true
    }

    private struct State {
        var accounts: [AccountID: Entry] = [:]
        var deletions: [AccountID: Date] = [:]

        subscript(id: AccountID) -> Entry? {
            get { accounts[id] }
            set { accounts[id] = newValue }
        }

        var values: Dictionary<AccountID, Entry>.Values { accounts.values }
    }

    private let entries = Mutex(State())
    private let faults: FaultInjector

    /// Makes an empty store.
    /// - Parameter faults: passes `AccountStore.add`, `.account`, `.accountOfIdentity`, `.localAccount`, `.updateProfile`,
    ///   `.changeRole`, `.settleRole`, `.unsettledRoles`, `.replacePasswordHash`, `.accounts`, `.beginDeletion`,
    ///   `.deletions`, `.finishDeletion`.
    public init(faults: FaultInjector = FaultInjector()) {
        self.faults = faults
    }

    /// Keeps the account if its id and its local e-mail address are new.
    public func add(_ account: Account, passwordHash: String?) async throws -> Bool {
        try faults.around("AccountStore.add") {
            entries.withLock { entries in
                let isTaken = passwordHash != nil && entries.values.contains { isLocal($0, account.email) }
                let isKnown =
                    account.identity != nil && entries.values.contains { $0.account.identity == account.identity }
                guard entries[account.id] == nil, entries.deletions[account.id] == nil, !isTaken, !isKnown
                else { return false }
                entries[account.id] = Entry(account: account, passwordHash: passwordHash)
                return true
            }
        }
    }

    /// Gives the account.
    public func account(_ id: AccountID) async throws -> Account? {
        try faults.around("AccountStore.account") {
            entries.withLock { $0[id]?.account }
        }
    }

    /// Looks for an identity.
    public func account(of identity: Identity) async throws -> Account? {
        try faults.around("AccountStore.accountOfIdentity") {
            entries.withLock { $0.values.first { $0.account.identity == identity }?.account }
        }
    }

    /// Looks for a local account.
    public func localAccount(email: String) async throws -> (account: Account, passwordHash: String)? {
        try faults.around("AccountStore.localAccount") {
            guard let entry = entries.withLock({ $0.values.first { isLocal($0, email) } }),
                let passwordHash = entry.passwordHash
            else { return nil }
            return (account: entry.account, passwordHash: passwordHash)
        }
    }

    /// Changes the profile.
    public func updateProfile(_ account: Account) async throws -> Bool {
        try faults.around("AccountStore.updateProfile") {
            entries.withLock { entries in
                guard var entry = entries[account.id] else { return false }
                let isTaken =
                    entry.passwordHash != nil
                    && entries.values.contains { $0.account.id != account.id && isLocal($0, account.email) }
                guard !isTaken else { return false }
                entry.account.name = account.name
                entry.account.email = account.email
                entry.account.institution = account.institution
                entry.account.isEmailConfirmed = account.isEmailConfirmed
                entries[account.id] = entry
                return true
            }
        }
    }

    /// Compares and changes the role.
    public func changeRole(
        of id: AccountID, from old: Role, to new: Role, at time: @autoclosure @escaping @Sendable () -> Date
    ) async throws -> Bool {
        try faults.around("AccountStore.changeRole") {
            entries.withLock { entries in
                guard entries[id]?.account.role == old else { return false }
                entries[id]?.account.role = new
                entries[id]?.account.roleSince = time()
                entries[id]?.isSettled = false
                return true
            }
        }
    }

    /// Notes that a change of role was dealt with.
    public func settleRole(of id: AccountID, since: Date) async throws {
        try faults.around("AccountStore.settleRole") {
            entries.withLock { entries in
                if entries[id]?.account.roleSince == since { entries[id]?.isSettled = true }
            }
        }
    }

    /// Sorts what is there.
    public func unsettledRoles(before: Date, limit: Int) async throws -> [Account] {
        try faults.around("AccountStore.unsettledRoles") {
            let unsettled = entries.withLock { $0.values.filter { !$0.isSettled }.map(\.account) }
            return Array(
                unsettled.filter { $0.roleSince < before }.sorted {
                    ($0.roleSince, $0.id.rawValue) < ($1.roleSince, $1.id.rawValue)
                }.prefix(limit))
        }
    }

    /// Compares and replaces the password hash.
    public func replacePasswordHash(of id: AccountID, from old: String, to new: String) async throws -> Bool {
        try faults.around("AccountStore.replacePasswordHash") {
            entries.withLock { entries in
                guard entries[id]?.passwordHash == old else { return false }
                entries[id]?.passwordHash = new
                return true
            }
        }
    }

    /// Sorts what is there.
    public func accounts(after cursor: AccountPage.Cursor?, limit: Int) async throws -> AccountPage {
        try faults.around("AccountStore.accounts") {
            let newestFirst = entries.withLock { $0.values.map(\.account) }
                .sorted { InMemoryAccountStore.position($0) > InMemoryAccountStore.position($1) }
            let rest = newestFirst.filter { account in
                cursor.map { InMemoryAccountStore.position(account) < ($0.created, $0.accountID.rawValue) } ?? true
            }
            let page = Array(rest.prefix(limit))
            return AccountPage(
                accounts: page, next: rest.count > limit ? page.last.map(AccountPage.Cursor.init(after:)) : nil)
        }
    }

    /// Counts what is there.
    public func count() async throws -> Int {
        try faults.around("AccountStore.count") { entries.withLock { $0.values.count } }
    }

    /// Forgets the account, and remembers its id.
    public func beginDeletion(of id: AccountID, at time: Date) async throws -> Bool {
        try faults.around("AccountStore.beginDeletion") {
            entries.withLock { entries in
                guard entries[id] != nil else { return false }
                entries[id] = nil
                entries.deletions[id] = time
                return true
            }
        }
    }

    /// Sorts what is there.
    public func deletions(limit: Int) async throws -> [Deletion] {
        try faults.around("AccountStore.deletions") {
            let all = entries.withLock { $0.deletions.map { Deletion(account: $0.key, begun: $0.value) } }
            return Array(
                all.sorted { ($0.begun, $0.account.rawValue) < ($1.begun, $1.account.rawValue) }.prefix(limit))
        }
    }

    /// Forgets the id.
    public func finishDeletion(of id: AccountID) async throws {
        try faults.around("AccountStore.finishDeletion") {
            entries.withLock { entries in entries.deletions[id] = nil }
        }
    }

    private static func position(_ account: Account) -> (Int, String) {
        (Int((account.created.timeIntervalSince1970 * 1000).rounded()), account.id.rawValue)
    }

    private func isLocal(_ entry: Entry, _ email: String) -> Bool {
        entry.passwordHash != nil && entry.account.email == email
    }
}
