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

@Suite struct PagesTests {
    @Test func everyAnswerHasTheSecurityHeaders() async throws {
        let site = try await TestSite { $0.publicURL = "https://gas.example.org" }
        let ada = try await site.person(role: .premium)
        let job = try await site.completedJob(of: ada)
        try await site.visit { client async throws in
            let paths = [
                "/", "/login", "/nowhere", "/annotate", "/annotations", "/annotations/\(job.id)",
                "/annotations/\(job.id)/log",
                "/annotations/\(job.id)/events", "/annotations/\(job.id)/files/result", "/profile", "/healthz",
                "/readyz",
                "/assets/gas.css", "/assets/none", "/objects/gas-inputs/x", "/annotate/job",
            ]
            for path in paths {
                for person in [ada, nil] {
                    let headers = try await client.get(path, as: person).headers
                    let policy = try #require(headers[.contentSecurityPolicy], "\(path)")
                    #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
                    #expect(!policy.contains("unsafe"))
                    #expect(headers[.xContentTypeOptions] == "nosniff", "\(path)")
                    #expect(headers[.strictTransportSecurity] == "max-age=31536000", "\(path)")
                    for name in ["Referrer-Policy", "Cross-Origin-Opener-Policy", "X-Request-ID"] {
                        #expect(headers[HTTPField.Name(name)!] != nil, "\(name) of \(path)")
                    }
                    if !path.hasPrefix("/assets/gas") { #expect(headers[.cacheControl] == "no-store", "\(path)") }
                }
            }
        }
    }

    @Test func noPageHasScriptOrStyleInside() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        let job = try await site.completedJob(of: ada)
        try await site.visit { client async throws in
            for path in ["/", "/annotate", "/annotations", "/annotations/\(job.id)", "/profile", "/nowhere"] {
                let text = try await client.get(path, as: ada).text
                #expect(!text.contains("style=") && !text.contains("<style"), "\(path)")
                #expect(text.matches(of: /<script(?! src="\/assets\/)/).isEmpty, "\(path)")
                #expect(text.matches(of: /\son[a-z]+="/).isEmpty, "\(path)")
            }
        }
    }

    @Test func localhostIsNotMadeToRememberHTTPS() async throws {
        let site = try await TestSite()
        try await site.visit { client async throws in
            #expect(try await client.get("/").headers[.strictTransportSecurity] == nil)
        }
    }

