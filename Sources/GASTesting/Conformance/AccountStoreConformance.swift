import Foundation
import GAS
import Testing

/// The rules of `AccountStore`. They can run one after the other on one store, whatever else it holds.
public enum AccountStoreConformance: String, ConformanceRule {
    case addedAccountIsReadBack = "an account that was added is read back whole"
    case missingAccount = "an account that does not exist is read as nil and changes nothing"
    case idIsUnique = "of two accounts with one id the first stays as it is"
    case localEmailIsUnique = "two local accounts never share an e-mail address"
    case foreignEmailMayRepeat = "accounts of identity providers may share an e-mail address with any other"
    case identities = "an account of an identity provider is found by issuer and subject together"
    case identityIsUnique = "an identity has one account, also among 20 parallel adds"
    case parallelAdds = "of 20 parallel adds of local accounts with one e-mail address one succeeds"
    case localAccount = "a local account is found by its e-mail address, with its password hash"
    case updateProfile = "a profile changes without the role, the password or the time of creation"
    case updateToTakenEmail = "a profile is not changed to another local account's e-mail address"
    case changeRole = "a role changes from what was named, or not at all"
    case parallelRoleChanges = "of 20 parallel changes from one role one succeeds"
    case roleSince = "a change of role notes since when, and one that fails does not"
    case unsettledRoles = "a changed role is unsettled until that change is settled, and listed by its time"
    case replacePasswordHash =
        "the password hash of a local account is replaced if it is the one named, and of no other"
    case parallelPasswords = "of 20 parallel replacements of one password hash one succeeds"

    /// Runs the rule.
    public func check(_ store: any AccountStore, clock: any TestClock) async throws {
        let now = Date(timeIntervalSince1970: clock.now.timeIntervalSince1970.rounded())
        let rules = AccountStoreRules(store: store, now: now)
        switch self {
        case .addedAccountIsReadBack: try await rules.addedAccountIsReadBack()
        case .missingAccount: try await rules.missingAccount()
        case .idIsUnique: try await rules.idIsUnique()
        case .localEmailIsUnique: try await rules.localEmailIsUnique()
        case .foreignEmailMayRepeat: try await rules.foreignEmailMayRepeat()
        case .identities: try await rules.identities()
        case .identityIsUnique: try await rules.identityIsUnique()
        case .parallelAdds: try await rules.parallelAdds()
        case .localAccount: try await rules.localAccount()
        case .updateProfile: try await rules.updateProfile()
        case .updateToTakenEmail: try await rules.updateToTakenEmail()
        case .changeRole: try await rules.changeRole()
        case .parallelRoleChanges: try await rules.parallelRoleChanges()
        case .roleSince: try await rules.roleSince()
        case .unsettledRoles: try await rules.unsettledRoles()
        case .replacePasswordHash: try await rules.replacePasswordHash()
        case .parallelPasswords: try await rules.parallelPasswords()
        }
    }
}

private struct AccountStoreRules {
    let store: any AccountStore
    let now: Date

    private func added(email: String? = nil, passwordHash: String? = "hash") async throws -> Account {
        let account = Account.sample(email: email, at: now)
        #expect(try await store.add(account, passwordHash: passwordHash))
        return account
    }

    func addedAccountIsReadBack() async throws {
        let name = "Søren \"O'Hara\" 李 🧬 \\ ; --"
        let local = Account.sample(name: name, at: now)
        #expect(try await store.add(local, passwordHash: "hash"))
        let foreign = Account.sample(
            id: AccountID(rawValue: "auth|\(AccountID())"),
            name: name,
            role: .premium,
            at: now
        )
        #expect(try await store.add(foreign, passwordHash: nil))
        #expect(try await store.account(local.id) == local)
        #expect(try await store.account(foreign.id) == foreign)
    }

