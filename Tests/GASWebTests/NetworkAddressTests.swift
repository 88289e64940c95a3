import Foundation
import GAS
import GASTesting
import GASWeb
import HTTPTypes
import HummingbirdTesting
import Testing

@Suite struct NetworkAddressTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("2001:DB8::1", "2001:db8::1"), ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::1"),
    ])
    func oneAddressHasOneSpelling(text: String, expected: String) throws {
        #expect(try #require(NetworkAddress(text)).description == expected)
    }

    @Test(arguments: ["", "1.2.3", "1.2.3.4.5", "256.1.1.1", "localhost", "1.2.3.4\r\n", "::1::", "a b", "unknown"])
    func whatIsNoAddressIsNone(text: String) {
        #expect(NetworkAddress(text) == nil)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("127.0.0.1", "127.0.0.1", true),
        ("127.0.0.1", "127.0.0.2", false), ("192.0.2.0/25", "192.0.2.127", true),
        ("192.0.2.0/25", "192.0.2.128", false), ("2001:db8::/32", "2001:db8:ffff::1", true),
        ("2001:db8::/32", "2001:db9::1", false), ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false),
        ("10.0.0.0/8", "::ffff:10.1.1.1", true),
    ])
    func aRangeHasItsAddresses(range: String, address: String, isIn: Bool) throws {
        #expect(try #require(NetworkRange(range)).contains(try #require(NetworkAddress(address))) == isIn)
    }

    @Test(arguments: ["", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "10.0.0.0/8/8", "::/129", "host/8"])
    func whatIsNoRangeIsNone(text: String) {
        #expect(NetworkRange(text) == nil)
    }
}

@Suite struct RequestMeterTests {
    @Test func aBurstIsAllowedAndThenThePace() {
        let clock = ManualClock()
        let meter = RequestMeter(limit: 10, window: 60, clock: clock)
        for _ in 1...10 { #expect(meter.take("ada") == nil) }
        #expect(meter.take("ada") == 6)
        #expect(meter.take("bob") == nil)
        clock.advance(seconds: 5.9)
        #expect(meter.take("ada") != nil)
        clock.advance(seconds: 0.2)
        #expect(meter.take("ada") == nil)
        #expect(meter.take("ada") != nil)
        clock.advance(seconds: 600)
        for _ in 1...10 { #expect(meter.take("ada") == nil) }
        #expect(meter.take("ada") != nil)
    }

    @Test func fiftyAtTheSameTimeGetWhatThereIs() async {
        let meter = RequestMeter(limit: 10, window: 60, clock: ManualClock())
        let allowed = await withTaskGroup(of: Bool.self) { group in
            for _ in 1...50 { group.addTask { meter.take("ada") == nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(allowed == 10)
    }
}

@Suite struct AccountLimitTests {
    @Test func whoAsksTooOftenWaits() async throws {
        let site = try await TestSite { $0.requestsPerAccount = 10 }
        let (ada, bob) = (try await site.person(), try await site.person("Bob"))
        try await site.visit { client async throws in
            for _ in 1...10 { #expect(try await client.get("/profile", as: ada).status == .ok) }
            let refused = try await client.get("/profile", as: ada)
            #expect(refused.status == .tooManyRequests)
            #expect(refused.headers[.retryAfter] == "6")
            #expect(refused.text.contains("Too many requests at once."))
            #expect(try await client.get("/profile", as: ada).status == .tooManyRequests)
            let noted = site.audit.events.filter { $0.kind == .throttled }
            #expect(noted.map(\.account) == [ada.account.id] && noted.map(\.detail) == ["/profile"])
            #expect(try await client.get("/profile", as: bob).status == .ok)
            site.clock.advance(seconds: 6)
            #expect(try await client.get("/profile", as: ada).status == .ok)
        }
    }
}
