import Foundation
import GAS
import GASEmbedded
import GASTesting
import Testing

/// What the archive's files and rows do besides its port's rules.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct FolderArchiveTests {
    private func source(_ fixture: Fixture, _ text: String) throws -> String {
        let path = "\(fixture.folder)/source"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test func equalContentsTakeOneFileUntilTheLastIsRemoved() async throws {
        try await Fixture.use { fixture in
            let archive = try fixture.archive()
            let text = String(repeating: "chrM\t263\t.\tA\tG\n", count: 10_000)
            let first = try await archive.put(file: try source(fixture, text), name: "gas/ada/a~1")
            let second = try await archive.put(file: try source(fixture, text), name: "gas/ada/b~1")
            #expect(first.storedSize * 50 < first.size, "text is compressed")
            #expect(try fixture.archivedFiles().count == 1)
            try await archive.delete(first.id)
            #expect(try fixture.archivedFiles().count == 1)
            try await archive.delete(second.id)
            #expect(try fixture.archivedFiles().isEmpty)
        }
    }

    @Test func filesAreGzipAndNamedByTheirContent() async throws {
        try await Fixture.use { fixture in
            _ = try await fixture.archive().put(file: try source(fixture, "abc"), name: "gas/ada/a~1")
            let path = try #require(try fixture.archivedFiles().first)
            #expect(path.hasSuffix("/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.gz"))
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)).prefix(2) == Data([0x1F, 0x8B]))
        }
    }

    @Test func bytesThatAreGoneAreDamage() async throws {
        try await Fixture.use { fixture in
            let archive = try fixture.archive()
            let archived = try await archive.put(file: try source(fixture, "abc"), name: "gas/ada/a~1")
            guard case .begun(let retrieval) = try await archive.retrieve(archived.id, tier: .bulk, for: JobID())
            else { throw GASError(.internal, "Bulk is never refused.") }
            fixture.clock.advance(seconds: 6000)
            for path in try fixture.archivedFiles() { try FileManager.default.removeItem(atPath: path) }
            let error = await #expect(throws: GASError.self) {
                try await archive.get(retrieval.id, archiveID: archived.id, toFile: "\(fixture.folder)/target")
            }
            #expect(error?.code == .corrupted)
        }
    }

    @Test func capacityComesBackAfterItsPeriod() async throws {
        try await Fixture.use { fixture in
            let archive = try fixture.archive(capacity: 1)
            let id = try await archive.put(file: try source(fixture, "abc"), name: "gas/ada/a~1").id
            #expect(try await archive.retrieve(id, tier: .expedited, for: JobID()) != .noCapacity)
            #expect(try await archive.retrieve(id, tier: .expedited, for: JobID()) == .noCapacity)
            fixture.clock.advance(seconds: 301)
            #expect(try await archive.retrieve(id, tier: .expedited, for: JobID()) != .noCapacity)
        }
    }

    @Test func aShareOfOneRefusesEveryExpedited() async throws {
        try await Fixture.use { fixture in
            let archive = try fixture.archive(refusing: 1)
            let id = try await archive.put(file: try source(fixture, "abc"), name: "gas/ada/a~1").id
            for _ in 0..<20 {
                #expect(try await archive.retrieve(id, tier: .expedited, for: JobID()) == .noCapacity)
            }
            #expect(try await archive.retrieve(id, tier: .standard, for: JobID()) != .noCapacity)
        }
    }

    @Test func leftoversAreSweptAndArchivesAreNot() async throws {
        try await Fixture.use { fixture in
            let archive = try fixture.archive()
            let id = try await archive.put(file: try source(fixture, "abc"), name: "gas/ada/a~1").id
            for name in ["contents/0123.gz", "incoming/half"] {
                try Data("left".utf8).write(to: URL(fileURLWithPath: "\(fixture.folder)/archive/\(name)"))
            }
            #expect(try await archive.sweepOrphans(olderThan: 3600) == 0)
            #expect(try await archive.sweepOrphans(olderThan: -1) == 2)
            #expect(try fixture.archivedFiles().count == 1)
            _ = try await archive.retrieve(id, tier: .standard, for: JobID())
            #expect(try await archive.removeExpiredRetrievals() == 0)
            fixture.clock.advance(seconds: 600 + 3600)
            #expect(try await archive.removeExpiredRetrievals() == 1)
        }
    }

    @Test func announcementsSurviveARestart() async throws {
        try await Fixture.use { fixture in
            let archive = try fixture.archive()
            let id = try await archive.put(file: try source(fixture, "abc"), name: "gas/ada/a~1").id
            _ = try await archive.retrieve(id, tier: .standard, for: JobID())
            let thaw = fixture.queue("thaw", in: try fixture.reopened())
            #expect(try await thaw.receive(limit: 1, visibility: 60, wait: 0).isEmpty)
            fixture.clock.advance(seconds: 601)
            #expect(try await thaw.receive(limit: 1, visibility: 60, wait: 0).count == 1)
        }
    }
}
