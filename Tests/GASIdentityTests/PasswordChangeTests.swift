import GAS
import GASIdentity
import GASTesting
import Testing

/// Changing a password, and choosing another one by a mailed link.
@Suite struct PasswordChangeTests {
    private let store = InMemoryAccountStore()
    private let tickets = InMemoryTicketStore()
    private let clock = ManualClock()
    private let old = "difference engine"
    private let new = "notes on the engine"

    private var locals: LocalAccounts {
        LocalAccounts(accounts: store, hasher: PasswordHasher(cost: .init(logRounds: 4)), clock: clock)
    }
    private var reset: PasswordReset {
        PasswordReset(
            accounts: store, tickets: tickets, locals: locals, clock: clock, lifetime: 3600,
            publicURL: "https://gas.example.org/")
    }

    private func signUp(_ email: String = "ada@example.org") async throws -> Account {
        let form = ProfileForm(name: "Ada", email: email, institution: "")
        guard case .created(let account) = try await locals.signUp(form, password: old) else {
            throw GASError(.internal, "The sign-up was refused.")
        }
        return account
    }

    private func token(_ link: ResetLink?) throws -> String {
        let address = try #require(link?.address)
        #expect(address.hasPrefix("https://gas.example.org/password/new?token="))
        return String(address.split(separator: "=")[1])
    }

    private func opens(_ password: String) async throws -> Bool {
        try await locals.prove(email: "ada@example.org", password: password) != nil
    }

    @Test func whoKnowsThePasswordChangesIt() async throws {
        let ada = try await signUp()
        let proof = try #require(try await locals.prove(email: ada.email, password: old))
        #expect(try await locals.holds(proof))
        #expect(try await locals.changePassword(of: ada, from: old, to: new).isEmpty)
        #expect(try await opens(new))
        #expect(try await !opens(old))
        #expect(try await !locals.holds(proof))
    }

    @Test func whatIsWrongIsNamedAndNothingChanges() async throws {
        let ada = try await signUp()
        #expect(try await Array(locals.changePassword(of: ada, from: "guess", to: new).keys) == [.password])
        #expect(try await Array(locals.changePassword(of: ada, from: old, to: "short").keys) == [.newPassword])
        #expect(try await Array(locals.changePassword(of: ada, from: old, to: "password123").keys) == [.newPassword])
        #expect(try await Array(locals.changePassword(of: ada, from: old, to: old).keys) == [.newPassword])
        await #expect(throws: GASError.self) {
            _ = try await locals.changePassword(of: ada, from: old, to: new) { throw GASError(.unavailable, "no") }
        }
        #expect(try await opens(old))
    }

    @Test func ofTwoChangesAtTheSameTimeOneIsMade() async throws {
        let ada = try await signUp()
        let answers = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<10 {
                group.addTask {
                    try await locals.changePassword(of: ada, from: old, to: "\(new) \(number)").isEmpty
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(answers == 1)
    }

    /// A sign-in that renews the hash of the old password must not bring it back.
    @Test func renewingAHashNeverBringsAPasswordBack() async throws {
        let ada = try await signUp()
        let before = try #require(try await store.localAccount(email: ada.email)?.passwordHash)
        #expect(try await locals.changePassword(of: ada, from: old, to: new).isEmpty)
        #expect(try await !store.replacePasswordHash(of: ada.id, from: before, to: before))
        #expect(try await !opens(old))
    }

    @Test func aLinkChangesThePasswordOnceAndConfirmsTheAddress() async throws {
        let ada = try await signUp()
        #expect(!ada.isEmailConfirmed)
        let (one, other) = (try token(await reset.make(for: ada)), try token(await reset.make(for: ada)))
        #expect(one != other)
        #expect(try await tickets.ticket(tokenHash: one, at: clock.now) == nil, "the token itself is stored")
        #expect(try await reset.account(token: one)?.id == ada.id)
        guard case .refused = try await reset.change(token: one, to: "password123") else {
            Issue.record("A password was taken that everybody guesses.")
            return
        }
        guard case .changed = try await reset.change(token: one, to: new) else {
            Issue.record("The link does not work after a password was refused.")
            return
        }
        #expect(try await opens(new))
        #expect(try await store.account(ada.id)?.isEmailConfirmed == true)
        for used in [one, other] {
            guard case .worthless = try await reset.change(token: used, to: "another one entirely") else {
                Issue.record("A link works that was used, or that was made before the password was changed.")
                return
            }
        }
        #expect(try await opens(new))
    }

    @Test func aLinkEnds() async throws {
        let ada = try await signUp()
        let late = try token(await reset.make(for: ada))
        clock.advance(seconds: 3599)
        #expect(try await reset.account(token: late) != nil)
        clock.advance(seconds: 1)
        #expect(try await reset.account(token: late) == nil)
        guard case .worthless = try await reset.change(token: late, to: new) else {
            Issue.record("The link has expired, and works.")
            return
        }
        // Whoever reads the mails of the address that it was has no account any more.
        let moved = try token(await reset.make(for: ada))
        let form = ProfileForm(name: "Ada", email: "ada@example.com", institution: "")
        #expect(try await locals.update(ada, to: form, password: old).isEmpty)
        #expect(try await reset.account(token: moved) == nil)
        #expect(try await reset.account(token: "") == nil)
        #expect(try await reset.account(token: "guessed") == nil)
    }

    @Test func ofManyWhoHaveOneLinkOneChoosesThePassword() async throws {
        let ada = try await signUp()
        let link = try token(await reset.make(for: ada))
        let changed = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<10 {
                group.addTask {
                    if case .changed = try await reset.change(token: link, to: "\(new) \(number)") {
                        true
                    } else {
                        false
                    }
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(changed == 1)
    }

    /// A link of another kind, though it is the account's, changes no password; and one for a password confirms nothing.
    @Test func linksAreForOneThing() async throws {
        let ada = try await signUp()
        let mailer = RecordingMailer()
        let confirmation = AddressConfirmation(
            accounts: store, tickets: tickets, mailer: mailer, clock: clock, lifetime: 3600,
            publicURL: "https://gas.example.org")
        try await confirmation.ask(ada, toConfirm: ada.email)
        let confirming = try #require(mailer.mails.first?.text.firstMatch(of: /token=([A-Za-z0-9_-]+)/)).1
        #expect(try await reset.account(token: String(confirming)) == nil)
        let link = try token(await reset.make(for: ada))
        #expect(try await confirmation.address(token: link, of: ada) == nil)
    }

    @Test func whoHasNoPasswordHereGetsNoLink() async throws {
        let foreign = Account.sample(at: clock.now, identity: Identity(issuer: "https://one.example", subject: "1"))
        #expect(try await store.add(foreign, passwordHash: nil))
        #expect(try await reset.make(for: foreign) == nil)
    }
}
