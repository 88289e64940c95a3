import GAS
import GASTesting
import GASWeb
import Testing

@Suite struct SummaryViewTests {
    /// Terms are shown in words; names of contigs are what the file calls them.
    @Test func namesOfContigsStayAsTheyAre() async throws {
        let site = try await TestSite()
        let ada = try await site.person()
        var summary = ResultSummary.sample
        summary.contigs = [.init(name: "NW_025791820.1", count: 3)]
        let job = try await site.completedJob(of: ada, summary: summary)
        try await site.visit { client async throws in
            let page = try await client.get("/annotations/\(job.id)", as: ada).text
            #expect(page.contains(">NW_025791820.1</th>") && page.contains(">stop gained</th>"))
        }
    }
}
