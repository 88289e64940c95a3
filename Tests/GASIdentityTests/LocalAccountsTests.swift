import Foundation
import GAS
import GASIdentity
import GASTesting
import Testing

@Suite struct LocalAccountsTests {
    private let store = InMemoryAccountStore()
    private let clock = ManualClock()
    private let form = ProfileForm(name: " Ada Lovelace ", email: " Ada@Example.ORG ", institution: "Engines")

    private func accounts(logRounds: Int = 4) -> LocalAccounts {
        LocalAccounts(
            accounts: store,
            hasher: PasswordHasher(cost: .init(logRounds: logRounds)),
            clock: clock
        )
    }

    private func signUp() async throws -> Account {
        guard case .created(let account) = try await accounts().signUp(form, password: "difference engine") else {
            throw GASError(.internal, "The sign-up was refused.")
        }
        return account
    }

    @Test func whoSignsUpHasAFreeAccountAndCanSignIn() async throws {
        let account = try await signUp()
        #expect(account.name == "Ada Lovelace")
        #expect(account.email == "ada@example.org")
        #expect(account.role == .free)
        #expect(account.created == clock.now)
        #expect(
            try await accounts().prove(email: "ADA@example.org ", password: "difference engine")?.account == account)
    }

    @Test func wrongPasswordAndUnknownAddressAreRefusedAlike() async throws {
        _ = try await signUp()
        #expect(try await accounts().prove(email: "ada@example.org", password: "difference engin")?.account == nil)
        #expect(try await accounts().prove(email: "bob@example.org", password: "difference engine")?.account == nil)
        let endless = String(repeating: "x", count: 100_000)
        #expect(try await accounts().prove(email: "ada@example.org", password: endless)?.account == nil)
    }

    @Test func oneAddressHasOneAccount() async throws {
        _ = try await signUp()
        guard case .refused(let problems) = try await accounts().signUp(form, password: "another one entirely") else {
            Issue.record("A second account was opened.")
            return
        }
        #expect(problems.keys.sorted { $0.rawValue < $1.rawValue } == [.email])
    }

    @Test(arguments: [
        (ProfileForm(name: "", email: "a@example.org", institution: ""), "long enough to pass", ProfileField.name),
        (ProfileForm(name: "A\nB", email: "a@example.org", institution: ""), "long enough to pass", .name),
        (
            ProfileForm(name: String(repeating: "A", count: 101), email: "a@b.org", institution: ""),
            "long enough to pass",
            .name
        ),
        (ProfileForm(name: "A", email: "a", institution: ""), "long enough to pass", .email),
        (ProfileForm(name: "A", email: "a@b", institution: ""), "long enough to pass", .email),
        (ProfileForm(name: "A", email: "a@b@c.org", institution: ""), "long enough to pass", .email),
        (ProfileForm(name: "A", email: "a b@c.org", institution: ""), "long enough to pass", .email),
        (ProfileForm(name: "A", email: "a@b..org", institution: ""), "long enough to pass", .email),
        (ProfileForm(name: "A", email: "a@b.org\r\nBcc: c@d.org", institution: ""), "long enough to pass", .email),
        (ProfileForm(name: "A", email: "<a@b.org>", institution: ""), "long enough to pass", .email),
        (ProfileForm(name: "A", email: "a@b.org", institution: "I\u{0}"), "long enough to pass", .institution),
        (ProfileForm(name: "A", email: "a@b.org", institution: ""), "too short", .password),
        (ProfileForm(name: "A", email: "a@b.org", institution: ""), "aaaaaaaaaaaa", .password),
        (ProfileForm(name: "A", email: "ada.ada@b.org", institution: ""), "Ada.Ada@B.org", .password),
    ])
    func aFieldThatCannotBeTakenIsNamed(form: ProfileForm, password: String, field: ProfileField) async throws {
        guard case .refused(let problems) = try await accounts().signUp(form, password: password) else {
            Issue.record("The sign-up was accepted.")
            return
        }
        #expect(Array(problems.keys) == [field])
        #expect(problems[field]?.hasSuffix(".") == true)
    }

    @Test func aHashWithOldParametersIsReplacedAtSignIn() async throws {
        let account = try await signUp()
        let before = try await store.localAccount(email: account.email)?.passwordHash
        _ = try await accounts(logRounds: 5).prove(email: account.email, password: "difference engine")?.account
        let after = try await store.localAccount(email: account.email)?.passwordHash
        #expect(before?.hasPrefix("$scrypt$ln=4,") == true)
        #expect(after?.hasPrefix("$scrypt$ln=5,") == true)
        #expect(try await accounts().prove(email: account.email, password: "difference engine")?.account == account)
    }

    @Test func aProfileIsCheckedLikeASignUp() async throws {
        let account = try await signUp()
        let better = ProfileForm(name: "Ada King", email: "ada@example.com", institution: "")
        #expect(try await accounts().update(account, to: better, password: "difference engine").isEmpty)
        #expect(try await store.account(account.id)?.name == "Ada King")
        let worse = ProfileForm(name: "", email: "ada@example.com", institution: "")
        #expect(try await Array(accounts().update(account, to: worse, password: "").keys) == [.name])
    }

    @Test func aNewAddressNeedsThePassword() async throws {
        let account = try await signUp()
        let moved = ProfileForm(name: "Ada Lovelace", email: "eve@example.org", institution: "Engines")
        for password in ["", "difference engin"] {
            #expect(try await Array(accounts().update(account, to: moved, password: password).keys) == [.password])
        }
        #expect(try await store.account(account.id)?.email == "ada@example.org")
        let renamed = ProfileForm(name: "Ada King", email: "ADA@example.org", institution: "Engines")
        #expect(try await accounts().update(account, to: renamed, password: "").isEmpty)
        #expect(try await accounts().update(account, to: moved, password: "difference engine").isEmpty)
        #expect(
            try await accounts().prove(email: "eve@example.org", password: "difference engine")?.account.id
                == account.id)
    }

    @Test func anAddressOfSomebodyElseIsNotTaken() async throws {
        _ = try await signUp()
        let other = ProfileForm(name: "Bob", email: "bob@example.org", institution: "")
        guard case .created(let bob) = try await accounts().signUp(other, password: "another one entirely") else {
            Issue.record("The sign-up was refused.")
            return
        }
        #expect(try await Array(accounts().update(bob, to: form, password: "another one entirely").keys) == [.email])
    }
}
