import Foundation
import GAS
import GASIdentity
import GASTesting
import GASWeb
import HTTPTypes
import HummingbirdTesting
import ProviderStage
import Testing

/// The list of somebody's sessions on their profile.
@Suite struct SessionListTests {
    private func handles(_ page: TestResponse) -> [String] {
        page.text.split(separator: "name=\"session\" value=\"").dropFirst().map { String($0.prefix { $0 != "\"" }) }
            .filter { $0 != "others" }
    }

    @Test func othersAreListedAndEnded() async throws {
        let site = try await TestSite()
        let here = try await site.person()
        site.clock.advance(seconds: 1)
        let there = try await site.session(of: here.account)
        let stranger = try await site.person("Eve")
        try await site.visit { client async throws in
            let page = try await client.get("/profile", as: here)
            let listed = handles(page)
            #expect(listed.count == 1)
            #expect(page.text.contains("(here)"))
            for session in try await site.sessions.sessions(of: here.account.id) {
                #expect(!page.text.contains(session.tokenHash))
            }
            let form = ["session": listed[0], "csrf": here.csrf]
            // A stranger who knows the handle can do nothing with it.
            let other = ["session": listed[0], "csrf": stranger.csrf]
            #expect(try await client.post("/profile/sessions/end", other, as: stranger).status == .seeOther)
            #expect(try await client.get("/profile", as: there).status == .ok)

            #expect(
                try await client.post("/profile/sessions/end", form, as: here).location == "/profile?ended=1#sessions")
            #expect(try await client.get("/profile", as: there).status == .seeOther)
            #expect(try await client.get("/profile", as: here).status == .ok)
            let entry = try await site.audit.entries(AuditFilter(), before: nil, limit: 1).first
            #expect(entry?.event.kind == .sessionRevoked)
            #expect(entry?.event.account == here.account.id)
        }
    }

    @Test func allOthersAreEndedAtOnce() async throws {
        let site = try await TestSite()
        let here = try await site.person()
        let others = [try await site.session(of: here.account), try await site.session(of: here.account)]
        let stranger = try await site.person("Eve")
        try await site.visit { client async throws in
            let form = ["session": "others", "csrf": here.csrf]
            #expect(try await client.post("/profile/sessions/end", form, as: here).status == .seeOther)
            for other in others { #expect(try await client.get("/profile", as: other).status == .seeOther) }
            for stays in [here, stranger] { #expect(try await client.get("/profile", as: stays).status == .ok) }
        }
    }

    @Test func endingOnesOwnIsSigningOut() async throws {
        let site = try await TestSite()
        let here = try await site.person()
        try await site.visit { client async throws in
            let session = try #require(try await site.sessions.sessions(of: here.account.id).first)
            let form = ["session": session.handle, "csrf": here.csrf]
            let left = try await client.post("/profile/sessions/end", form, as: here)
            #expect(left.location == "/")
            #expect(left.cookie("__Host-gas")?.isEmpty == true)
            #expect(try await client.get("/profile", as: here).status == .seeOther)
        }
    }

    @Test func anEndedSessionIsNotListed() async throws {
        let site = try await TestSite()
        let old = try await site.person()
        site.clock.advance(seconds: 2 * 3600)
        let here = try await site.session(of: old.account)
        try await site.visit { client async throws in
            #expect(handles(try await client.get("/profile", as: here)).isEmpty)
        }
    }

    @Test func tokensOfASessionThatIsEndedElsewhereAreRevoked() async throws {
        try await ProviderSite.open { site async throws in
            let first = try site.entered(try await site.signIn())
            _ = try await site.signIn()
            let page = try await site.client.get("/profile", headers: first)
            let form = ["session": "others", "csrf": page.csrf ?? ""]
            _ = try await site.client.post("/profile/sessions/end", form, headers: first)
            #expect(site.stage.asked.count { $0 == "/revoke" } == 2)
            #expect(try await site.client.get("/profile", headers: first).status == .ok)
        }
    }

    @Test func signInsAndFailuresAreNoted() async throws {
        let site = try await TestSite()
        try await site.visit { client async throws in
            let page = try await client.get("/signup")
            let headers: HTTPFields = [.cookie: "__Host-gas-form=\(page.cookie("__Host-gas-form") ?? "")"]
            let form = [
                "name": "Ada", "email": "ada@example.org", "institution": "", "password": "difference engine",
                "csrf": page.csrf ?? "",
            ]
            _ = try await client.post("/signup", form, headers: headers)
            for password in ["difference engine", "guess"] {
                _ = try await client.post("/login", form.merging(["password": password]) { $1 }, headers: headers)
            }
            _ = try await client.post("/login", form.merging(["email": "eve@example.org"]) { $1 }, headers: headers)
            let events = try await site.audit.entries(AuditFilter(), before: nil, limit: 9).map(\.event).reversed()
            #expect(events.map(\.kind) == [.accountCreated, .signIn, .signIn, .signInFailed, .signInFailed])
            let owner = try await site.accounts.localAccount(email: "ada@example.org")?.account.id
            #expect(events.map(\.account) == [owner, owner, owner, nil, nil])
            // The owner sees who tried their address; of addresses that nobody has nothing is kept.
            #expect(events.map(\.about) == [nil, nil, nil, owner, nil])
            #expect(!events.contains { "\($0)".contains("@example.org") || "\($0)".contains("guess") })
        }
    }
}
