import Foundation
import GAS
import GASIdentity
import GASTesting
import GASWeb
import HTTPTypes
import HummingbirdTesting
import Testing

/// Changing a password.
@Suite struct PasswordTests {
    private let ada = LocalPerson()
    private let new = LocalPerson(password: "notes on the engine")

    private func change(
        from current: String, to next: String, _ client: any TestClientProtocol, as cookie: HTTPFields
    ) async throws -> TestResponse {
        try await submit("/profile/password", ["password": current, "new-password": next], client, as: cookie)
    }

    @Test func anotherPasswordEndsOtherSessionsAndIsTold() async throws {
        let site = try await TestSite()
        try await site.visit { client async throws in
            _ = try await ada.signUp(client)
            let (here, there) = (try await ada.signIn(client), try await ada.signIn(client))
            let answer = try await change(from: ada.password, to: new.password, client, as: here)
            #expect(answer.location == "/profile?password=1")
            #expect(
                try await client.get(answer.location ?? "", headers: answer.next(here)).text.contains(
                    "Your password was changed"))
            #expect(try await client.get("/profile", headers: there).status == .seeOther)
            #expect(try await ada.trySignIn(client) == .unauthorized)
            #expect(try await new.trySignIn(client) == .seeOther)
            let account = try #require(try await site.accounts.localAccount(email: ada.email)?.account)
            let notices = try await site.accountNotices()
            #expect(notices.map(\.kind) == [.passwordChanged] && notices.map(\.userID) == [account.id])
            let noted = site.audit.events.filter { $0.kind == .passwordChanged }
            #expect(noted.map(\.account) == [account.id])
            #expect(site.audit.events.contains { $0.kind == .sessionRevoked })
        }
    }

    @Test func whatIsWrongIsSaidBesideItsField() async throws {
        let site = try await TestSite()
        try await site.visit { client async throws in
            let (_, cookie) = try await ada.signUp(client)
            let wrong = try await change(from: "guess", to: new.password, client, as: cookie)
            #expect(wrong.status == .badRequest && wrong.text.contains("This is not your current password."))
            let weak = try await change(from: ada.password, to: "password123", client, as: cookie)
            #expect(weak.status == .badRequest && weak.text.contains("This password is easily guessed."))
            #expect(!weak.text.contains("password123"))
            #expect(try await ada.trySignIn(client) == .seeOther)
            #expect(try await site.accountNotices().isEmpty)
        }
    }

    @Test func guessingTheCurrentOneIsSlowedDown() async throws {
        let site = try await TestSite { $0.signInTries = 3 }
        try await site.visit { client async throws in
            let (_, cookie) = try await ada.signUp(client)
            for _ in 0..<3 {
                #expect(try await change(from: "guess", to: new.password, client, as: cookie).status == .badRequest)
            }
            let refused = try await change(from: ada.password, to: new.password, client, as: cookie)
            #expect(refused.status == .tooManyRequests && refused.headers[.retryAfter] != nil)
            #expect(try await ada.trySignIn(client) == .tooManyRequests)
        }
    }

    @Test func whatCannotBeNotedDoesNotHappen() async throws {
        let site = try await TestSite()
        try await site.visit { client async throws in
            let (_, cookie) = try await ada.signUp(client)
            let form = try await client.get("/profile/password", headers: cookie).csrf ?? ""
            site.faults.arm("AuditLog.append")
            let answer = try await client.post(
                "/profile/password",
                ["csrf": form, "password": ada.password, "new-password": new.password], headers: cookie)
            #expect(answer.status.kind == .serverError)
            #expect(try await ada.trySignIn(client) == .seeOther)
        }
    }

    @Test func whoComesThroughAProviderIsToldWhereTheirPasswordIs() async throws {
        let site = try await TestSite()
        let account = Account.sample(
            at: site.clock.now, identity: Identity(issuer: "https://one.example", subject: "1"))
        #expect(try await site.accounts.add(account, passwordHash: nil))
        let person = try await site.session(of: account)
        try await site.visit { client async throws in
            #expect(try await client.get("/profile", as: person).text.contains("there is no password of yours here"))
            let page = try await client.get("/profile/password", as: person)
            #expect(page.status == .ok && page.text.contains("there is no password of yours here"))
            let form = ["csrf": person.csrf, "password": "x", "new-password": new.password]
            #expect(try await client.post("/profile/password", form, as: person).status == .badRequest)
        }
    }

    /// Whoever signs in with the old password while it is being changed has no session afterwards.
    @Test func aSignInAtTheMomentOfTheChangeEndsWithIt() async throws {
        let site = try await TestSite()
        try await site.visit { client async throws in
            let (_, cookie) = try await ada.signUp(client)
            let sessions = try await withThrowingTaskGroup(of: HTTPFields?.self) { group in
                for _ in 0..<8 { group.addTask { try? await ada.signIn(client) } }
                group.addTask {
                    let answer = try await change(from: ada.password, to: new.password, client, as: cookie)
                    #expect(answer.status == .seeOther)
                    return nil
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for session in sessions.compactMap(\.self) {
                #expect(try await client.get("/profile", headers: session).status == .seeOther)
            }
        }
    }
}
