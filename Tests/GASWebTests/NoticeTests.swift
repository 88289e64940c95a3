import GAS
import GASTesting
import GASWeb
import HTTPTypes
import HummingbirdTesting
import Testing

/// Pages tell that something was done when it was, and once.
@Suite struct NoticeTests {
    @Test(arguments: Notice.allCases.map(\.rawValue))
    func anAddressAloneTellsNothing(notice: String) async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        try await site.visit { client async throws in
            for (path, headers) in [("/profile", ada.headers), ("/profile/confirm", ada.headers), ("/login", [:])] {
                let page = try await client.get("\(path)?\(notice)=1", headers: headers)
                #expect(!page.text.contains("role=\"status\""), "\(path)")
                #expect(page.cookie("__Host-gas-notice") == nil)
            }
        }
    }

    @Test func whatWasDoneIsToldOnce() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        let form = ["name": "Ada L", "email": ada.account.email, "institution": "", "csrf": ada.csrf]
        try await site.visit { client async throws in
            let saved = try await client.post("/profile", form, as: ada)
            #expect(saved.location == "/profile?saved=1")
            let cookie = try #require(saved.headers[values: .setCookie].first { $0.hasPrefix("__Host-gas-notice=") })
            for attribute in ["Max-Age=60", "Secure", "HttpOnly", "SameSite=Lax"] {
                #expect(cookie.contains(attribute))
            }
            // Another page neither tells it nor uses it up.
            let other = try await client.get("/annotate", headers: saved.next(ada.headers))
            #expect(!other.text.contains("was saved") && other.cookie("__Host-gas-notice") == nil)
            let told = try await client.get("/profile?saved=1", headers: saved.next(ada.headers))
            #expect(told.text.contains("Your profile was saved."))
            #expect(told.cookie("__Host-gas-notice")?.isEmpty == true)
            #expect(try await !client.get("/profile?saved=1", as: ada).text.contains("was saved"))
            // What was done is not told as something else.
            let wrong = try await client.get("/profile?password=1", headers: saved.next(ada.headers))
            #expect(!wrong.text.contains("role=\"status\""))
        }
    }

    /// The address after signing in can be chosen by who made the link; what happened cannot.
    @Test func whereSomebodyGoesOnTellsNothing() async throws {
        let site = try await TestSite()
        try await site.visit { client async throws in
            let fields = [
                "name": "Ada", "email": "ada@example.org", "institution": "", "password": "difference engine",
            ]
            let entered = try await submit("/signup", fields.merging(["next": "/profile?saved=1"]) { $1 }, client)
            #expect(entered.location == "/profile?saved=1" && entered.cookie("__Host-gas-notice") == nil)
        }
    }
}

/// Forms of pages that are older than the end of their session.
@Suite struct SignedOutTests {
    @Test func whoHasSignedOutElsewhereIsSignedOut() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        try await site.visit { client async throws in
            #expect(try await client.post("/logout", ["csrf": ada.csrf], as: ada).location == "/")
            let again = try await client.post("/logout", ["csrf": ada.csrf], as: ada)
            #expect(again.status == .seeOther && again.location == "/")
            #expect(site.audit.events.count { $0.kind == .signOut } == 1)
        }
    }

    @Test func whatWasSentIsNotDoneAndSaidSo() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        let form = ["name": "Eve", "email": ada.account.email, "institution": "", "csrf": ada.csrf]
        try await site.visit { client async throws in
            _ = try await client.post("/logout", ["csrf": ada.csrf], as: ada)
            let sent = try await client.post("/profile", form, as: ada)
            #expect(sent.location == "/login?next=%2Fannotations&signed-out=1")
            let page = try await client.get(sent.location ?? "", headers: sent.next([:])).text
            #expect(page.contains("You were not signed in any more"))
            #expect(try await site.accounts.account(ada.account.id)?.name == "Ada")
            let program = try await client.post("/profile", form, as: ada, headers: [.accept: "application/json"])
            #expect(program.status == .unauthorized)
        }
    }

    /// Who is signed in sends the token of that session or nothing; and other sites send nobody anywhere.
    @Test func foreignFormsAreRefusedAsBefore() async throws {
        let site = try await TestSite()
        let (ada, bob) = (try await site.person("Ada"), try await site.person("Bob"))
        try await site.visit { client async throws in
            #expect(try await client.post("/logout", ["csrf": bob.csrf], as: ada).status == .forbidden)
            #expect(try await client.get("/profile", as: ada).status == .ok)
            for path in ["/logout", "/profile", "/unsubscribe"] {
                let foreign = try await client.post(path, ["csrf": "x"], headers: [.origin: "https://evil.example"])
                #expect(foreign.status == .forbidden, "\(path)")
            }
            #expect(try await client.post("/login", ["csrf": ada.csrf]).status == .forbidden)
        }
    }
}

/// Where people go on after signing in.
@Suite struct WayOnTests {
    @Test(arguments: [
        ("/logout", "/annotations"), ("/unsubscribe", "/annotations"), ("/profile/export", "/annotations"),
        ("/annotations/1/cancel", "/annotations"), ("/nowhere", "/annotations"), ("/logout?x=/profile", "/annotations"),
        ("/subscribe", "/subscribe"), ("/annotations/1?a=b#c", "/annotations/1?a=b#c"),
    ])
    func toPagesAlone(next: String, expected: String) async throws {
        let site = try await TestSite()
        try await site.visit { client async throws in
            let fields = [
                "name": "Ada", "email": "ada@example.org", "institution": "", "password": "difference engine",
                "next": next,
            ]
            #expect(try await submit("/signup", fields, client).location == expected)
        }
    }
}
