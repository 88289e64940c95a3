import Foundation
import GAS
import Testing

/// The rules of `ArchiveStore`.
public enum ArchiveStoreConformance: String, ConformanceRule {
    case bytesComeBack = "what is archived comes back as it was, an empty file included, and the source stays"
    case sameName = "archiving under the same name again gives the same archive"
    case equalContents = "archives of equal content live and die apart"
    case notBeforeReady = "what was asked for can be read when its tier's time is over, and not before"
    case announced = "the end of a retrieval is announced on time, with the job's name"
    case expires = "a retrieved copy can be read for a while only, and asked for again"
    case noCapacity = "Expedited is refused when there is no capacity, Standard is not"
    case unknown = "an archive that does not exist cannot be asked for, and removing it is no error"
    case foreignRetrieval = "a retrieval of one archive does not open another one"
    case deleted = "a removed archive cannot be read, not even by a retrieval that is ready"
    case damaged = "damaged bytes are corrupted, and the target is left alone"
    case list = "a list has every archive once, by id, in pages"

    /// Runs the rule. The archive must be empty.
    public func check(_ fixture: ArchiveFixture, clock: ManualClock) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gas-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let rules = ArchiveStoreRules(fixture: fixture, folder: folder, clock: clock)
        switch self {
        case .bytesComeBack: try await rules.bytesComeBack()
        case .sameName: try await rules.sameName()
        case .equalContents: try await rules.equalContents()
        case .notBeforeReady: try await rules.notBeforeReady()
        case .announced: try await rules.announced()
        case .expires: try await rules.expires()
        case .noCapacity: try await rules.noCapacity()
        case .unknown: try await rules.unknown()
        case .foreignRetrieval: try await rules.foreignRetrieval()
        case .deleted: try await rules.deleted()
        case .damaged: try await rules.damaged()
        case .list: try await rules.list()
        }
    }
}

/// An archive with known figures, and what a test must be able to do to it.
public struct ArchiveFixture: Sendable {
    /// The archive: Expedited takes one minute, Standard ten, and a copy can be read for an hour.
    public let archive: any ArchiveStore
    let announcements: @Sendable () async throws -> [RetrievalEnded]
    let exhaustExpedited: @Sendable () async throws -> Void
    let damage: @Sendable (_ archiveID: String) async throws -> Void

    /// - Parameters:
    ///   - announcements: takes what was announced to `thaw` and is due.
    ///   - exhaustExpedited: makes the archive refuse the next Expedited retrieval.
    ///   - damage: changes archived bytes.
    public init(
        archive: any ArchiveStore, announcements: @escaping @Sendable () async throws -> [RetrievalEnded],
        exhaustExpedited: @escaping @Sendable () async throws -> Void,
        damage: @escaping @Sendable (_ archiveID: String) async throws -> Void
    ) {
        self.archive = archive
        self.announcements = announcements
        self.exhaustExpedited = exhaustExpedited
        self.damage = damage
    }
}

struct ArchiveStoreRules {
    let fixture: ArchiveFixture
    let folder: String
    let clock: ManualClock

    private var archive: any ArchiveStore { fixture.archive }
    private var target: String { folder + "/target" }

    private func put(_ bytes: Data, as name: String = "gas/ada/job~1") async throws -> Archive {
        let source = URL(fileURLWithPath: folder + "/source")
        try bytes.write(to: source)
        let archived = try await archive.put(file: source.path, name: name)
        #expect(try Data(contentsOf: source) == bytes)
        return archived
    }

    private func begin(_ id: String, _ tier: RetrievalTier = .standard, job: JobID = JobID()) async throws -> Retrieval
    {
        guard case .begun(let retrieval) = try await archive.retrieve(id, tier: tier, for: job) else {
            throw GASError(.unavailable, "The archive has no capacity.")
        }
        return retrieval
    }

    private func read(_ retrieval: Retrieval, _ id: String) async throws -> Data {
        try await archive.get(retrieval.id, archiveID: id, toFile: target)
        return try Data(contentsOf: URL(fileURLWithPath: target))
    }

