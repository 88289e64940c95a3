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

@Suite struct EventStreamTests {
    /// The data of the events of a whole stream.
    private func events(_ response: TestResponse) -> [String] {
        response.text.split(separator: "\n\n").filter { $0.hasPrefix("data: ") }.map { String($0.dropFirst(6)) }
    }

    /// Waits until the list was read some times more.
    private func looks(_ times: Int, at site: TestSite) async throws {
        let before = site.faults.passes("JobStore.counts")
        while site.faults.passes("JobStore.counts") < before + times { try await Task.sleep(for: .milliseconds(2)) }
    }

    @Test func aJobIsFollowedToItsEnd() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        let job = try await site.job(of: ada)
        try await site.visit { client async throws in
            async let stream = client.get("/annotations/\(job.id)/events", as: ada)
            try await Task.sleep(for: .milliseconds(30))
            let claim = try #require(job.claim(by: "test", leaseSeconds: 60, now: site.clock.now))
            var running = try #require(try await site.jobs.update(claim))
            for step in 1...3 {
                try await Task.sleep(for: .milliseconds(30))
                let progress = JobProgress(records: step * 1000, bytes: step, totalBytes: 4, seconds: Double(step))
                let renewal = try #require(running.renew(progress: progress, leaseSeconds: 60, now: site.clock.now))
                running = try #require(try await site.jobs.update(renewal))
            }
            let failure = try #require(running.fail(reason: "No.", now: site.clock.now))
            _ = try await site.jobs.update(failure)

            let response = try await stream
            #expect(response.headers[.contentType]?.hasPrefix("text/event-stream") == true)
            let seen = events(response)
            #expect(seen.last?.contains("\"status\":\"FAILED\"") == true)
            #expect(seen.contains { $0.contains("records per second") })
            #expect(seen.count == Set(seen).count)
        }
    }

    @Test func theListTellsOfNewJobsUntilTheSessionEnds() async throws {
        let site = try await TestSite { $0.feedKeepAliveSeconds = 0.02 }
        let ada = try await site.person()
        let sessions = Sessions(store: site.sessions, clock: site.clock, lifetime: .init(idle: 1e6, absolute: 1e6))
        try await site.visit { client async throws in
            async let stream = client.get("/annotations/events", as: ada)
            try await looks(2, at: site)
            _ = try await site.job(of: ada)
            try await looks(2, at: site)
            try await sessions.end(token: ada.token)
            let response = try await stream
            #expect(events(response).count == 2)
            #expect(response.text.contains(":\n\n"))
        }
    }

    @Test func somebodyElsesJobsAreNotHeardOf() async throws {
        let site = try await TestSite { $0.feedKeepAliveSeconds = 0.02 }
        let (ada, bob) = (try await site.person("Ada"), try await site.person("Bob"))
        let sessions = Sessions(store: site.sessions, clock: site.clock, lifetime: .init(idle: 1e6, absolute: 1e6))
        try await site.visit { client async throws in
            async let stream = client.get("/annotations/events", as: ada)
            try await looks(2, at: site)
            _ = try await site.job(of: bob)
            try await looks(2, at: site)
            try await sessions.end(token: ada.token)
            #expect(events(try await stream).count == 1)
        }
    }

    @Test func anAccountHasSoManyStreamsAndNoMore() async throws {
        let site = try await TestSite {
            $0.feedsPerAccount = 1
            $0.feedKeepAliveSeconds = 0.02
        }
        let ada = try await site.person()
        let done = try await site.completedJob(of: ada)
        let sessions = Sessions(store: site.sessions, clock: site.clock, lifetime: .init(idle: 1e6, absolute: 1e6))
        try await site.visit { client async throws in
            async let stream = client.get("/annotations/events", as: ada)
            try await looks(1, at: site)
            let second = try await client.get("/annotations/\(done.id)/events", as: ada)
            #expect(second.status == .tooManyRequests)
            #expect(second.headers[.retryAfter] == "30")
            let other = try await site.person("Bob")
            let theirs = try await site.completedJob(of: other)
            #expect(try await client.get("/annotations/\(theirs.id)/events", as: other).status == .ok)
            try await sessions.end(token: ada.token)
            _ = try await stream
            let again = try await site.person("Ada")
            let own = try await site.completedJob(of: again)
            #expect(try await client.get("/annotations/\(own.id)/events", as: again).status == .ok)
        }
    }

    /// On a real server: a stream that would go on for ever must not keep it from stopping.
    @Test(.timeLimit(.minutes(1))) func theServerStopsThoughAStreamIsOpen() async throws {
        let site = try await TestSite { $0.tls = nil }
        let ada = try await site.person()
        try await site.web.application.test(.live) { client in
            let open = Task { try await client.get("/annotations/events", as: ada) }
            try await looks(1, at: site)
            open.cancel()
        }
    }
}
