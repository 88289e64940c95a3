import Foundation
import GAS
import GASIdentity
import GASTesting
import GASWeb
import HTTPTypes
import HummingbirdTesting
import Testing

/// The list is kept as it was rendered; these see that nobody is shown what is not, or no longer, theirs to see.
@Suite struct ListTests {
    @Test func showsWhatHasChangedAtOnce() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        let job = try await site.job(of: ada)
        try await site.visit { client async throws in
            for _ in 0..<2 { #expect(try await client.get("/annotations", as: ada).text.contains("status-pending")) }
            let running = try await site.change(job) { $0.claim(by: "test", leaseSeconds: 60, now: site.clock.now) }
            for _ in 0..<2 { #expect(try await client.get("/annotations", as: ada).text.contains("status-running")) }
            _ = try await site.change(running) { $0.cancel(now: site.clock.now) }
            #expect(try await client.get("/annotations", as: ada).text.contains("status-cancelled"))
            try await site.jobs.delete(job.id)
            #expect(try await client.get("/annotations", as: ada).text.contains("Nothing here yet."))
        }
    }

    @Test func everybodySeesTheirOwn() async throws {
        let site = try await TestSite()
        let people = [try await site.person("Ada"), try await site.person("Bob"), try await site.person("Cyd")]
        for person in people { _ = try await site.job(of: person, name: "of-\(person.account.name).vcf") }
        try await site.visit { client async throws in
            for path in ["/annotations", "/annotations?status=pending"] {
                for _ in 0..<2 {
                    for person in people {
                        let page = try await client.get(path, as: person).text
                        for other in people {
                            let isShown = page.contains("of-\(other.account.name).vcf")
                            #expect(isShown == (other.account.id == person.account.id))
                        }
                    }
                }
            }
            try await site.sessions.delete(tokenHash: RandomToken.hash(people[0].token))
            #expect(try await client.get("/annotations", as: people[0]).status == .seeOther)
        }
    }

    @Test func onlyTheListIsKept() async throws {
        let site = try await TestSite { $0.announcementSeconds = 0 }
        let ada = try await site.person()
        _ = try await site.job(of: ada)
        let again = try await site.session(of: ada.account)
        try await site.visit { client async throws in
            #expect(try await client.get("/annotations", as: ada).csrf == ada.csrf)
            #expect(try await client.get("/annotations", as: again).csrf == again.csrf)
            var renamed = ada.account
            renamed.name = "Ada Lovelace"
            #expect(try await site.accounts.updateProfile(renamed))
            try await site.announcements.announce(
                Announcement(text: "Back at noon.", closes: false, time: site.clock.now))
            let page = try await client.get("/annotations", as: ada).text
            #expect(page.contains("Ada Lovelace</a>") && page.contains("Back at noon."))
        }
    }

    @Test func aResultIsShownAsThePlanAllowsNow() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        _ = try await site.completedJob(of: ada)
        try await site.visit { client async throws in
            func list() async throws -> String { try await client.get("/annotations", as: ada).text }
            for _ in 0..<2 { #expect(try await list().contains("result-ending")) }
            site.clock.advance(seconds: 400)
            for _ in 0..<2 { #expect(try await list().contains("upgrade to download")) }
            try await site.give(.premium, to: ada)
            #expect(try await list().contains("result-available"))
        }
    }

    @Test func aPageThatHasBecomeTheLastSaysSo() async throws {
        let site = try await TestSite { $0.jobsPerPage = 1 }
        let ada = try await site.person()
        let oldest = try await site.job(of: ada)
        site.clock.advance(seconds: 1)
        let shown = try await site.job(of: ada)
        site.clock.advance(seconds: 1)
        _ = try await site.job(of: ada)
        try await site.visit { client async throws in
            let first = try await client.get("/annotations", as: ada).text
            let address = String(try #require(first.firstMatch(of: /id="pager-older" href="([^"]+)"/)).1)
            let before = try await client.get(address, as: ada).text
            site.clock.advance(seconds: 1)
            _ = try await site.job(of: ada)
            try await site.jobs.delete(oldest.id)
            let after = try await client.get(address, as: ada).text
            #expect(before.contains("job-\(shown.id)") && before.contains("pager-older"))
            #expect(after.contains("job-\(shown.id)") && !after.contains("pager-older"))
            let version = /data-version="([^"]+)"/
            #expect(before.firstMatch(of: version)?.1 != after.firstMatch(of: version)?.1)
        }
    }
}