    @Test func whatPeopleWriteIsShownAndNotObeyed() async throws {
        let site = try await TestSite()
        let ada = try await site.person("<i>Ada</i>")
        let name = "<img src=x onerror=alert(1)>\"'&.vcf"
        var summary = ResultSummary.sample
        summary.problems = [.init(line: 1, message: "<script>alert(2)</script>")]
        summary.contigs = [.init(name: "\"><script>alert(3)</script>", count: 1)]
        let job = try await site.completedJob(of: ada, name: name, summary: summary)
        try await site.visit { client async throws in
            for path in ["/annotations", "/annotations/\(job.id)", "/annotations/\(job.id)/log", "/profile"] {
                let text = try await client.get(path, as: ada).text
                for raw in ["<i>", "<img", "<script>", "<b>"] { #expect(!text.contains(raw), "\(raw) in \(path)") }
            }
            let list = try await client.get("/annotations", as: ada).text
            #expect(list.contains("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;.vcf"))
        }
    }

    @Test func theListShowsOwnJobsNewestFirstAndPageByPage() async throws {
        let site = try await TestSite { $0.jobsPerPage = 2 }
        let (ada, bob) = (try await site.person("Ada"), try await site.person("Bob"))
        _ = try await site.job(of: bob, name: "bobs.vcf")
        for name in ["one.vcf", "two.vcf", "three.vcf"] {
            site.clock.advance(seconds: 1)
            _ = try await site.job(of: ada, name: name)
        }
        try await site.visit { client async throws in
            let first = try await client.get("/annotations", as: ada).text
            let (three, two) = (first.range(of: "three.vcf")?.lowerBound, first.range(of: "two.vcf")?.lowerBound)
            #expect(try #require(three) < (try #require(two)))
            #expect(!first.contains("one.vcf") && !first.contains("bobs.vcf"))
            let older = try #require(first.firstMatch(of: /href="(\/annotations\?after=[^"]+)">Older/)).1
            let second = try await client.get(String(older), as: ada).text
            #expect(second.contains("one.vcf") && !second.contains("two.vcf"))
            #expect(second.contains("href=\"/annotations\">Newer"))
            let filtered = try await client.get("/annotations?status=failed", as: ada).text
            #expect(filtered.contains("No annotation has this status."))
            #expect(try await client.get("/annotations?status=odd", as: ada).status == .badRequest)
            #expect(try await client.get("/annotations?after=odd", as: ada).status == .badRequest)
        }
    }

    @Test func theListGoesOnePageBack() async throws {
        let site = try await TestSite { $0.jobsPerPage = 1 }
        let ada = try await site.person()
        for number in 0..<60 {
            site.clock.advance(seconds: 1)
            _ = try await site.job(of: ada, name: "file\(number).vcf")
        }
        try await site.visit { client async throws in
            var path = "/annotations"
            for number in (10..<60).reversed() {
                let page = try await client.get(path, as: ada).text
                #expect(page.contains("file\(number).vcf"))
                path = String(try #require(page.firstMatch(of: /href="([^"]+)">Older/)).1)
            }
            #expect(path.count < 8000)
            for number in 9..<59 {
                let page = try await client.get(path, as: ada).text
                #expect(page.contains("file\(number).vcf"))
                #expect(page.contains(">Newest</a>") == (number < 58))
                path = String(try #require(page.firstMatch(of: /href="([^"]+)">Newer/)).1)
            }
            #expect(path == "/annotations")
            #expect(try await !client.get(path, as: ada).text.contains("Newer"))
        }
    }

    @Test func assembliesAreListedOrMissed() async throws {
        let missing = "No assembly is installed yet; ask the people who run this service."
        let lines = ["rCRS: mitochondrion, human", "GRCh38: genome, human"]
        for assemblies in [[], lines] {
            let site = try await TestSite { $0.assemblies = { assemblies } }
            let ada = try await site.person()
            try await site.visit { client async throws in
                let page = try await client.get("/annotate", as: ada).text
                #expect(page.contains(missing) == assemblies.isEmpty)
                for line in assemblies {
                    #expect(page.contains("<li>\(line)</li>"))
                    #expect(try await client.get("/").text.contains("<li>\(line)</li>"))
                }
            }
        }
    }

    @Test func theLimitsOfThePlanAreSaidBeforeAFileIsChosen() async throws {
        let site = try await TestSite()
        let (ada, bob) = (try await site.person(), try await site.person("Bob", role: .premium))
        try await site.visit { client async throws in
            let free = try await client.get("/annotate", as: ada).text
            #expect(free.contains("Your Free plan takes files of up to <strong>1,000 bytes</strong>."))
            #expect(free.contains("Results can be downloaded for 5 minutes after completion."))
            #expect(free.contains("<a href=\"/subscribe\">Premium</a> takes up to 97.7 KB; results at any time."))
            #expect(free.contains("data-limit=\"1000\"") && free.contains("data-premium-limit=\"100000\""))
            #expect(free.contains("id=\"upgrade\" href=\"/subscribe\" hidden>Upgrade to Premium</a>"))
            let premium = try await client.get("/annotate", as: bob).text
            #expect(premium.contains("Your Premium plan takes files of up to <strong>97.7 KB</strong>."))
            #expect(premium.contains("Results can be downloaded at any time."))
            #expect(!premium.contains("id=\"upgrade\"") && !premium.contains("data-premium"))
        }
    }

    @Test func theHomePageSaysWhatEachPlanGives() async throws {
        let site = try await TestSite()
        try await site.visit { client async throws in
            let home = try await client.get("/").text
            for text in [
                "<strong>Free</strong> takes files of up to 1,000 bytes, and results can be downloaded for 5 minutes",
                "<strong>Premium</strong> takes files of up to 97.7 KB, and results can be downloaded at any time.",
            ] { #expect(home.contains(text), "\(text)") }
        }
    }

    @Test func knownVariantsAreCountedWhereTheyWereLookedUp() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        var summary = ResultSummary.sample
        let with = try await site.completedJob(of: ada, summary: summary)
        (summary.known, summary.novel) = (0, 0)
        let without = try await site.completedJob(of: ada, summary: summary)
        try await site.visit { client async throws in
            #expect(try await client.get("/annotations/\(with.id)", as: ada).text.contains("Known variants"))
            #expect(try await !client.get("/annotations/\(without.id)", as: ada).text.contains("Known variants"))
        }
    }

    @Test func aJobThatHasJustBegunReadsTheFile() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        let job = try await site.job(of: ada)
        let claim = try #require(job.claim(by: "test", leaseSeconds: 60, now: site.clock.now))
        let running = try #require(try await site.jobs.update(claim))
        try await site.visit { client async throws in
            let begun = try await client.get("/annotations/\(job.id)", as: ada).text
            #expect(begun.contains("Reading the file") && !begun.contains("0 %"))
            let progress = JobProgress(records: 1000, bytes: 1, totalBytes: 4, seconds: 1)
            let renewal = running.renew(progress: progress, leaseSeconds: 60, now: site.clock.now)
            _ = try await site.jobs.update(try #require(renewal))
            let later = try await client.get("/annotations/\(job.id)", as: ada).text
            #expect(later.contains("25 %") && later.contains("1,000 records") && !later.contains("Reading the file"))
        }
    }

    @Test func whoHasNoJobIsToldWhatToDo() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        try await site.visit { client async throws in
            #expect(try await client.get("/annotations", as: ada).text.contains("Annotate your first file"))
        }
    }

    @Test func theDetailsSayWhatIsKnown() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        let waiting = try await site.job(of: ada)
        site.clock.advance(seconds: 1)
        let job = try await site.completedJob(of: ada, name: "free_1.vcf")
        try await site.visit { client async throws in
            let page = try await client.get("/annotations/\(job.id)", as: ada).text
            for text in [
                "free_1.vcf", "COMPLETED", job.id.rawValue, "1,141", "rCRS", "95,083 records per second", "12.00",
                "missense variant", "free_1.annot.vcf", "2 problems", "2026-01-01T00:00:01Z", "2.0 s",
                "data-form=\"exact\">2026-01-01 00:00:01 UTC",
            ] { #expect(page.contains(text), "\(text)") }
            let other = try await client.get("/annotations/\(waiting.id)", as: ada).text
            #expect(other.contains("PENDING") && other.contains("Yours is next."))
        }
    }

    @Test func aMissingSummaryDoesNotHideTheRest() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        let job = try await site.completedJob(of: ada)
        try await site.objects.delete(try #require(job.output).summary)
        try await site.visit { client async throws in
            let page = try await client.get("/annotations/\(job.id)", as: ada)
            #expect(page.status == .ok)
            #expect(page.text.contains("cannot be shown now") && page.text.contains("a.annot.vcf"))
        }
    }

    @Test func filesComeByASignedLinkUnderTheirNames() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        let job = try await site.completedJob(of: ada, name: "variants \"é\".vcf")
        try await site.visit { client async throws in
            for (file, ending) in [("result", ".annot.vcf"), ("log", ".vcf.count.log")] {
                let link = try await client.get("/annotations/\(job.id)/files/\(file)", as: ada)
                #expect(link.status == .seeOther)
                let location = try #require(link.location)
                let download = try await client.get(location)
                #expect(download.status == .ok)
                let disposition = try #require(download.headers[.contentDisposition])
                #expect(
                    disposition == "attachment; filename=\"variants ____\(ending)\"; "
                        + "filename*=UTF-8''variants%20%22%C3%A9%22\(ending)"
                        || disposition == "attachment; filename=\"variants ___\(ending)\"; "
                            + "filename*=UTF-8''variants%20%22%C3%A9%22\(ending)"
                )
                #expect(try await client.get(location + "x").status == .forbidden)
                site.clock.advance(seconds: 301)
                #expect(try await client.get(location).status == .forbidden)
            }
            #expect(try await client.get("/annotations/\(job.id)/files/summary", as: ada).status == .notFound)
        }
    }

