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

    /// Waits until the list, or another thing, was read some times more.
    private func looks(_ times: Int, at site: TestSite, reading: String = "JobStore.counts") async throws {
        let before = site.faults.passes(reading)
        while site.faults.passes(reading) < before + times { try await Task.sleep(for: .milliseconds(2)) }
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
            let other = try await site.person("Bob", role: .premium)
            let theirs = try await site.completedJob(of: other)
            #expect(try await client.get("/annotations/\(theirs.id)/events", as: other).status == .ok)
            try await sessions.end(token: ada.token)
            _ = try await stream
            let again = try await site.person("Ada", role: .premium)
            let own = try await site.completedJob(of: again)
            #expect(try await client.get("/annotations/\(own.id)/events", as: again).status == .ok)
        }
    }

    @Test func aResultIsFollowedThroughTheArchiveUntilItIsBackToStay() async throws {
        let site = try await TestSite { $0.feedKeepAliveSeconds = 0.02 }
        let ada = try await site.person(role: .premium)
        let job = try await site.job(of: ada, at: .archived)
        // After the last step the result is nowhere else, and nothing is left to tell.
        let steps = ResultPlace.back.steps.dropFirst(ResultPlace.archived.steps.count)
        try await site.visit { client async throws in
            async let stream = client.get("/annotations/\(job.id)/events", as: ada)
            var moved = job
            for step in steps {
                try await looks(3, at: site, reading: "JobStore.job")
                moved = try await site.change(moved) { step($0, site.clock.now) }
            }
            let seen = events(try await stream)
            #expect(seen.count == 5 && Set(seen).count == 5)
            let page = try await client.get("/annotations/\(job.id)", as: ada).text
            let version = try #require(page.firstMatch(of: /data-result="([^"]+)"/)).1
            #expect(seen.last?.contains("\"result\":\"\(version)\"") == true)
        }
    }

    @Test func theEndOfTheDownloadIsTold() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        let job = try await site.completedJob(of: ada)
        let sessions = Sessions(store: site.sessions, clock: site.clock, lifetime: .init(idle: 1e6, absolute: 1e6))
        try await site.visit { client async throws in
            async let details = client.get("/annotations/\(job.id)/events", as: ada)
            async let list = client.get("/annotations/events", as: ada)
            while site.clock.sleepers < 2 { try await Task.sleep(for: .milliseconds(2)) }
            #expect(site.clock.nextDeadline == job.completeTime?.addingTimeInterval(300))
            let before = (site.faults.passes("JobStore.job"), site.faults.passes("JobStore.counts"))
            site.clock.advance(seconds: 302)
            while site.faults.passes("JobStore.job") == before.0 || site.faults.passes("JobStore.counts") == before.1 {
                try await Task.sleep(for: .milliseconds(2))
            }
            try await Task.sleep(for: .milliseconds(100))
            try await sessions.end(token: ada.token)
            // A change wakes the streams, which then see that the session has ended.
            _ = try await site.job(of: ada)
            #expect(events(try await details).count == 2)
            #expect(events(try await list).count == 2)
        }
    }

    @Test func anUpgradeIsSeenByPagesThatAreOpen() async throws {
        let site = try await TestSite { $0.feedKeepAliveSeconds = 0.02 }
        let ada = try await site.person()
        let job = try await site.job(of: ada, at: .archived)
        let sessions = Sessions(store: site.sessions, clock: site.clock, lifetime: .init(idle: 1e6, absolute: 1e6))
        site.clock.advance(seconds: 302)
        try await site.visit { client async throws in
            async let stream = client.get("/annotations/events", as: ada)
            async let details = client.get("/annotations/\(job.id)/events", as: ada)
            try await looks(2, at: site)
            try await site.give(.premium, to: ada)
            try await looks(3, at: site)
            try await looks(3, at: site, reading: "JobStore.job")
            try await sessions.end(token: ada.token)
            #expect(events(try await stream).count == 2)
            #expect(events(try await details).count == 2)
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
