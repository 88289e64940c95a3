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

    private let entries = Mutex<[AccountID: Entry]>([:])
    private let faults: FaultInjector

    /// Makes an empty store.
    /// - Parameter faults: passes `AccountStore.add`, `.account`, `.accountOfIdentity`, `.localAccount`, `.updateProfile`,
    ///   `.changeRole`, `.settleRole`, `.unsettledRoles`, `.updatePasswordHash`.
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
                guard entries[account.id] == nil, !isTaken, !isKnown else { return false }
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

    /// Changes the password hash of a local account.
    public func updatePasswordHash(of id: AccountID, to passwordHash: String) async throws {
        try faults.around("AccountStore.updatePasswordHash") {
            try entries.withLock { entries in
                guard entries[id]?.passwordHash != nil else {
                    throw GASError(.notFound, "There is no such local account.")
                }
                entries[id]?.passwordHash = passwordHash
            }
        }
    }

    private func isLocal(_ entry: Entry, _ email: String) -> Bool {
        entry.passwordHash != nil && entry.account.email == email
    }
}
