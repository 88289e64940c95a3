import Foundation
import GAS
import GASIdentity
import GASTesting
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ProviderStage
import Testing

/// What a provider, or somebody who stands in its place, may try. Each is refused with a sentence for the person and an
/// entry in the audit log, and no secret gets anywhere.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct HostileProviderTests {
    /// One lie of an ID token.
    struct Lie: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let reason: SignInFailure.Reason
        let tell: @Sendable (inout Script, Int) -> Void

        init(
            _ name: String, _ reason: SignInFailure.Reason, _ tell: @escaping @Sendable (inout Script, Int) -> Void
        ) {
            testDescription = name
            self.reason = reason
            self.tell = tell
        }
    }

    /// `now` is in seconds since 1970; clocks may differ by 300 s.
    static let lies: [Lie] = [
        Lie("another issuer", .issuer) { script, _ in script.claims["iss"] = "https://evil.example" },
        Lie("the issuer with a slash", .issuer) { script, _ in script.claims["iss"] = "http://127.0.0.1/" },
        Lie("no issuer", .issuer) { script, _ in script.missing = ["iss"] },
        Lie("made for another service", .audience) { script, _ in script.claims["aud"] = "other" },
        Lie("made for several, and not for us", .audience) { script, _ in script.claims["aud"] = ["a", "b"] },
        Lie("made for nobody", .audience) { script, _ in script.missing = ["aud"] },
        Lie("made for several, of which one is us, by nobody", .audience) { script, _ in
            script.claims["aud"] = [ProviderStage.clientID, "other"]
        },
        Lie("given to another service", .audience) { script, _ in script.claims["azp"] = "other" },
        Lie("expired", .expired) { script, now in script.claims["exp"] = now - 300 },
        Lie("without an end", .expired) { script, _ in script.missing = ["exp"] },
        Lie("valid from a future moment on", .notYetValid) { script, now in script.claims["nbf"] = now + 301 },
        Lie("made in the future", .notYetValid) { script, now in script.claims["iat"] = now + 301 },
        Lie("made at no time", .notYetValid) { script, _ in script.missing = ["iat"] },
        Lie("made long before", .expired) { script, now in script.claims["iat"] = now - 301 },
        Lie("another nonce", .nonce) { script, _ in script.claims["nonce"] = "AAAA" },
        Lie("no nonce", .nonce) { script, _ in script.missing = ["nonce"] },
        Lie("a nonce that is a number", .unreadable) { script, _ in script.claims["nonce"] = 1 },
        Lie("no subject", .subject) { script, _ in script.missing = ["sub"] },
        Lie("an empty subject", .subject) { script, _ in script.claims["sub"] = "" },
        Lie("a subject with a line end", .subject) { script, _ in script.claims["sub"] = "a\r\nb" },
        Lie("an endless subject", .subject) { script, _ in script.claims["sub"] = String(repeating: "a", count: 256) },
        Lie("the hash of another access token", .accessToken) { script, _ in script.claims["at_hash"] = "AAAA" },
        Lie("alg none", .algorithm) { script, _ in script.signing = .none },
        Lie("alg nOnE", .algorithm) { script, _ in
            script.signing = .none
            script.header["alg"] = "nOnE"
        },
        Lie("HS256 with the public key as secret", .algorithm) { script, _ in
            script.signing = .publicKeyAsSecret(.first)
        },
        Lie("the signature cut off", .signature) { script, _ in script.signing = .stripped },
        Lie("a signature with one bit changed", .signature) { script, _ in script.signing = .tampered(.first) },
        Lie("signed with a key of nobody's under a known name", .signature) { script, _ in
            script.signing = .by(.second, algorithm: "RS256")
            script.header["kid"] = "first"
        },
        Lie("RS512 said of an RS256 signature", .signature) { script, _ in script.header["alg"] = "RS512" },
        Lie("RS256 by a key that is for RS512", .key) { script, _ in
            script.publishedKeys = [StageKey.first.published.merging(["alg": "RS512"]) { $1 }]
        },
        Lie("an algorithm that the provider does not announce", .algorithm) { script, _ in
            script.metadata["id_token_signing_alg_values_supported"] = ["RS512"]
        },
        Lie("a key for encryption", .key) { script, _ in
            script.publishedKeys = [StageKey.first.published.merging(["use": "enc"]) { $1 }]
        },
        Lie("a key of 1024 bits", .signature) { script, _ in
            script.signing = .by(.short, algorithm: "RS256")
            script.publishedKeys = [StageKey.short.published]
        },
        Lie("an unknown key", .key) { script, _ in script.signing = .by(.second, algorithm: "RS256") },
        Lie("a key in the header", .key) { script, _ in
            script.signing = .by(.second, algorithm: "RS256")
            script.header["jwk"] = StageKey.second.published
        },
        Lie("no key named, of several that fit", .key) { script, _ in
            script.missingHeader = ["kid"]
            script.publishedKeys = [StageKey.first.published, StageKey.second.published]
        },
        Lie("no keys at all", .key) { script, _ in script.publishedKeys = [] },
        Lie("keys of no known kind", .key) { script, _ in
            script.publishedKeys = [["kty": "oct", "k": "AAAA"], ["x": 1]]
        },
        Lie("a header that must be understood", .unreadable) { script, _ in script.header["crit"] = ["exp"] },
        Lie("no token", .unreadable) { script, _ in script.signing = .garbage("nonsense") },
        Lie("an encrypted token", .unreadable) { script, _ in script.signing = .garbage("a.b.c.d.e") },
        Lie("padding in the token", .unreadable) { script, _ in script.signing = .garbage("e30=.e30=.e30=") },
    ]

    @Test(arguments: lies) func aLieIsRefused(_ lie: Lie) async throws {
        try await ProviderSite.open { here async throws in
            let now = Int(here.site.clock.now.timeIntervalSince1970)
            here.stage.play { lie.tell(&$0, now) }
            try await here.expectRefusal(try await here.signIn(), lie.reason)
            #expect(try await here.account == nil)
            // The provider comes to its senses, and people can sign in.
            here.stage.play { $0 = Script() }
            here.site.clock.advance(seconds: 3601)
            #expect(try await here.signIn().status == .seeOther)
        }
    }

    @Test(arguments: [
        ("exp", -299), ("nbf", 300), ("iat", 300), ("iat", -300),
    ]) func clocksMayDifferByTheLeeway(_ claim: String, _ seconds: Int) async throws {
        try await ProviderSite.open { here async throws in
            let now = Int(here.site.clock.now.timeIntervalSince1970)
            here.stage.play { $0.claims[claim] = now + seconds }
            #expect(try await here.signIn().status == .seeOther)
        }
    }

    @Test func severalAudiencesAreFineWhenWeAreTheOneAskedFor() async throws {
        try await ProviderSite.open({
            $0.claims = ["aud": [ProviderStage.clientID, "other"], "azp": ProviderStage.clientID]
        }) { here async throws in
            #expect(try await here.signIn().status == .seeOther)
        }
    }

    @Test func aMissingKeyNameIsNoQuestionWhenThereIsOneKey() async throws {
        try await ProviderSite.open({ $0.missingHeader = ["kid"] }) { here async throws in
            #expect(try await here.signIn().status == .seeOther)
        }
    }

    @Test func anAddressOfKeysInTheTokenIsNeverAsked() async throws {
        try await ProviderSite.open { here async throws in
            let address = "\(here.stage.issuer)/evil-keys"
            here.stage.play {
                $0.signing = .by(.second, algorithm: "RS256")
                $0.header = ["jku": address, "x5u": address]
            }
            try await here.expectRefusal(try await here.signIn(), .key)
            #expect(!here.stage.asked.contains("/evil-keys"))
        }
    }

    /// How addresses fail, and what that means.
    struct Failure: Sendable, CustomTestStringConvertible {
        let path: String
        let fault: Script.Fault
        let reason: SignInFailure.Reason

        var testDescription: String { "\(path): \(fault)" }
    }

    static let failures: [Failure] = ["/.well-known/openid-configuration", "/token", "/keys", "/userinfo"].flatMap {
        path in
        [
            Failure(path: path, fault: .status(500), reason: .unreachable),
            Failure(path: path, fault: .status(429), reason: .unreachable),
            Failure(path: path, fault: .stalled, reason: .unreachable),
            Failure(path: path, fault: .broken, reason: .unreachable),
            Failure(path: path, fault: .endless(2 << 20), reason: .unreadable),
            Failure(path: path, fault: .status(404), reason: .unreadable),
            Failure(path: path, fault: .text("<html>Login</html>"), reason: .unreadable),
            Failure(path: path, fault: .text("[]"), reason: .unreadable),
            // Whoever gets the browser's trust by a redirect gets no secret of ours.
            Failure(path: path, fault: .redirect("/elsewhere"), reason: .unreadable),
        ]
    }

    @Test(arguments: failures) func aFailingProviderIsToldOf(_ failure: Failure) async throws {
        try await ProviderSite.open { here async throws in
            here.stage.play { $0.faults[failure.path] = failure.fault }
            let first = try await here.client.get("/login/campus")
            if failure.path.hasPrefix("/.well-known") {
                try await here.expectRefusal(first, failure.reason)
            } else {
                let journey = try await here.leave()
                let query = here.stage.consent(to: journey.address)
                try await here.expectRefusal(try await here.comeBack(query, journey), failure.reason)
            }
            #expect(!here.stage.asked.contains("/elsewhere"))
            here.stage.play { $0.faults = [:] }
            here.site.clock.advance(seconds: 6)
            #expect(try await here.signIn().status == .seeOther)
        }
    }

    @Test func refusalsOfTheTokenEndpoint() async throws {
        try await ProviderSite.open({ $0.faults["/token"] = .text("{\"error\": \"none\"}") }) { here async throws in
            try await here.expectRefusal(try await here.signIn(), .unreadable)
        }
        try await ProviderSite.open(settings: { $0.clientSecret = "another" }) { here async throws in
            try await here.expectRefusal(try await here.signIn(), .client)
        }
        try await ProviderSite.open { here async throws in
            let journey = try await here.leave()
            _ = here.stage.consent(to: journey.address)
            let state = ProviderStage.query(journey.address)["state"] ?? ""
            try await here.expectRefusal(try await here.comeBack("code=guessed&state=\(state)", journey), .code)
        }
    }

    @Test(arguments: [
        ["issuer": "https://evil.example"], ["token_endpoint": "http://evil.example/token"],
        ["jwks_uri": "ftp://evil.example"], ["authorization_endpoint": "javascript:alert(1)"],
        ["userinfo_endpoint": "http://10.0.0.1/"], ["end_session_endpoint": "http://u:p@127.0.0.1/"],
    ]) func metadataThatCannotBeTrusted(_ metadata: [String: String]) async throws {
        try await ProviderSite.open({ $0.metadata = metadata }) { here async throws in
            try await here.expectRefusal(try await here.client.get("/login/campus"), .metadata)
        }
    }

    @Test func somebodyElseInUserinfo() async throws {
        for subject: any Sendable in ["somebody else", NSNull()] {
            try await ProviderSite.open({ $0.userinfo["sub"] = subject }) { here async throws in
                try await here.expectRefusal(try await here.signIn(), .otherPerson)
                #expect(try await here.account == nil)
            }
        }
    }

    @Test func hostileProfilesAreMadePlain() async throws {
        try await ProviderSite.open({
            $0.userinfo = [
                "sub": "248289761001",
                "name": "\u{202E}<script>alert(1)</script>\r\nBcc: \u{200B}all@example.org\u{2028}",
                "email": "a@example.org\r\nBcc: b@example.org", "organization": String(repeating: "x", count: 5000),
            ]
        }) { here async throws in
            let response = try await here.signIn()
            let account = try #require(try await here.account)
            #expect(account.name == "<script>alert(1)</script>Bcc: all@example.org")
            #expect(account.email.isEmpty)
            #expect(account.institution.count == 100)
            let profile = try await here.client.get("/profile", headers: here.entered(response))
            #expect(!profile.text.contains("<script>alert"))
        }
    }

    @Test(
        arguments: [
            (["email": NSNull()], ""), (["email": "not an address"], ""), (["email": 7], ""),
            (["email": "jäne@example.org"], ""), (["email": "jane@münchen.de"], ""),
            (["email": "j..d@example.org"], ""),
            (["email": "Jane@Example.org", "email_verified": true], "jane@example.org"),
            (["email": "jane@example.org", "email_verified": "true"], "jane@example.org"),
            (["email": "jane@example.org", "email_verified": false], ""),
            (["email": "jane@example.org", "email_verified": "false"], ""),
        ] as [([String: any Sendable], String)])
    func addressesThatCountAndThatDoNot(_ claims: [String: any Sendable], _ address: String) async throws {
        try await ProviderSite.open({ $0.userinfo = claims.merging(["sub": "248289761001", "name": "J"]) { $1 } }) {
            here async throws in
            #expect(try await here.signIn().status == .seeOther)
            #expect(try await here.account?.email == address)
        }
    }
}
