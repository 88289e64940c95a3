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

/// A sign-in belongs to the browser that began it, to one provider, to a few minutes, and happens once.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct SignInBindingTests {
    @Test func anAnswerWithoutABeginningIsRefused() async throws {
        try await ProviderSite.open { here async throws in
            let journey = try await here.leave()
            let query = here.stage.consent(to: journey.address)
            try await here.expectRefusal(try await here.comeBack(query, nil), .notBegun)
            for cookie in [
                "x", String(repeating: "A", count: 300), journey.cookie + "A", String(journey.cookie.dropLast()),
            ] {
                let forged = ProviderSite.Journey(address: "", cookie: cookie)
                try await here.expectRefusal(try await here.comeBack(query, forged), .notBegun)
            }
            #expect(!here.stage.asked.contains("/token"))
        }
    }

    @Test func theStateOfAnotherBrowserIsRefused() async throws {
        try await ProviderSite.open { here async throws in
            let (ada, eve) = (try await here.leave(), try await here.leave())
            // Eve's answer in Ada's browser would sign Ada in as Eve.
            let query = here.stage.consent(to: eve.address)
            try await here.expectRefusal(try await here.comeBack(query, ada), .state)
            for query in ["code=x", "code=x&state=", "code=x&state=guess"] {
                try await here.expectRefusal(try await here.comeBack(query, ada), .state)
            }
            #expect(!here.stage.asked.contains("/token"))
            // Ada's own sign-in is not spoilt by that.
            let own = here.stage.consent(to: ada.address)
            #expect(try await here.comeBack(own, ada).status == .seeOther)
        }
    }

    @Test func anAnswerIsUsedOnce() async throws {
        try await ProviderSite.open { here async throws in
            let journey = try await here.leave()
            let query = here.stage.consent(to: journey.address)
            #expect(try await here.comeBack(query, journey).status == .seeOther)
            try await here.expectRefusal(try await here.comeBack(query, journey), .repeated)
            #expect(here.stage.asked.count { $0 == "/token" } == 1)
        }
    }

    @Test func ofManyAtTheSameTimeOneIsLetIn() async throws {
        try await ProviderSite.open { here async throws in
            let journey = try await here.leave()
            let query = here.stage.consent(to: journey.address)
            let statuses = try await withThrowingTaskGroup(of: HTTPResponse.Status.self) { group in
                for _ in 0..<10 { group.addTask { try await here.comeBack(query, journey).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == .seeOther } == 1)
            #expect(statuses.count { $0 == .badRequest } == 9)
        }
    }

    @Test func aSignInThatTakesTooLongIsRefused() async throws {
        try await ProviderSite.open { here async throws in
            let journey = try await here.leave()
            let query = here.stage.consent(to: journey.address)
            here.site.clock.advance(seconds: 600)
            try await here.expectRefusal(try await here.comeBack(query, journey), .tooLate)
        }
    }

    @Test func anAnswerOfAnotherProviderIsRefused() async throws {
        try await ProviderSite.open { here async throws in
            let journey = try await here.leave()
            let query = here.stage.consent(to: journey.address) + "&iss=https%3A%2F%2Fevil.example"
            try await here.expectRefusal(try await here.comeBack(query, journey), .mixUp)
            #expect(!here.stage.asked.contains("/token"))
        }
        try await ProviderSite.open({ $0.metadata["authorization_response_iss_parameter_supported"] = true }) {
            here async throws in
            try await here.expectRefusal(try await here.signIn(), .mixUp)
            let journey = try await here.leave()
            let query = here.stage.consent(to: journey.address) + "&iss=" + here.stage.issuer.formEncoded
            #expect(try await here.comeBack(query, journey).status == .seeOther)
        }
    }

    @Test func aSignInBegunAtOneProviderIsNotFinishedAtAnother() async throws {
        let other = OpenIDSettings(
            name: "other", title: "Other", issuer: "https://other.example", clientID: "x", clientSecret: "y")
        try await ProviderSite.open(others: [Unreachable(settings: other)]) { here async throws in
            let journey = try await here.leave()
            let query = here.stage.consent(to: journey.address)
            let response = try await here.client.get("/login/other/callback?\(query)", headers: journey.headers)
            #expect(response.status == .badRequest)
            #expect(response.text.contains("This sign-in was not begun in this browser"))
        }
    }

    @Test func codeInjectionFailsForWantOfTheVerifier() async throws {
        try await ProviderSite.open { here async throws in
            let (ada, eve) = (try await here.leave(), try await here.leave())
            // Ada's code, stolen, in Eve's own sign-in.
            let code = here.stage.consent(to: ada.address).split(separator: "&")[0]
            let state = ProviderStage.query(eve.address)["state"] ?? ""
            try await here.expectRefusal(try await here.comeBack("\(code)&state=\(state)", eve), .code)
        }
    }

    @Test(arguments: [
        ("access_denied", SignInFailure.Reason.declined), ("<script>", .declined), ("server_error", .unreachable),
        ("invalid_scope", .client),
    ]) func whoSaysNoIsToldSo(_ error: String, _ reason: SignInFailure.Reason) async throws {
        try await ProviderSite.open { here async throws in
            let journey = try await here.leave()
            let state = ProviderStage.query(journey.address)["state"] ?? ""
            let query =
                "error=\(error.formEncoded)&error_description=%3Cscript%3Ealert(1)%3C%2Fscript%3E&state=\(state)"
            let response = try await here.comeBack(query, journey)
            try await here.expectRefusal(response, reason)
            #expect(!response.text.contains("<script>alert"))
        }
    }

    @Test(arguments: ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
    func onlyOurOwnPagesAreReturnedTo(_ next: String) async throws {
        try await ProviderSite.open { here async throws in
            _ = try await here.signIn()
            #expect(try await here.signIn(next: next).location == "/annotations")
        }
    }

    @Test func failuresOfOneAddressAreSlowedDown() async throws {
        try await ProviderSite.open(web: {
            $0.trustedProxies = [NetworkRange("127.0.0.1")].compactMap { $0 }
            $0.signInTriesPerAddress = 3
        }) { here async throws in
            for _ in 0..<3 { #expect(try await here.comeBack("code=x&state=y", nil).status == .badRequest) }
            #expect(try await here.comeBack("code=x&state=y", nil).status == .tooManyRequests)
            let failures = AuditFilter(kinds: [.signInFailed])
            #expect(try await here.site.audit.entries(failures, before: nil, limit: 9).count == 3)
        }
    }

    @Test func beginningASignInChangesNothingHere() async throws {
        try await ProviderSite.open { here async throws in
            for _ in 0..<20 { _ = try await here.leave() }
            #expect(here.site.tickets.count == 0)
            #expect(try await here.site.audit.entries(AuditFilter(), before: nil, limit: 9).isEmpty)
            // And the provider is asked about itself once.
            #expect(here.stage.asked == ["/.well-known/openid-configuration"])
            #expect(
                try await here.client.executeRequest(uri: "/login/campus", method: .head, headers: [:], body: nil)
                    .status
                    != .seeOther)
        }
    }
}

/// A provider that nobody can reach.
private struct Unreachable: IdentityProvider {
    let settings: OpenIDSettings

    var name: String { settings.name }
    var title: String { settings.title }

    func begin(returningTo redirect: String) async throws -> SignInStart { throw failure }
    func finish(_ answer: SignInAnswer, of attempt: SignInAttempt, returningTo redirect: String) async throws -> Voucher
    {
        throw failure
    }
    func details(of voucher: Voucher) async throws -> PersonalDetails { throw failure }
    func revoke(_ tokens: ProviderTokens) async throws { throw failure }
    func signOutPage(returningTo address: String) async throws -> String? { throw failure }

    private var failure: SignInFailure { SignInFailure(.unreachable, at: title) }
}
