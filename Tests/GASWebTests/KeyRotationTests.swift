import Foundation
import GAS
import GASIdentity
import GASTesting
import GASWeb
import HTTPTypes
import HummingbirdTesting
import ProviderStage
import Testing

/// Providers change their keys while people sign in.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct KeyRotationTests {
    @Test func aNewKeyIsFoundAtOnce() async throws {
        try await ProviderSite.open { here async throws in
            #expect(try await here.signIn().status == .seeOther)
            here.stage.play {
                $0.signing = .by(.second, algorithm: "RS256")
                $0.publishedKeys = [StageKey.second.published, StageKey.first.published]
            }
            #expect(try await here.signIn().status == .seeOther)
            #expect(here.stage.asked.count { $0 == "/keys" } == 2)
        }
    }

    @Test func aNewKeyWithoutANameIsFoundAtOnce() async throws {
        try await ProviderSite.open({
            $0.missingHeader = ["kid"]
            $0.publishedKeys = [StageKey.first.nameless]
        }) { here async throws in
            #expect(try await here.signIn().status == .seeOther)
            here.stage.play {
                $0.signing = .by(.second, algorithm: "RS256")
                $0.publishedKeys = [StageKey.second.nameless]
            }
            #expect(try await here.signIn().status == .seeOther)
        }
    }

    @Test func aKeyThatWasTakenBackIsForgottenInTime() async throws {
        try await ProviderSite.open { here async throws in
            #expect(try await here.signIn().status == .seeOther)
            here.stage.play { $0.publishedKeys = [StageKey.second.published] }
            here.site.clock.advance(seconds: 3600)
            try await here.expectRefusal(try await here.signIn(), .key)
        }
    }

    @Test func aFloodOfUnknownKeysDoesNotReachTheProvider() async throws {
        try await ProviderSite.open { here async throws in
            here.stage.play { $0.signing = .by(.second, algorithm: "RS256") }
            for number in 0..<30 {
                here.stage.play { $0.header["kid"] = "unknown-\(number)" }
                try await here.expectRefusal(try await here.signIn(), .key)
            }
            #expect(here.stage.asked.count { $0 == "/keys" } == 2)
            here.site.clock.advance(seconds: 60)
            for _ in 0..<5 { try await here.expectRefusal(try await here.signIn(), .key) }
            #expect(here.stage.asked.count { $0 == "/keys" } == 3)
        }
    }

    @Test func aWrongSignatureByAKnownKeyDoesNotMakeUsAsk() async throws {
        try await ProviderSite.open({ $0.signing = .tampered(.first) }) { here async throws in
            for _ in 0..<5 { try await here.expectRefusal(try await here.signIn(), .signature) }
            #expect(here.stage.asked.count { $0 == "/keys" } == 1)
        }
    }

    @Test func manyWhoWaitShareOneRequest() async throws {
        try await ProviderSite.open { here async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<10 { group.addTask { _ = try await here.leave() } }
                try await group.waitForAll()
            }
            #expect(here.stage.asked.count { $0.hasPrefix("/.well-known") } == 1)
        }
    }

    @Test func aProviderThatIsDownIsNotAskedAgainAtOnceAndOldKeysServeForAWhile() async throws {
        try await ProviderSite.open { here async throws in
            #expect(try await here.signIn().status == .seeOther)
            for path in ["/.well-known/openid-configuration", "/keys"] {
                here.stage.play { $0.faults[path] = .status(503) }
            }
            here.site.clock.advance(seconds: 3600)
            for _ in 0..<3 { #expect(try await here.signIn().status == .seeOther) }
            #expect(here.stage.asked.count { $0.hasPrefix("/.well-known") } == 2)
            here.site.clock.advance(seconds: 3600)
            for _ in 0..<3 { try await here.expectRefusal(try await here.client.get("/login/campus"), .unreachable) }
            #expect(here.stage.asked.count { $0.hasPrefix("/.well-known") } == 3)
        }
    }
}
