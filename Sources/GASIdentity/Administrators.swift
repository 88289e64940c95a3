import Foundation
import GAS

/// Who runs the service: the accounts that the configuration names, by id or by the e-mail address that they sign in with.
///
/// An address counts only for the local account that has it, and nobody can take one that is named: neither by signing
/// up nor by changing their own. Otherwise whoever came first would be administrator. An account of an identity provider
/// is named by its id, for a provider may let people choose their address.
public struct Administrators: Sendable {
    private let names: Set<String>
    private let accounts: any AccountStore

    /// - Parameter names: ids of accounts and e-mail addresses.
    public init(_ names: [String], accounts: any AccountStore) {
        self.names = Set(names.map { $0.contains("@") ? LocalAccounts.signInName($0) : $0 })
        self.accounts = accounts
    }

    /// Whether an account is one of theirs.
    public func include(_ account: Account) async throws -> Bool {
        if names.contains(account.id.rawValue) { return true }
        guard names.contains(account.email) else { return false }
        return try await accounts.localAccount(email: account.email)?.account.id == account.id
    }

    /// Those that are named and have no account, in alphabetical order.
    public func withoutAccount() async throws -> [String] {
        var missing: [String] = []
        for name in names.sorted() {
            let isThere =
                name.contains("@")
                ? try await accounts.localAccount(email: name) != nil
                : try await accounts.account(AccountID(rawValue: name)) != nil
            if !isThere { missing.append(name) }
        }
        return missing
    }

    /// The addresses that nobody can take.
    public var reservedAddresses: Set<String> { names.filter { $0.contains("@") } }
}
