import Foundation
import GAS
import GASIdentity
import GASTesting
import GASWeb
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ProviderStage
import Testing

/// Signing in with a provider that behaves.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct ProviderSignInTests {
    @Test func theFirstVisitOpensAFreeAccountAndShowsTheProfile() async throws {
        try await ProviderSite.open { here async throws in
            let response = try await here.signIn()
            #expect(response.location == "/profile?welcome=1")
            let account = try #require(try await here.account)
            #expect(account.id == AccountID(rawValue: "248289761001"))
            #expect(account.role == .free)
            #expect([account.name, account.email, account.institution] == ["Jane Doe", "jane@example.org", "Campus"])
            let profile = try await here.client.get(
                "/profile?welcome=1", headers: response.next(here.entered(response)))
            #expect(profile.text.contains("Welcome! This is what Campus says about you"))
            #expect(profile.text.contains("You sign in with Campus."))
            #expect(!profile.text.contains("id=\"password\""))
            let kinds = try await here.site.audit.entries(AuditFilter(account: account.id), before: nil, limit: 9)
                .map(\.event.kind)
            #expect(kinds == [.signIn, .accountCreated])
            here.expectNoSecrets(in: profile)

            let again = try await here.signIn(next: "/annotations?status=failed")
            #expect(again.location == "/annotations?status=failed")
            #expect(here.stage.asked.count { $0 == "/userinfo" } == 1)
        }
    }

    @Test func theRequestAsksForLittleAndIsBound() async throws {
        try await ProviderSite.open { here async throws in
            let journey = try await here.leave()
            let query = ProviderStage.query(journey.address)
            #expect(query["scope"] == "openid email profile")
            #expect(query["response_type"] == "code")
            #expect(query["code_challenge_method"] == "S256")
            #expect(query["redirect_uri"] == "https://localhost:4433/login/campus/callback")
            for name in ["state", "nonce", "code_challenge"] { #expect((query[name] ?? "").utf8.count == 43) }
            #expect(!journey.cookie.contains(query["state"] ?? ""))
            let other = ProviderStage.query(try await here.leave().address)
            for name in ["state", "nonce", "code_challenge"] { #expect(query[name] != other[name]) }
        }
    }

    @Test func aSessionFromBeforeEndsAndTheNewOneIsNobodyElses() async throws {
        try await ProviderSite.open { here async throws in
            let journey = try await here.leave()
            let known = try await here.site.person()
            var headers = journey.headers
            headers[.cookie] = (headers[.cookie] ?? "") + "; __Host-gas=\(known.token)"
            let response = try await here.client.get(
                "/login/campus/callback?\(here.stage.consent(to: journey.address))", headers: headers)
            let cookie = try #require(response.headers[values: .setCookie].first { $0.hasPrefix("__Host-gas=") })
            #expect(!cookie.contains(known.token))
            for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] { #expect(cookie.contains(attribute)) }
            #expect(try await here.client.get("/profile", as: known).status == .seeOther)
        }
    }

    @Test func signingOutEndsEverything() async throws {
        try await ProviderSite.open { here async throws in
            let headers = try here.entered(try await here.signIn())
            let profile = try await here.client.get("/profile", headers: headers)
            let left = try await here.client.post("/logout", ["csrf": profile.csrf ?? ""], headers: headers)
            #expect(left.location == "/logout/campus")
            #expect(left.cookie("__Host-gas")?.isEmpty == true)
            #expect(try await here.client.get("/profile", headers: headers).status == .seeOther)
            let revoked = here.stage.calls.filter { $0.path == "/revoke" }.compactMap { $0.form["token"] }
            #expect(revoked == [ProviderStage.refreshToken, ProviderStage.accessToken])

            let farewell = try await here.client.get("/logout/campus")
            let there = "\(here.stage.issuer)/end?client_id=gas%20client%2B1&amp;post_logout_redirect_uri=https%3A"
            #expect(
                farewell.text.contains("<meta http-equiv=\"refresh\" content=\"0; url=\(there)"), "\(farewell.text)")
            here.expectNoSecrets(in: farewell)
            let kinds = try await here.site.audit.entries(AuditFilter(), before: nil, limit: 1).map(\.event.kind)
            #expect(kinds == [.signOut])
        }
    }

    @Test func aProviderThatCannotRevokeKeepsNobodySignedIn() async throws {
        try await ProviderSite.open({ $0.faults["/revoke"] = .status(500) }) { here async throws in
            let headers = try here.entered(try await here.signIn())
            let profile = try await here.client.get("/profile", headers: headers)
            let left = try await here.client.post("/logout", ["csrf": profile.csrf ?? ""], headers: headers)
            #expect(left.status == .seeOther)
            #expect(try await here.client.get("/profile", headers: headers).status == .seeOther)
            let entries = try await here.site.audit.entries(AuditFilter(), before: nil, limit: 2).map(\.event)
            #expect(entries.map(\.kind) == [.providerError, .signOut])
        }
    }

    @Test func whatTheProviderGaveIsStoredSealed() async throws {
        try await ProviderSite.open { here async throws in
            _ = try await here.signIn()
            let account = try #require(try await here.account)
            let session = try #require(try await here.site.sessions.sessions(of: account.id).first)
            let sealed = try #require(session.sealedTokens)
            #expect(sealed.count > 40 && !sealed.contains(ProviderStage.accessToken))
            // What is sealed for one account cannot be put into another's session.
            let seal = Seal(secret: "a sealing key of at least 32 characters")
            #expect(seal.open(sealed, as: [String: String].self, for: "tokens of somebody-else") == nil)
        }
    }

    @Test func aPersonIsTheirSubjectAndNotTheirAddress() async throws {
        try await ProviderSite.open { here async throws in
            _ = try await here.signIn()
            here.stage.play { $0.claims["sub"] = "another/person" }
            here.stage.play { $0.userinfo["sub"] = "another/person" }
            #expect(try await here.signIn().location == "/profile?welcome=1")
            let identity = Identity(issuer: here.stage.issuer, subject: "another/person")
            let other = try #require(try await here.site.accounts.account(of: identity))
            #expect(other.email == "jane@example.org")
            // What cannot stand in the key of an object is no part of the identifier.
            #expect(UUID(uuidString: other.id.rawValue) != nil)
        }
    }

    @Test func oneSubjectAtTwoProvidersIsTwoPeople() async throws {
        let elsewhere = Identity(issuer: "https://elsewhere.example", subject: "248289761001")
        try await ProviderSite.open { here async throws in
            let taken = Account.sample(
                id: AccountID(rawValue: "248289761001"), at: here.site.clock.now, identity: elsewhere)
            #expect(try await here.site.accounts.add(taken, passwordHash: nil))
            #expect(try await here.signIn().location == "/profile?welcome=1")
            let account = try #require(try await here.account)
            #expect(account.id != taken.id)
            #expect(try await here.site.accounts.account(taken.id) == taken)
        }
    }

    @Test func theSignInPageOffersWhatThereIs() async throws {
        try await ProviderSite.open { here async throws in
            let page = try await here.client.get("/login?next=/profile")
            #expect(page.text.contains("href=\"/login/campus?next=%2Fprofile\">Sign in with Campus</a>"))
            #expect(page.text.contains("action=\"/login\""))
            #expect(try await here.client.get("/login/nobody").status == .notFound)
            #expect(try await here.client.get("/login/nobody/callback?state=x").status == .notFound)
        }
        try await ProviderSite.open(web: { $0.hasLocalAccounts = false }) { here async throws in
            let ada = try await here.site.person()
            #expect(try await here.client.get("/profile", as: ada).status == .seeOther)
            let page = try await here.client.get("/login")
            #expect(!page.text.contains("action=\"/login\"") && !page.text.contains("/signup"))
            #expect(try await here.client.get("/signup").status == .notFound)
            #expect(try await here.client.post("/login", [:]).status == .methodNotAllowed)
            #expect(try await !here.client.get("/").text.contains("/signup"))
            #expect(try await here.signIn().location == "/profile?welcome=1")
        }
    }

    @Test(arguments: ["RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"])
    func everyAlgorithmOfTheListIsUnderstood(_ algorithm: String) async throws {
        let key: StageKey =
            switch algorithm {
            case "ES256": .p256
            case "ES384": .p384
            case "ES512": .p521
            default: .first
            }
        try await ProviderSite.open({ script in
            script.signing = .by(key, algorithm: algorithm)
            script.publishedKeys = [StageKey.second.published, key.published]
        }) { here async throws in
            #expect(try await here.signIn().location == "/profile?welcome=1")
        }
    }

    @Test func aProviderOfGlobusKindIsUnderstood() async throws {
        // One RS512 key without a name, no e-mail address, a sign-out page and a revocation of its own.
        try await ProviderSite.open(
            { script in
                script.signing = .by(.first, algorithm: "RS512")
                script.missingHeader = ["kid"]
                script.publishedKeys = [StageKey.first.nameless.merging(["alg": "RS512", "use": "sig"]) { $1 }]
                script.metadata = [
                    "end_session_endpoint": NSNull(), "revocation_endpoint": NSNull(),
                    "id_token_signing_alg_values_supported": ["RS512"],
                ]
                script.claims = ["email": NSNull(), "name": "Jane", "organization": "Lab"]
                script.userinfo = ["sub": "248289761001", "email": NSNull()]
            }, settings: { $0.preset = .globus }
        ) { here async throws in
            let headers = try here.entered(try await here.signIn())
            let profile = try await here.client.get("/profile", headers: headers)
            #expect(profile.text.contains("There is no e-mail address yet"))
            _ = try await here.client.post("/logout", ["csrf": profile.csrf ?? ""], headers: headers)
            #expect(here.stage.asked.last == "/v2/oauth2/token/revoke")
            #expect(here.stage.calls.last?.form["token"] == ProviderStage.accessToken)
            let farewell = try await here.client.get("/logout/campus")
            #expect(farewell.text.contains("/v2/web/logout?client_id="))
        }
    }
}