    @Test func theLogIsShownInThePage() async throws {
        let site = try await TestSite { $0.logBytes = 100 }
        let ada = try await site.person()
        let job = try await site.completedJob(of: ada)
        try await site.visit { client async throws in
            let page = try await client.get("/annotations/\(job.id)/log", as: ada).text
            #expect(page.contains("3 records\n&lt;b&gt;not bold&lt;/b&gt;"))
            _ = try await site.objects.put(Data(repeating: 65, count: 101), at: JobOutput.sample(job).log)
            #expect(try await client.get("/annotations/\(job.id)/log", as: ada).text.contains("too long"))
        }
        let waiting = try await site.job(of: ada)
        try await site.visit { client async throws in
            #expect(try await client.get("/annotations/\(waiting.id)/log", as: ada).status == .notFound)
        }
    }

    @Test func aJobIsCancelledOnce() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        let (waiting, done) = (try await site.job(of: ada), try await site.completedJob(of: ada))
        try await site.visit { client async throws in
            for job in [waiting, waiting, done] {
                let answer = try await client.post("/annotations/\(job.id)/cancel", ["csrf": ada.csrf], as: ada)
                #expect(answer.location == "/annotations/\(job.id)")
            }
            let page = try await client.get("/annotations/\(waiting.id)", as: ada).text
            #expect(page.contains("You cancelled this annotation") && page.contains("Annotate another file"))
            #expect(try await site.jobs.job(waiting.id)?.status == .cancelled)
            #expect(try await site.jobs.job(done.id)?.status == .completed)
        }
    }

    @Test func faultsOfOursAreNotExplained() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        site.faults.arm("JobStore.jobs", error: GASError(.internal, "SELECT secret FROM table"))
        try await site.visit { client async throws in
            let page = try await client.get("/annotations", as: ada)
            #expect(page.status == .internalServerError)
            #expect(!page.text.contains("SELECT"))
            let id = try #require(page.headers[HTTPField.Name("X-Request-ID")!])
            #expect(page.text.contains(id))
        }
    }

    @Test func assetsAreCompressedAndKept() async throws {
        let site = try await TestSite()
        try await site.visit { client async throws in
            let page = try await client.get("/").text
            let links = page.matches(of: /"(\/assets\/[^"]+)"/).map { String($0.1) }
            #expect(links.count >= 4)
            for link in links {
                let plain = try await client.get(link)
                let small = try await client.get(link, headers: [.acceptEncoding: "gzip, br"])
                #expect(plain.status == .ok && small.headers[.contentEncoding] == "gzip")
                #expect(small.body.readableBytes < plain.body.readableBytes)
                #expect(plain.headers[.cacheControl] == "public, max-age=31536000, immutable")
                let tag = try #require(small.headers[.eTag])
                let again = try await client.get(link, headers: [.acceptEncoding: "gzip", .ifNoneMatch: tag])
                #expect(again.status == .notModified && again.body.readableBytes == 0)
            }
            #expect(try await client.get("/assets/gas.css?v=old").headers[.cacheControl] == "no-cache")
        }
    }

    @Test func aMissingPackageIsNamedAtStart() async throws {
        await #expect {
            _ = try await TestSite { $0.chartDirectory = "/nowhere" }
        } throws: { error in
            (error as? GASError)?.message.contains("libjs-chart.js") == true
        }
    }

    @Test func readinessNamesWhatFails() async throws {
        let site = try await TestSite(readiness: [
            .init(name: "jobs") {}, .init(name: "objects") { throw GASError(.unavailable, "disk /dev/sda1 is gone") },
        ])
        try await site.visit { client async throws in
            let ready = try await client.get("/readyz")
            #expect(ready.status == .serviceUnavailable)
            #expect(ready.text == "{\"failed\":[\"objects\"],\"status\":\"unavailable\"}")
            #expect(try await client.get("/healthz").status == .ok)
        }
    }

    @Test func samplesAreOffered() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("##fileformat=VCFv4.2\n".utf8).write(to: folder.appendingPathComponent("test.vcf"))
        let site = try await TestSite { $0.sampleDirectory = folder.path }
        let ada = try await site.person()
        try await site.visit { client async throws in
            #expect(try await client.get("/annotate", as: ada).text.contains("href=\"/samples/test.vcf\""))
            #expect(try await client.get("/samples/test.vcf").text == "##fileformat=VCFv4.2\n")
            #expect(try await client.get("/samples/..%2Ftest.vcf").status == .notFound)
        }
    }
}
