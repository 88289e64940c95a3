import Foundation
import GAS
import GASIdentity
import GASTesting
import Testing

@Suite struct SessionsTests {
    private let store = InMemorySessionStore()
    private let clock = ManualClock()
    private let account = AccountID()

    private var sessions: Sessions {
        Sessions(store: store, clock: clock, lifetime: .init(idle: 3600, absolute: 3 * 3600))
    }

    @Test func aTokenIsLongRandomAndNotStored() async throws {
        let one = try await sessions.begin(for: account, userAgent: "test")
        let other = try await sessions.begin(for: account, userAgent: "test")
        #expect(one.token.count >= 43)
        #expect(one.token != other.token)
        #expect(one.session.csrfToken != one.token)
        let stored = try await store.sessions(of: account)
        #expect(stored.count == 2)
        #expect(stored.allSatisfy { $0.tokenHash != one.token && $0.tokenHash.count == 64 })
    }

    @Test func aTokenGivesItsSession() async throws {
        let (token, session) = try await sessions.begin(for: account, userAgent: "test")
        #expect(try await sessions.session(token: token, touching: true) == session)
        #expect(try await sessions.session(token: token + "x", touching: true) == nil)
    }

    @Test func aSessionEndsWithoutRequests() async throws {
        let (token, _) = try await sessions.begin(for: account, userAgent: "test")
        clock.advance(seconds: 3599)
        #expect(try await sessions.session(token: token, touching: true) != nil)
        clock.advance(seconds: 3599)
        #expect(try await sessions.session(token: token, touching: true) != nil)
        clock.advance(seconds: 3600)
        #expect(try await sessions.session(token: token, touching: true) == nil)
        #expect(try await store.sessions(of: account).isEmpty)
    }

    @Test func whatAPageAsksByItselfKeepsNoSessionAlive() async throws {
        let (token, _) = try await sessions.begin(for: account, userAgent: "test")
        for _ in 0..<3 {
            clock.advance(seconds: 1199)
            #expect(try await sessions.session(token: token, touching: false) != nil)
        }
        clock.advance(seconds: 3)
        #expect(try await sessions.session(token: token, touching: false) == nil)
    }

    @Test func aSessionEndsAfterAWhileWhateverHappens() async throws {
        let (token, _) = try await sessions.begin(for: account, userAgent: "test")
        for _ in 0..<5 {
            clock.advance(seconds: 1800)
            #expect(try await sessions.session(token: token, touching: true) != nil)
        }
        clock.advance(seconds: 1800)
        #expect(try await sessions.session(token: token, touching: true) == nil)
    }

    @Test func signingOutEndsTheSession() async throws {
        let (token, _) = try await sessions.begin(for: account, userAgent: "test")
        try await sessions.end(token: token)
        #expect(try await sessions.session(token: token, touching: true) == nil)
    }
}
