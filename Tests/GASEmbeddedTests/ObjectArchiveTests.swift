import Foundation
import GAS
import GASEmbedded
import GASTesting
import Testing

/// What an archive in a bucket does besides its port's rules.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct ObjectArchiveTests {
    private func begin(_ archive: ObjectArchive, _ fixture: Fixture, _ tier: RetrievalTier) async throws -> Retrieval {
        let source = "\(fixture.folder)/source"
        try Data("abc".utf8).write(to: URL(fileURLWithPath: source))
        let id = try await archive.put(file: source, name: "gas/ada/a~1").id
        guard case .begun(let retrieval) = try await archive.retrieve(id, tier: tier, for: JobID()) else {
            throw GASError(.unavailable, "The archive has no capacity.")
        }
        return retrieval
    }

    private func announced(_ fixture: Fixture) async throws -> [String] {
        try await fixture.thaw.receive(limit: 10, visibility: 60, wait: 0).map {
            try RetrievalEnded(body: $0.body).retrievalID
        }
    }

    @Test func whatTakesNoTimeIsAnnouncedAtOnce() async throws {
        try await Fixture.use { fixture in
            let archive = fixture.objectArchive()
            let retrieval = try await begin(archive, fixture, .bulk)
            #expect(try await announced(fixture) == [retrieval.id])
            #expect(try await archive.announceDue() == 0)
        }
    }

    @Test func manyAreAnnouncedInTurnAndEachOnce() async throws {
        try await Fixture.use { fixture in
            let archive = fixture.objectArchive()
            var ids: Set<String> = []
            for _ in 0..<5 { ids.insert(try await begin(archive, fixture, .expedited).id) }
            _ = try await begin(archive, fixture, .standard)
            fixture.clock.advance(seconds: 61)
            var count = 0
            while true {
                let done = try await archive.announceDue()
                if done == 0 { break }
                count += done
            }
            #expect(count == 5)
            #expect(Set(try await announced(fixture)) == ids)
        }
    }

    @Test func expiredRetrievalsAreForgotten() async throws {
        try await Fixture.use { fixture in
            let archive = fixture.objectArchive()
            let old = try await begin(archive, fixture, .bulk)
            fixture.clock.advance(seconds: 3601)
            let new = try await begin(archive, fixture, .bulk)
            #expect(try await archive.removeExpiredRetrievals() == 1)
            let left = try await fixture.objects.list(bucket: "archive", prefix: "retrievals/", after: nil, limit: 10)
            #expect(left.map(\.location.key) == ["retrievals/\(new.id)"])
            #expect(try await archive.state(of: old.id, archiveID: "gas/ada/a~1") == .gone)
        }
    }

    @Test func nonsenseIsNoRetrieval() async throws {
        try await Fixture.use { fixture in
            let archive = fixture.objectArchive()
            _ = try await begin(archive, fixture, .bulk)
            for id in ["", "-", "1-2-Fast-x", "../contents/gas", "x-1-Bulk-y"] {
                #expect(try await archive.state(of: id, archiveID: "gas/ada/a~1") == .gone)
            }
        }
    }
}