    func bytesComeBack() async throws {
        let large = Data((0..<3_500_003).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 7) })
        for (number, bytes) in [Data(), Data("a\n".utf8), large].enumerated() {
            let archived = try await put(bytes, as: "gas/ada/job-\(number)~1")
            #expect(archived.size == bytes.count && archived.storedSize >= 0)
            let retrieval = try await begin(archived.id)
            clock.advance(seconds: 600)
            #expect(try await read(retrieval, archived.id) == bytes)
        }
    }

    func sameName() async throws {
        let first = try await put(Data("same".utf8))
        let second = try await put(Data("same".utf8))
        #expect(first.id == second.id)
        #expect(try await archive.list(after: nil, limit: 10).map(\.id) == [first.id])
    }

    func equalContents() async throws {
        let first = try await put(Data("same".utf8), as: "gas/ada/a~1")
        let second = try await put(Data("same".utf8), as: "gas/ada/b~1")
        #expect(first.id != second.id)
        try await archive.delete(first.id)
        let retrieval = try await begin(second.id)
        clock.advance(seconds: 600)
        #expect(try await read(retrieval, second.id) == Data("same".utf8))
    }

    func notBeforeReady() async throws {
        for (tier, seconds) in [(RetrievalTier.expedited, 60.0), (.standard, 600)] {
            // One archive each: where a copy is readable already, nothing takes long.
            let archived = try await put(Data("a".utf8), as: "gas/ada/\(tier)~1")
            let retrieval = try await begin(archived.id, tier)
            #expect(retrieval.tier == tier)
            #expect(abs(retrieval.expected.timeIntervalSince(clock.now) - seconds) < 0.01)
            clock.advance(seconds: seconds - 0.01)
            #expect(try await archive.state(of: retrieval.id, archiveID: archived.id) == .underWay)
            await expectError(.notFound) { _ = try await read(retrieval, archived.id) }
            clock.advance(seconds: 0.02)
            #expect(try await archive.state(of: retrieval.id, archiveID: archived.id) == .ready)
            #expect(try await read(retrieval, archived.id) == Data("a".utf8))
        }
    }

    func announced() async throws {
        let archived = try await put(Data("a".utf8))
        let job = JobID()
        let retrieval = try await begin(archived.id, job: job)
        clock.advance(seconds: 599)
        #expect(try await fixture.announcements().isEmpty)
        clock.advance(seconds: 2)
        #expect(
            try await fixture.announcements() == [
                RetrievalEnded(retrievalID: retrieval.id, archiveID: archived.id, jobID: job, isReady: true)
            ])
    }

    func expires() async throws {
        let archived = try await put(Data("a".utf8))
        let retrieval = try await begin(archived.id)
        clock.advance(seconds: 600 + 3599)
        #expect(try await read(retrieval, archived.id) == Data("a".utf8))
        clock.advance(seconds: 2)
        #expect(try await archive.state(of: retrieval.id, archiveID: archived.id) == .gone)
        await expectError(.notFound) { _ = try await read(retrieval, archived.id) }
        let again = try await begin(archived.id)
        clock.advance(seconds: 600)
        #expect(try await read(again, archived.id) == Data("a".utf8))
    }

    func noCapacity() async throws {
        let archived = try await put(Data("a".utf8))
        try await fixture.exhaustExpedited()
        #expect(try await archive.retrieve(archived.id, tier: .expedited, for: JobID()) == .noCapacity)
        _ = try await begin(archived.id, .standard)
    }

    func unknown() async throws {
        await expectError(.notFound) {
            _ = try await archive.retrieve("gas/ada/nothing~1", tier: .standard, for: JobID())
        }
        #expect(try await archive.state(of: "nothing", archiveID: "gas/ada/nothing~1") == .gone)
        try await archive.delete("gas/ada/nothing~1")
    }

    func foreignRetrieval() async throws {
        let first = try await put(Data("a".utf8), as: "gas/ada/a~1")
        let second = try await put(Data("b".utf8), as: "gas/bob/b~1")
        let retrieval = try await begin(first.id)
        clock.advance(seconds: 600)
        #expect(try await archive.state(of: retrieval.id, archiveID: second.id) == .gone)
        await expectError(.notFound) { _ = try await read(retrieval, second.id) }
    }

    func deleted() async throws {
        let archived = try await put(Data("a".utf8))
        let retrieval = try await begin(archived.id)
        clock.advance(seconds: 600)
        try await archive.delete(archived.id)
        #expect(try await archive.state(of: retrieval.id, archiveID: archived.id) == .gone)
        await expectError(.notFound) { _ = try await read(retrieval, archived.id) }
        await expectError(.notFound) { _ = try await begin(archived.id) }
    }

    func damaged() async throws {
        let archived = try await put(Data((0..<10_000).map { UInt8(truncatingIfNeeded: $0) }))
        let retrieval = try await begin(archived.id)
        clock.advance(seconds: 600)
        try await fixture.damage(archived.id)
        try Data("before".utf8).write(to: URL(fileURLWithPath: target))
        await expectError(.corrupted) { _ = try await read(retrieval, archived.id) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: target)) == Data("before".utf8))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["source", "target"])
    }

    func list() async throws {
        var names: [String: String] = [:]
        for number in 0..<5 {
            let name = "gas/ada/job-\(number)~1"
            names[try await put(Data("\(number)".utf8), as: name).id] = name
        }
        var listed: [ArchiveEntry] = []
        repeat {
            let page = try await archive.list(after: listed.last?.id, limit: 2)
            listed += page
            if page.count < 2 { break }
        } while listed.count < 10
        #expect(names.count == 5 && listed.map(\.id) == names.keys.sorted())
        #expect(listed.allSatisfy { $0.name == names[$0.id] })
        #expect(listed.allSatisfy { abs($0.created.timeIntervalSince(clock.now)) < 60 })
    }
}
