import Foundation
import GAS
import GASIdentity
import GASTesting
import GASWeb
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@Suite struct SignInTests {
    private let form = [
        "name": "Ada", "email": "Ada@example.org", "institution": "Engines", "password": "difference engine",
    ]

    /// Fills in a form as a browser does: with the token and the cookie of its page.
    private func submit(
        _ path: String,
        _ fields: [String: String],
        at client: any TestClientProtocol,
        changing change: (inout [String: String], inout HTTPFields) -> Void = { _, _ in }
    ) async throws -> TestResponse {
        let page = try await client.get(path)
        var form = fields
        form["csrf"] = page.csrf
        var headers: HTTPFields = [.cookie: "__Host-gas-form=\(page.cookie("__Host-gas-form") ?? "")"]
        change(&form, &headers)
        return try await client.post(path, form, headers: headers)
    }

    @Test func signingUpAndInAndOut() async throws {
        let site = try await TestSite()
        try await site.visit { client async throws in
            let created = try await submit("/signup", form, at: client)
            #expect(created.status == .seeOther)
            #expect(created.location == "/annotate")

            let entered = try await submit("/login", form, at: client)
            #expect(entered.location == "/annotations")
            let token = try #require(entered.cookie("__Host-gas"))
            let cookie: HTTPFields = [.cookie: "__Host-gas=\(token)"]
            let profile = try await client.get("/profile", headers: cookie)
            #expect(profile.text.contains("value=\"ada@example.org\""))

            let left = try await client.post("/logout", ["csrf": profile.csrf ?? ""], headers: cookie)
            #expect(left.status == .seeOther)
            #expect(left.cookie("__Host-gas")?.isEmpty == true)
            #expect(try await client.get("/profile", headers: cookie).location?.hasPrefix("/login") == true)
        }
    }

    @Test func theCookieIsGivenToNobodyElse() async throws {
        let site = try await TestSite()
        try await site.visit { client async throws in
            let created = try await submit("/signup", form, at: client)
            let cookie = try #require(created.headers[values: .setCookie].first { $0.hasPrefix("__Host-gas=") })
            let attributes = Set(
                cookie.split(separator: ";").dropFirst().map { $0.trimmingCharacters(in: .whitespaces) })
            #expect(attributes.isSuperset(of: ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"]))
            #expect(!attributes.contains { $0.hasPrefix("Domain") })
        }
    }

    @Test func plainHTTPOnLoopbackHasAPlainCookie() async throws {
        let site = try await TestSite { $0.publicURL = "http://localhost:8080" }
        try await site.visit { client async throws in
            let cookies = try await client.get("/login").headers[values: .setCookie]
            #expect(cookies.count == 1)
            #expect(cookies.allSatisfy { $0.hasPrefix("gas-form=") && !$0.contains("Secure") })
        }
    }

    @Test func aSessionFromBeforeSignInEnds() async throws {
        let site = try await TestSite()
        let known = try await site.person()
        try await site.visit { client async throws in
            _ = try await submit("/signup", form, at: client)
            let entered = try await submit("/login", form, at: client) { _, headers in
                headers[.cookie] = (headers[.cookie] ?? "") + "; __Host-gas=\(known.token)"
            }
            #expect(entered.cookie("__Host-gas") != known.token)
            #expect(try await client.get("/profile", as: known).status == .seeOther)
        }
    }

    @Test func wrongCredentialsGetOneAnswer() async throws {
        let site = try await TestSite()
        try await site.visit { client async throws in
            _ = try await submit("/signup", form, at: client)
            let wrong = try await submit("/login", ["email": "ada@example.org", "password": "guess"], at: client)
            let unknown = try await submit("/login", ["email": "bob@example.org", "password": "guess"], at: client)
            for response in [wrong, unknown] {
                #expect(response.status == .unauthorized)
                #expect(response.text.contains("E-mail address or password is wrong."))
                #expect(response.cookie("__Host-gas") == nil)
            }
        }
    }

    @Test func guessingIsSlowedDown() async throws {
        let site = try await TestSite { $0.signInTries = 3 }
        try await site.visit { client async throws in
            _ = try await submit("/signup", form, at: client)
            let guess = ["email": "ada@example.org", "password": "guess"]
            for _ in 0..<3 { #expect(try await submit("/login", guess, at: client).status == .unauthorized) }
            let refused = try await submit("/login", form, at: client)
            #expect(refused.status == .tooManyRequests)
            #expect(refused.headers[.retryAfter] == "900")
            site.clock.advance(seconds: 900)
            #expect(try await submit("/login", form, at: client).status == .seeOther)
        }
    }

    @Test func guessesAtTheSameTimeAreSlowedDownToo() async throws {
        let site = try await TestSite { $0.signInTries = 3 }
        try await site.visit { client async throws in
            _ = try await submit("/signup", form, at: client)
            let statuses = try await withThrowingTaskGroup(of: HTTPResponse.Status.self) { group in
                for number in 0..<20 {
                    // White space around the address does not make another account of it.
                    let email = String(repeating: " ", count: number) + "ada@example.org"
                    let guess = ["email": email, "password": "guess"]
                    group.addTask { try await submit("/login", guess, at: client).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == .unauthorized } == 3)
            #expect(statuses.count { $0 == .tooManyRequests } == 17)
        }
    }

    @Test func whoSignsInOftenDoesNotWait() async throws {
        let site = try await TestSite { $0.signInTries = 2 }
        try await site.visit { client async throws in
            _ = try await submit("/signup", form, at: client)
            for _ in 0..<5 { #expect(try await submit("/login", form, at: client).status == .seeOther) }
            site.faults.arm("AccountStore.localAccount")
            #expect(try await submit("/login", form, at: client).status.code >= 500)
            for _ in 0..<2 { #expect(try await submit("/login", form, at: client).status == .seeOther) }
        }
    }

    @Test func aNewAddressNeedsThePassword() async throws {
        let site = try await TestSite { $0.signInTries = 3 }
        try await site.visit { client async throws in
            let created = try await submit("/signup", form, at: client)
            let cookie: HTTPFields = [.cookie: "__Host-gas=\(try #require(created.cookie("__Host-gas")))"]
            var fields = ["name": "Ada", "email": "eve@example.org", "institution": "", "password": ""]
            fields["csrf"] = try await client.get("/profile", headers: cookie).csrf
            for guess in ["", "guess"] {
                fields["password"] = guess
                let refused = try await client.post("/profile", fields, headers: cookie)
                #expect(refused.status == .badRequest)
                #expect(refused.text.contains("id=\"password-problem\""))
                #expect(!refused.text.contains("value=\"guess\""))
            }
            fields["password"] = form["password"]
            #expect(try await client.post("/profile", fields, headers: cookie).location == "/profile?saved=1")

            fields["email"] = "ada@example.org"
            fields["password"] = "guess"
            for _ in 0..<3 {
                #expect(try await client.post("/profile", fields, headers: cookie).status == .badRequest)
            }
            #expect(try await client.post("/profile", fields, headers: cookie).status == .tooManyRequests)
            fields["email"] = "eve@example.org"
            #expect(try await client.post("/profile", fields, headers: cookie).status == .seeOther)
        }
    }

    @Test func everyFieldThatIsWrongIsNamed() async throws {
        let site = try await TestSite()
        try await site.visit { client async throws in
            let refused = try await submit(
                "/signup",
                ["name": "", "email": "nobody", "institution": "", "password": "short"],
                at: client
            )
            #expect(refused.status == .badRequest)
            for field in ["name", "email", "password"] { #expect(refused.text.contains("id=\"\(field)-problem\"")) }
            #expect(!refused.text.contains("value=\"short\""))
        }
    }

    @Test(arguments: [
        "//evil.example", "/\\evil.example", "\\/evil.example", "https:evil.example", "https://evil.example",
        "http://u:p@evil.example", "/\tevil", "/%0d%0aSet-Cookie:x\r\n", "javascript:alert(1)", "", "annotate",
        "/\n/evil.example", " //evil.example",
    ])
    func onlyOurOwnPagesAreReturnedTo(next: String) async throws {
        let site = try await TestSite()
        try await site.visit { client async throws in
            var fields = form
            fields["next"] = next
            let created = try await submit("/signup", fields, at: client)
            #expect(created.location == "/annotate")
            let page = try await client.get("/login?next=\(next.formEncoded)")
            #expect(page.text.contains("name=\"next\" value=\"/annotations\""))
        }
    }

    @Test func thePageThatWasAskedForIsReturnedTo() async throws {
        let site = try await TestSite()
        try await site.visit { client async throws in
            let sent = try await client.get("/annotations?status=failed")
            #expect(sent.location == "/login?next=%2Fannotations%3Fstatus%3Dfailed")
            var fields = form
            fields["next"] = "/annotations?status=failed"
            #expect(try await submit("/signup", fields, at: client).location == "/annotations?status=failed")
        }
    }
}

@Suite struct FormTokenTests {
    @Test func aFormNeedsTheSessionsToken() async throws {
        let site = try await TestSite()
        let (ada, bob) = (try await site.person("Ada"), try await site.person("Bob"))
        let form = ["name": "Eve", "email": ada.account.email, "institution": ""]
        try await site.visit { client async throws in
            for token in ["", "x", bob.csrf] {
                var fields = form
                fields["csrf"] = token
                #expect(try await client.post("/profile", fields, as: ada).status == .forbidden)
            }
            #expect(try await site.accounts.account(ada.account.id)?.name == "Ada")
            var fields = form
            fields["csrf"] = ada.csrf
            #expect(try await client.post("/profile", fields, as: ada).status == .seeOther)
            #expect(try await site.accounts.account(ada.account.id)?.name == "Eve")
        }
    }

    @Test(arguments: [
        ("Origin", "https://evil.example", false), ("Origin", "null", false),
        ("Origin", "https://localhost:4433", true), ("Origin", "https://localhost:4434", false),
        ("Sec-Fetch-Site", "cross-site", false), ("Sec-Fetch-Site", "same-site", false),
        ("Sec-Fetch-Site", "same-origin", true),
    ])
    func aFormFromElsewhereIsRefused(header: String, value: String, isOurs: Bool) async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        let name = try #require(HTTPField.Name(header))
        try await site.visit { client async throws in
            let response = try await client.post("/logout", ["csrf": ada.csrf], as: ada, headers: [name: value])
            #expect(response.status == (isOurs ? .seeOther : .forbidden))
        }
    }

    @Test func aSignInFormNeedsTheCookieOfItsPage() async throws {
        let site = try await TestSite()
        try await site.visit { client async throws in
            let token = try #require(try await client.get("/login").csrf)
            #expect(try await client.post("/login", ["csrf": token]).status == .forbidden)
            #expect(
                try await client.post("/login", ["csrf": ""], headers: [.cookie: "__Host-gas-form="]).status
                    == .forbidden
            )
        }
    }

    @Test func anotherKindOfFormOrTooLargeAOneIsRefused() async throws {
        let site = try await TestSite { $0.formBytes = 1000 }
        let ada = try await site.person()
        try await site.visit { client async throws in
            let large = ["csrf": ada.csrf, "name": String(repeating: "x", count: 1000)]
            // Behind the answer, 413, the connection ends; where there is none, that is this error.
            await #expect(throws: CancellationError.self) { _ = try await client.post("/profile", large, as: ada) }
            let json = try await client.executeRequest(
                uri: "/profile",
                method: .post,
                headers: ada.headers,
                body: ByteBuffer(string: "{}")
            )
            #expect(json.status == .badRequest)
        }
    }
}