    func missingAccount() async throws {
        let account = Account.sample(at: now)
        #expect(try await store.account(account.id) == nil)
        #expect(try await store.localAccount(email: account.email) == nil)
        #expect(try await !store.updateProfile(account))
        #expect(try await !store.changeRole(of: account.id, from: .free, to: .premium, at: now))
        try await store.settleRole(of: account.id, since: now)
        #expect(try await store.account(account.id) == nil)
    }

    func idIsUnique() async throws {
        let first = try await added()
        #expect(try await !store.add(Account.sample(id: first.id, name: "Eve", at: now), passwordHash: nil))
        #expect(try await !store.add(Account.sample(id: first.id, name: "Eve", at: now), passwordHash: "other"))
        #expect(try await store.account(first.id) == first)
    }

    func localEmailIsUnique() async throws {
        let first = try await added()
        let second = Account.sample(email: first.email, at: now)
        #expect(try await !store.add(second, passwordHash: "other"))
        #expect(try await store.account(second.id) == nil)
        #expect(try await store.localAccount(email: first.email)?.account == first)
    }

    func foreignEmailMayRepeat() async throws {
        let first = try await added(passwordHash: nil)
        let second = try await added(email: first.email, passwordHash: nil)
        #expect(try await store.localAccount(email: first.email) == nil)
        let local = try await added(email: first.email)
        #expect(try await store.localAccount(email: first.email)?.account == local)
        for account in [first, second] { #expect(try await store.account(account.id) == account) }
    }

    private func person(issuer: String = "https://one.example", subject: String) -> Account {
        .sample(at: now, identity: Identity(issuer: issuer, subject: subject))
    }

    func identities() async throws {
        let subject = UUID().uuidString
        let accounts = [
            person(subject: subject), person(issuer: "https://other.example", subject: subject),
            person(subject: subject + "x"),
        ]
        for account in accounts { #expect(try await store.add(account, passwordHash: nil)) }
        for account in accounts {
            #expect(try await store.account(of: try #require(account.identity)) == account)
            #expect(try await store.account(account.id) == account)
        }
        let nobody = Identity(issuer: "https://third.example", subject: subject)
        #expect(try await store.account(of: nobody) == nil)
    }

    func identityIsUnique() async throws {
        let subject = UUID().uuidString
        let answers = try await inParallel(20) { [self] _ in
            try await store.add(person(subject: subject), passwordHash: nil)
        }
        #expect(answers.count { $0 } == 1)
    }

    func parallelAdds() async throws {
        let email = "\(AccountID())@example.org"
        let answers = try await inParallel(20) { [store, now] _ in
            try await store.add(Account.sample(email: email, at: now), passwordHash: "hash")
        }
        #expect(answers.count { $0 } == 1)
        #expect(try await store.localAccount(email: email) != nil)
    }

    func localAccount() async throws {
        let account = try await added(passwordHash: "$hash$")
        let found = try #require(try await store.localAccount(email: account.email))
        #expect(found.account == account)
        #expect(found.passwordHash == "$hash$")
        #expect(try await store.localAccount(email: account.email + "x") == nil)
    }

    func updateProfile() async throws {
        var account = try await added()
        account.name = "Grace"
        account.email = "grace-\(account.id)@example.org"
        account.institution = "Navy"
        account.isEmailConfirmed = true
        var asked = account
        asked.role = .premium
        #expect(try await store.updateProfile(asked))
        #expect(try await store.account(account.id) == account)
        #expect(try await store.localAccount(email: account.email)?.passwordHash == "hash")
    }

    func updateToTakenEmail() async throws {
        let first = try await added()
        let second = try await added()
        var asked = second
        asked.name = "Eve"
        asked.email = first.email
        #expect(try await !store.updateProfile(asked))
        #expect(try await store.account(second.id) == second)
        var foreign = try await added(passwordHash: nil)
        foreign.email = first.email
        foreign.isEmailConfirmed = false
        #expect(try await store.updateProfile(foreign))
        #expect(try await store.account(foreign.id) == foreign)
    }

    func changeRole() async throws {
        let account = try await added()
        #expect(try await !store.changeRole(of: account.id, from: .premium, to: .free, at: now))
        #expect(try await store.account(account.id)?.role == .free)
        #expect(try await store.changeRole(of: account.id, from: .free, to: .premium, at: now))
        #expect(try await store.account(account.id)?.role == .premium)
    }

    func parallelRoleChanges() async throws {
        let account = try await added()
        let answers = try await inParallel(20) { [store, now] _ in
            try await store.changeRole(of: account.id, from: .free, to: .premium, at: now)
        }
        #expect(answers.count { $0 } == 1)
        #expect(try await store.account(account.id)?.role == .premium)
    }

    func roleSince() async throws {
        let account = try await added()
        let later = now.addingTimeInterval(60)
        #expect(account.roleSince == account.created)
        #expect(try await !store.changeRole(of: account.id, from: .premium, to: .free, at: later))
        #expect(try await store.account(account.id) == account)
        #expect(try await store.changeRole(of: account.id, from: .free, to: .premium, at: later))
        let changed = try #require(try await store.account(account.id))
        #expect(changed.roleSince == later)
        #expect(changed.created == account.created)
    }

    func unsettledRoles() async throws {
        // Times of their own, before whatever else the store holds.
        let early = Date(timeIntervalSince1970: -1e9 - Double.random(in: 0..<1e6).rounded())
        let second = try await added()
        let first = try await added()
        let unchanged = try await added()
        #expect(try await store.changeRole(of: second.id, from: .free, to: .premium, at: early + 2))
        #expect(try await store.changeRole(of: first.id, from: .free, to: .premium, at: early + 1))
        func unsettled(before date: Date) async throws -> [AccountID] {
            try await store.unsettledRoles(before: date, limit: 10_000).map(\.id)
                .filter([first.id, second.id, unchanged.id].contains)
        }
        #expect(try await unsettled(before: early + 3) == [first.id, second.id])
        #expect(try await unsettled(before: early + 2) == [first.id])
        #expect(try await store.unsettledRoles(before: early + 3, limit: 1).count == 1)
        try await store.settleRole(of: first.id, since: early + 1)
        #expect(try await store.changeRole(of: second.id, from: .premium, to: .free, at: early + 2.5))
        // It has changed again since: what was dealt with is no longer all there is.
        try await store.settleRole(of: second.id, since: early + 2)
        #expect(try await unsettled(before: early + 3) == [second.id])
        #expect(
            try await store.unsettledRoles(before: early + 3, limit: 10_000).first { $0.id == second.id }?.role == .free
        )
        try await store.settleRole(of: second.id, since: early + 2.5)
        #expect(try await unsettled(before: early + 3).isEmpty)
    }

    func replacePasswordHash() async throws {
        let local = try await added(passwordHash: "old")
        #expect(try await !store.replacePasswordHash(of: local.id, from: "another", to: "new"))
        #expect(try await store.localAccount(email: local.email)?.passwordHash == "old")
        #expect(try await store.replacePasswordHash(of: local.id, from: "old", to: "new"))
        #expect(try await store.localAccount(email: local.email)?.passwordHash == "new")
        let foreign = try await added(passwordHash: nil)
        #expect(try await !store.replacePasswordHash(of: foreign.id, from: "", to: "new"))
        #expect(try await store.localAccount(email: foreign.email) == nil)
        #expect(try await !store.replacePasswordHash(of: AccountID(), from: "old", to: "new"))
    }

    func parallelPasswords() async throws {
        let local = try await added(passwordHash: "old")
        let answers = try await inParallel(20) { [store] number in
            let isReplaced = try await store.replacePasswordHash(of: local.id, from: "old", to: "new \(number)")
            return isReplaced ? "new \(number)" : nil
        }
        #expect(try await answers.compactMap(\.self) == [store.localAccount(email: local.email)?.passwordHash])
    }
}
