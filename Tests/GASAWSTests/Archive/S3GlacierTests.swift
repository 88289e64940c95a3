import Foundation
import GAS
import GASAWS
import GASTesting
import Testing

/// The rules of archives in S3's Glacier, on a stage with AWS's rules, in fair weather and in a storm.
@Suite(.timeLimit(.minutes(2)))
struct S3GlacierTests {
    private let clock = ManualClock()

    private func fixture(_ stage: S3GlacierStage, _ weather: Weather = .fair) -> (ArchiveFixture, GlacierThawQueue) {
        let queue = InMemoryQueue(name: "thaw", clock: clock)
        let topic = InMemoryTopic(queues: [queue])
        let archive = S3GlacierArchive(
            bucket: "archive", client: AWSStage.client(of: stage, in: weather), thaw: topic,
            settings: S3GlacierSettings(
                times: RetrievalTimes([.expedited: 60, .standard: 600, .bulk: 6000]),
                objects: S3Settings(partBytes: 1 << 30)), clock: clock)
        let thaw = GlacierThawQueue(queue: queue, topic: topic, archive: archive)
        let fixture = ArchiveFixture(
            archive: archive,
            announcements: {
                for event in stage.takeEvents() { try await topic.publish(event) }
                return try await thaw.receive(limit: 10, visibility: 60, wait: 0).map {
                    try RetrievalEnded(body: $0.body)
                }
            },
            exhaustExpedited: { stage.refuseExpedited() }, damage: { stage.damage($0) })
        return (fixture, thaw)
    }

    @Test(arguments: ArchiveStoreConformance.allCases, [Weather.fair, .storm])
    func archiveStore(_ rule: ArchiveStoreConformance, _ weather: Weather) async throws {
        try await rule.check(fixture(S3GlacierStage(clock: clock), weather).0, clock: clock)
    }

    private func archived(_ archive: any ArchiveStore, _ text: String = "a") async throws -> String {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("gas-\(UUID().uuidString)")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try await archive.put(file: file.path, name: "gas/Ada L\u{E4}+1/job~1").id
    }

    private func begun(_ answer: RetrievalAnswer) throws -> Retrieval {
        guard case .begun(let retrieval) = answer else { throw GASError(.unavailable, "There is no capacity.") }
        return retrieval
    }

    /// Who asks while S3 is at it gets what is under way, under its name and for its time.
    @Test func whatIsUnderWayIsTheAnswer() async throws {
        let (fixture, _) = fixture(S3GlacierStage(clock: clock))
        let id = try await archived(fixture.archive)
        let first = try begun(try await fixture.archive.retrieve(id, tier: .standard, for: JobID()))
        clock.advance(seconds: 60)
        #expect(try await fixture.archive.retrieve(id, tier: .expedited, for: JobID()) == .begun(first))
    }

    /// Each object is paid for 90 days, so that none is written over another.
    @Test(arguments: [Weather.fair, .storm]) func whatIsArchivedIsNotReplaced(_ weather: Weather) async throws {
        let stage = S3GlacierStage(clock: clock)
        let (fixture, _) = fixture(stage, weather)
        let id = try await archived(fixture.archive)
        let first = try await fixture.archive.list(after: nil, limit: 2)
        clock.advance(seconds: 60)
        #expect(try await archived(fixture.archive) == id)
        #expect(try await fixture.archive.list(after: nil, limit: 2) == first)
        let error = await #expect(throws: GASError.self) { try await archived(fixture.archive, "other bytes") }
        #expect(error?.code == .conflict)
    }

    /// S3 announces nothing when a copy can be read already: the adapter does.
    @Test func whatIsReadableIsAnnouncedAtOnce() async throws {
        let stage = S3GlacierStage(clock: clock)
        let (fixture, thaw) = fixture(stage)
        let id = try await archived(fixture.archive)
        _ = try await fixture.archive.retrieve(id, tier: .standard, for: JobID())
        clock.advance(seconds: 601)
        #expect(stage.takeEvents().count == 1)
        let job = JobID()
        let again = try begun(try await fixture.archive.retrieve(id, tier: .standard, for: job))
        #expect(again.expected == clock.now)
        let received = try await thaw.receive(limit: 10, visibility: 60, wait: 0)
        #expect(
            try received.map(\.body) == [
                RetrievalEnded(retrievalID: again.id, archiveID: id, jobID: job, isReady: true).encoded()
            ])
    }

    /// What S3 writes into the queue besides: tries of the configuration, other events, several records, duplicates, and
    /// announcements of what was removed meanwhile.
    @Test func everyKindOfAnnouncement() async throws {
        let stage = S3GlacierStage(clock: clock)
        let (fixture, thaw) = fixture(stage)
        let id = try await archived(fixture.archive)
        let job = JobID()
        let retrieval = try begun(try await fixture.archive.retrieve(id, tier: .standard, for: job))
        let ended = RetrievalEnded(retrievalID: retrieval.id, archiveID: id, jobID: job, isReady: true)
        let queue = InMemoryQueue(name: "thaw", clock: clock)
        let topic = InMemoryTopic(queues: [queue])
        let reader = try #require(fixture.archive as? S3GlacierArchive)
        let other = GlacierThawQueue(queue: queue, topic: topic, archive: reader)
        for body in [
            Data("{\"Service\":\"Amazon S3\",\"Event\":\"s3:TestEvent\",\"Bucket\":\"archive\"}".utf8),
            S3GlacierStage.event("ObjectRestore:Post", key: id), S3GlacierStage.event("ObjectRestore:Delete", key: id),
            S3GlacierStage.event("ObjectRestore:Completed", key: "gas/gone~1"),
        ] { try await topic.publish(body) }
        #expect(try await other.receive(limit: 10, visibility: 60, wait: 0).isEmpty)
        #expect(try await other.depth().inFlight == 0)
        try await topic.publish(S3GlacierStage.event("ObjectRestore:Completed", "ObjectRestore:Completed", key: id))
        #expect(try await other.receive(limit: 10, visibility: 60, wait: 0).isEmpty)
        try await topic.publish(S3GlacierStage.event("ObjectRestore:Completed", key: id))
        try await topic.publish(Data("neither of them".utf8))
        let received = try await other.receive(limit: 10, visibility: 60, wait: 0).map(\.body)
        #expect(received.filter { (try? RetrievalEnded(body: $0)) == ended }.count == 3)
        #expect(received.contains(Data("neither of them".utf8)) && received.count == 4)
        #expect(thaw.name == "thaw")
    }
}
