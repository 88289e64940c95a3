import Foundation
import GAS

/// Accounts of people whom an identity provider vouches for.
public struct ProviderAccounts: Sendable {
    private let accounts: any AccountStore
    private let clock: any WallClock

    /// Makes the accounts of a store.
    public init(accounts: any AccountStore, clock: any WallClock) {
        self.accounts = accounts
        self.clock = clock
    }

    /// The account of a person, opened with the Free plan when it is their first visit. Only then the provider is asked
    /// about them; afterwards the profile is the person's own.
    func account(of voucher: Voucher, at provider: any IdentityProvider) async throws -> (Account, isNew: Bool) {
        if let known = try await accounts.account(of: voucher.identity) { return (known, false) }
        let details = try await provider.details(of: voucher)
        for id in [Self.id(of: voucher.identity), AccountID()].compactMap({ $0 }) {
            let account = account(id, voucher.identity, details)
            if try await accounts.add(account, passwordHash: nil) { return (account, true) }
            // Either another request of the same person was first, or somebody else has this id.
            if let known = try await accounts.account(of: voucher.identity) { return (known, false) }
        }
        throw GASError(.internal, "An account with a new random identifier could not be added.")
    }

    private func account(_ id: AccountID, _ identity: Identity, _ details: PersonalDetails) -> Account {
        Account(
            id: id, name: details.name.isEmpty ? "New user" : details.name, email: details.email ?? "",
            institution: details.institution, role: .free, created: clock.now, identity: identity)
    }

    /// The provider's own name of the person, where it can be a part of object keys. Somebody who has the same one at
    /// another provider gets a random one.
    private static func id(of identity: Identity) -> AccountID? {
        let subject = identity.subject
        let isPlain = subject.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        return isPlain && (1...100).contains(subject.utf8.count) ? AccountID(rawValue: subject) : nil
    }

    /// Changes name and institution. The address stays: who can read mail there is found out by `AddressConfirmation`.
    /// - Returns: a sentence per field that was refused; empty when the change was made.
    public func update(_ account: Account, to form: ProfileForm) async throws -> FieldProblems {
        let problems = form.problems
        guard problems.isEmpty else { return problems }
        var changed = account
        changed.name = form.name
        changed.institution = form.institution
        guard try await accounts.updateProfile(changed) else {
            throw GASError(.notFound, "This account does not exist any more.")
        }
        return [:]
    }
}
