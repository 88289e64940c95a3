import Foundation
import GAS
import GASTesting
import GASWeb
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

/// What the pages say of a result, and who may have it when.
@Suite struct ResultTests {
    private let upgrade = "href=\"/subscribe\">upgrade to Premium for download</a>"

    @Test func withinTheWindowTheDownloadIsThereAndItsEndIsSaid() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        let job = try await site.completedJob(of: ada)
        site.clock.advance(seconds: 30)
        try await site.visit { client async throws in
            let page = try await client.get("/annotations/\(job.id)", as: ada).text
            #expect(page.contains("href=\"/annotations/\(job.id)/files/result\">Download a.annot.vcf"))
            #expect(page.contains("Download ends at <time datetime=\"2026-01-01T00:05:02Z\""))
            #expect(page.contains("role=\"timer\" data-seconds-left=\"272.000\""))
            #expect(page.contains("<dt>Result state</dt><dd>AVAILABLE</dd>") && !page.contains("Archive ID"))
            #expect(page.contains("View log") && page.contains("data-feed"))
        }
    }

    @Test(arguments: ResultPlace.allCases)
    func afterTheWindowThePageOffersPremium(place: ResultPlace) async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        let job = try await site.job(of: ada, at: place)
        site.clock.advance(seconds: 302)
        try await site.visit { client async throws in
            let page = try await client.get("/annotations/\(job.id)", as: ada).text
            #expect(page.contains(upgrade) && !page.contains("/files/result"))
            #expect(page.contains("This result is kept in the archive"))
            #expect(page.contains("View log") && !page.contains("data-seconds-left"))
        }
    }

    @Test(arguments: [ResultPlace.archived, .askedFor, .retrieving])
    func whoHasPremiumSeesTheResultComeBack(place: ResultPlace) async throws {
        let site = try await TestSite()
        let ada = try await site.person(role: .premium)
        let job = try await site.job(of: ada, at: place)
        try await site.visit { client async throws in
            let page = try await client.get("/annotations/\(job.id)", as: ada).text
            #expect(page.contains("being restored") && page.contains("View log"))
            #expect(!page.contains("/files/result") && !page.contains("/subscribe"))
            #expect(page.contains("<dt>Archive ID</dt><dd><code>archive-1</code></dd>"))
            let isUnderWay = place == .retrieving
            #expect(page.contains("expected by <time datetime=\"2026-01-01T01:00:00Z\"") == isUnderWay)
            #expect(page.contains("Standard retrieval from the archive is under way.") == isUnderWay)
            #expect(page.contains("<dt>Retrieval tier</dt><dd>Standard</dd>") == isUnderWay)
        }
    }

    @Test(arguments: [ResultPlace.available, .archiving, .back])
    func whoHasPremiumDownloadsAtAnyTime(place: ResultPlace) async throws {
        let site = try await TestSite()
        let ada = try await site.person(role: .premium)
        let job = try await site.job(of: ada, at: place)
        site.clock.advance(seconds: 1_000_000)
        let later = try await site.session(of: ada.account)
        try await site.visit { client async throws in
            let page = try await client.get("/annotations/\(job.id)", as: later).text
            #expect(page.contains("/files/result") && !page.contains("data-seconds-left"))
            #expect(page.contains("data-feed") == (place == .archiving))
            let link = try #require(try await client.get("/annotations/\(job.id)/files/result", as: later).location)
            #expect(try await client.get(link).text == "##fileformat=VCFv4.2\n")
        }
    }

    @Test func whatCannotBeRestoredIsSaid() async throws {
        let site = try await TestSite()
        let ada = try await site.person(role: .premium)
        let job = try await site.job(of: ada, at: .damaged)
        try await site.visit { client async throws in
            let page = try await client.get("/annotations/\(job.id)", as: ada).text
            #expect(page.contains("alert-danger") && page.contains("The archive gave back &lt;other&gt; bytes"))
            let refused = try await client.get("/annotations/\(job.id)/files/result", as: ada)
            #expect(refused.status == .forbidden)
            #expect(refused.text.contains("The archive gave back &lt;other&gt; bytes"))
        }
    }

    @Test func aLinkEndsWithTheWindow() async throws {
        let site = try await TestSite { $0.downloadLinkSeconds = 1000 }
        let ada = try await site.person()
        let job = try await site.completedJob(of: ada)
        site.clock.advance(seconds: 100)
        try await site.visit { client async throws in
            let link = try #require(try await client.get("/annotations/\(job.id)/files/result", as: ada).location)
            let end = try #require(job.completeTime).addingTimeInterval(300)
            let items = URLComponents(string: link)?.queryItems
            #expect(items?.first { $0.name == "expires" }?.value == String(end.timeIntervalSince1970))
            #expect(try await client.get(link).status == .ok)
            site.clock.advance(seconds: 201.9)
            #expect(try await client.get(link).status == .ok)
            site.clock.advance(seconds: 0.1)
            #expect(try await client.get(link).status == .forbidden)
        }
    }

    @Test func premiumLinksAreNotGoodForLongerThanTheFreeWindow() async throws {
        let site = try await TestSite { $0.downloadLinkSeconds = 1000 }
        let ada = try await site.person(role: .premium)
        let job = try await site.completedJob(of: ada)
        try await site.visit { client async throws in
            let link = try #require(try await client.get("/annotations/\(job.id)/files/result", as: ada).location)
            site.clock.advance(seconds: 299.9)
            #expect(try await client.get(link).status == .ok)
            site.clock.advance(seconds: 0.1)
            #expect(try await client.get(link).status == .forbidden)
        }
    }

    @Test func theWindowIsJudgedAtTheClickAndByTheRoleOfThatMoment() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        let job = try await site.completedJob(of: ada)
        let path = "/annotations/\(job.id)/files/result"
        try await site.visit { client async throws in
            site.clock.advance(seconds: 301.9)
            #expect(try await client.get(path, as: ada).status == .seeOther)
            site.clock.advance(seconds: 0.1)
            let refused = try await client.get(path, as: ada)
            #expect(refused.status == .forbidden)
            #expect(refused.text.contains("The download has ended") && refused.text.contains("href=\"/subscribe\""))
            try await site.give(.premium, to: ada)
            #expect(try await client.get(path, as: ada).status == .seeOther)
            site.clock.advance(seconds: 60)
            try await site.give(.free, to: ada)
            #expect(try await client.get(path, as: ada).status == .seeOther)
            site.clock.advance(seconds: 300)
            #expect(try await client.get(path, as: ada).status == .forbidden)
            for file in ["log", "input"] {
                #expect(try await client.get("/annotations/\(job.id)/files/\(file)", as: ada).status == .seeOther)
            }
        }
    }

    @Test func aResultOnItsWayBackCannotBeDownloadedYet() async throws {
        let site = try await TestSite()
        let ada = try await site.person(role: .premium)
        let (asked, known) = (try await site.job(of: ada, at: .askedFor), try await site.job(of: ada, at: .retrieving))
        try await site.visit { client async throws in
            for job in [asked, known] {
                let refused = try await client.get("/annotations/\(job.id)/files/result", as: ada)
                #expect(refused.status == .forbidden && refused.text.contains("is being restored from the archive"))
                #expect(refused.text.contains("expected by 2026-01-01 01:00:00 UTC") == (job.id == known.id))
                #expect(!refused.text.contains("/subscribe\">Upgrade"))
            }
        }
    }

    @Test func theListSaysWhereEachResultIs() async throws {
        let site = try await TestSite()
        let (ada, bob) = (try await site.person(), try await site.person("Bob", role: .premium))
        _ = try await site.completedJob(of: ada, name: "recent.vcf")
        _ = try await site.job(of: ada, name: "waiting.vcf")
        for place in ResultPlace.allCases { _ = try await site.job(of: bob, at: place) }
        try await site.visit { client async throws in
            let free = try await client.get("/annotations", as: ada).text
            #expect(free.contains("download until <time datetime=\"2026-01-01T00:05:02Z\" data-form=\"until\">"))
            #expect(free.contains("class=\"result\"></td>"))
            let premium = try await client.get("/annotations", as: bob).text
            for (text, count) in [(">available<", 3), (">being restored<", 3), (">could not be restored<", 1)] {
                #expect(premium.components(separatedBy: text).count - 1 == count, "\(text)")
            }
            site.clock.advance(seconds: 302)
            let late = try await client.get("/annotations", as: ada).text
            #expect(late.contains("<a href=\"/subscribe\">archived: upgrade to download</a>"))
        }
    }
}
