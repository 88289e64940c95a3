import Foundation
import GAS
import GASAWS
import GASTesting
import Testing

/// The rules of archives in a vault, on a stage with AWS's rules.
@Suite(.timeLimit(.minutes(2)))
struct VaultTests {
    private let clock = ManualClock()
    private static let topic = "arn:aws:sns:us-east-1:1:thaw"
    /// A vault chooses the ids, so the same name is no protection from a second archive; and what was retrieved once stays
    /// readable for its time, whatever becomes of the archive.
    private static let rules = ArchiveStoreConformance.allCases.filter { ![.sameName, .deleted].contains($0) }

    private func archive(
        _ stage: VaultStage, _ weather: Weather = .fair, partBytes: Int = 1 << 20
    ) -> VaultArchive {
        VaultArchive(
            vault: "vault", topic: Self.topic, client: AWSStage.client(of: stage, in: weather),
            settings: VaultSettings(
                partBytes: partBytes, parallelParts: 2,
                times: RetrievalTimes([.expedited: 60, .standard: 600, .bulk: 6000])), clock: clock)
    }

    @Test(arguments: rules, [Weather.fair, .foul])
    func archiveStore(_ rule: ArchiveStoreConformance, _ weather: Weather) async throws {
        let stage = VaultStage(clock: clock)
        let archive = archive(stage, weather)
        let queue = InMemoryQueue(name: "thaw", clock: clock)
        let topic = InMemoryTopic(queues: [queue])
        let thaw = GlacierThawQueue(queue: queue, topic: topic, archive: archive)
        let fixture = ArchiveFixture(
            archive: archive,
            announcements: {
                for body in stage.takeAnnouncements() { try await topic.publish(body) }
                return try await thaw.receive(limit: 10, visibility: 60, wait: 0).map {
                    try RetrievalEnded(body: $0.body)
                }
            },
            exhaustExpedited: { stage.refuseExpedited() }, damage: { stage.damage($0) })
        try await rule.check(fixture, clock: clock)
    }

    private func source(_ bytes: Data) throws -> String {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("gas-\(UUID().uuidString)")
        try bytes.write(to: file)
        return file.path
    }

    /// The archive that a crash leaves over is in the inventory, under the name of its twin.
    @Test func leftoversAreListed() async throws {
        let archive = archive(VaultStage(clock: clock))
        let file = try source(Data("same".utf8))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let ids = [
            try await archive.put(file: file, name: "gas/a~1").id,
            try await archive.put(file: file, name: "gas/a~1").id,
        ]
        let listed = try await archive.list(after: nil, limit: 10)
        #expect(Set(ids).count == 2 && Set(listed.map(\.id)) == Set(ids))
        #expect(listed.map(\.name) == ["gas/a~1", "gas/a~1"])
        await #expect(throws: GASError.self) {
            try await archive.delete(ids[0])
            _ = try await archive.retrieve(ids[0], tier: .standard, for: JobID())
        }
        // The inventory is as old as it is, until it is time for another one.
        #expect(try await archive.list(after: nil, limit: 10).count == 2)
        clock.advance(seconds: 73_000)
        #expect(try await archive.list(after: nil, limit: 10).map(\.id) == [ids[1]])
    }

    /// The vault compares the tree hash of every part and of the whole; the stage has its own definition of it.
    @Test(arguments: [1, 2, 3, 5, 8, 11]) func partsOfAnyNumber(_ mebibytes: Int) async throws {
        let stage = VaultStage(clock: clock)
        let bytes = Data((0..<(mebibytes << 20) - 7).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 9) })
        let file = try source(bytes)
        defer { try? FileManager.default.removeItem(atPath: file) }
        for size in [1 << 20, 4 << 20, 64 << 20] {
            let id = try await archive(stage, partBytes: size).put(file: file, name: "gas/a~1").id
            guard case .begun(let retrieval) = try await archive(stage).retrieve(id, tier: .bulk, for: JobID()) else {
                throw GASError(.unavailable, "Bulk has capacity always.")
            }
            clock.advance(seconds: 6001)
            try await archive(stage).get(retrieval.id, archiveID: id, toFile: file + ".back")
            #expect(try Data(contentsOf: URL(fileURLWithPath: file + ".back")) == bytes)
            try FileManager.default.removeItem(atPath: file + ".back")
        }
        #expect(stage.archiveCount == 3)
    }

    /// A failed retrieval is announced as one; an inventory is nobody's result.
    @Test func announcementsOfOtherEnds() async throws {
        let archive = archive(VaultStage(clock: clock))
        func message(_ action: String, _ status: String, _ job: String?) -> Data {
            Data(
                """
                {"Action":"\(action)","ArchiveId":"a","Completed":true,"CompletionDate":"2026-01-01T00:00:00.000Z",
                 "CreationDate":"2026-01-01T00:00:00.000Z","JobDescription":\(job.map { "\"\($0)\"" } ?? "null"),
                 "JobId":"j","StatusCode":"\(status)","VaultARN":"v"}
                """.utf8)
        }
        let job = JobID()
        #expect(
            try await archive.retrievals(announcedIn: message("ArchiveRetrieval", "Failed", job.rawValue)) == [
                RetrievalEnded(retrievalID: "j", archiveID: "a", jobID: job, isReady: false)
            ])
        #expect(try await archive.retrievals(announcedIn: message("InventoryRetrieval", "Succeeded", nil)) == [])
        #expect(try await archive.retrievals(announcedIn: message("ArchiveRetrieval", "Succeeded", nil)) == [])
        let own = RetrievalEnded(retrievalID: "j", archiveID: "a", jobID: job, isReady: true)
        #expect(try await archive.retrievals(announcedIn: own.encoded()) == nil)
    }

    @Test func namesThatAreNoHeaders() async throws {
        let file = try source(Data("a".utf8))
        defer { try? FileManager.default.removeItem(atPath: file) }
        for name in ["", "a\r\nx-amz-archive-id: b", "\u{E4}", String(repeating: "a", count: 1001)] {
            let error = await #expect(throws: GASError.self) {
                try await archive(VaultStage(clock: clock)).put(file: file, name: name)
            }
            #expect(error?.code == .invalid)
        }
    }
}
