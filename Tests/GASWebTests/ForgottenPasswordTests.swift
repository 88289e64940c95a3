import Foundation
import GAS
import GASIdentity
import GASTesting
import GASWeb
import HTTPTypes
import HummingbirdTesting
import Testing

/// A new password for who has forgotten theirs.
@Suite struct ForgottenPasswordTests {
    private let ada = LocalPerson()
    private let new = LocalPerson(password: "notes on the engine")

    private func ask(_ email: String, _ client: any TestClientProtocol) async throws -> TestResponse {
        try await submit("/password", ["email": email], client)
    }

    private func link(_ site: TestSite) async throws -> String {
        let account = try #require(try await site.accounts.localAccount(email: ada.email)?.account)
        let link = try #require(try await site.passwordReset.make(for: account))
        return String(link.address.dropFirst("https://localhost:4433".count))
    }

    @Test func theAnswerIsTheSameForEverybody() async throws {
        let site = try await TestSite()
        try await site.visit { client async throws in
            _ = try await ada.signUp(client)
            let known = try await ask(" Ada@Example.org", client)
            let unknown = try await ask("bob@example.org", client)
            let hide = { (text: String) in text.replacing(/(ada|bob)@example.org/, with: "X") }
            #expect(known.status == .ok && unknown.status == .ok)
            #expect(hide(known.text) == hide(unknown.text))
            #expect(known.text.contains("a mail is on its way"))
            let account = try #require(try await site.accounts.localAccount(email: ada.email)?.account)
            // The same is done for both: who takes the announcement finds nobody for the second.
            let notices = try await site.accountNotices()
            #expect(notices.map(\.kind) == [.passwordForgotten, .passwordForgotten])
            #expect(notices[0].userID == account.id && notices[1].userID != account.id)
            let noted = site.audit.events.filter { $0.kind == .passwordResetAsked }
            #expect(noted.map(\.about) == [account.id, nil] && noted.allSatisfy { $0.account == nil })
        }
    }

    @Test func theLinkChangesThePasswordAndEndsEverySession() async throws {
        let site = try await TestSite()
        try await site.visit { client async throws in
            let (_, cookie) = try await ada.signUp(client)
            let path = try await link(site)
            for _ in 0..<2 {
                let page = try await client.get(path)
                #expect(page.status == .ok && page.text.contains(ada.email))
            }
            let token = String(path.split(separator: "=")[1])
            let weak = try await submit(
                "/password/new", ["token": token, "password": "password123"], client, page: path)
            #expect(weak.status == .badRequest && weak.text.contains("easily guessed"))
            #expect(try await client.get("/profile", headers: cookie).status == .ok)
            let done = try await submit(
                "/password/new", ["token": token, "password": new.password], client, page: path)
            #expect(done.location == "/login?password=1")
            #expect(
                try await client.get("/login?password=1", headers: done.next([:])).text
                    .contains("Your password was changed."))
            #expect(try await client.get("/profile", headers: cookie).status == .seeOther)
            #expect(try await ada.trySignIn(client) == .unauthorized)
            #expect(try await new.trySignIn(client) == .seeOther)
            #expect(try await client.get(path).status == .notFound)
            #expect(try await site.accountNotices().map(\.kind) == [.passwordChanged])
            let noted = site.audit.events.filter { $0.kind == .passwordChanged }
            #expect(noted.count == 1 && noted[0].account == nil && noted[0].detail == "by a mailed link")
            // Once more, as somebody would who has read the mail later.
            let again = try await submit(
                "/password/new", ["token": token, "password": "another one entirely"], client, page: "/password")
            #expect(again.status == .badRequest && again.text.contains("was used already"))
            #expect(try await new.trySignIn(client) == .seeOther)
        }
    }

    /// Who has forgotten a password has tried others before.
    @Test func whoChoosesANewPasswordNeedNotWait() async throws {
        let site = try await TestSite { $0.signInTries = 2 }
        try await site.visit { client async throws in
            _ = try await ada.signUp(client)
            for _ in 0..<2 {
                #expect(try await LocalPerson(password: "a guess of hers").trySignIn(client) == .unauthorized)
            }
            #expect(try await ada.trySignIn(client) == .tooManyRequests)
            let path = try await link(site)
            let token = String(path.split(separator: "=")[1])
            _ = try await submit("/password/new", ["token": token, "password": new.password], client, page: path)
            #expect(try await new.trySignIn(client) == .seeOther)
        }
    }

    @Test func mailsAreLimitedForEveryAddressAlike() async throws {
        let site = try await TestSite { $0.resetMails = 2 }
        try await site.visit { client async throws in
            _ = try await ada.signUp(client)
            for email in [ada.email, "bob@example.org"] {
                for _ in 0..<2 { #expect(try await ask(email, client).status == .ok) }
                let refused = try await ask(email, client)
                #expect(refused.status == .tooManyRequests && refused.headers[.retryAfter] == "900")
            }
            #expect(try await ask("eve@example.org", client).status == .ok)
            site.clock.advance(seconds: 900)
            #expect(try await ask(ada.email, client).status == .ok)
        }
    }

    @Test func whatIsNoAddressIsSaidToBeNone() async throws {
        let site = try await TestSite()
        try await site.visit { client async throws in
            let answer = try await ask("ada", client)
            #expect(answer.status == .badRequest && answer.text.contains("Please enter an e-mail address"))
            #expect(try await site.accountNotices().isEmpty)
        }
    }

    @Test func withoutLocalAccountsThereIsNothingToForget() async throws {
        let site = try await TestSite { $0.hasLocalAccounts = false }
        try await site.visit { client async throws in
            #expect(try await client.get("/password").status == .notFound)
            #expect(try await !client.get("/login").text.contains("/password"))
        }
    }
}
