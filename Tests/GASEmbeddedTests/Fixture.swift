import Foundation
import GAS
import GASEmbedded
import GASTesting
import Synchronization

/// A database and an object store in a folder of their own, with a clock that stands still.
final class Fixture: Sendable {
    let folder: String
    let database: EmbeddedDatabase
    let clock: ManualClock
    let objects: FileObjectStore
    /// All that was opened. A database that closes later than its folder is removed would be in the way.
    private let databases: Mutex<[EmbeddedDatabase]>

    /// Runs `body` with a new fixture and removes its folder afterwards, whatever happened.
    static func use(_ body: (Fixture) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gas-\(UUID().uuidString)").path
        let fixture = try Fixture(folder: folder)
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(fixture))
        } catch {
            result = .failure(error)
        }
        for database in fixture.databases.withLock({ $0 }) { try database.close() }
        try FileManager.default.removeItem(atPath: folder)
        try result.get()
    }

    private init(folder: String) throws {
        self.folder = folder
        database = try EmbeddedDatabase(path: "\(folder)/gas.sqlite")
        databases = Mutex([database])
        clock = ManualClock()
        objects = try Fixture.objects(folder, database, clock)
    }

    /// Another object store over the same folder and database.
    static func objects(
        _ folder: String,
        _ database: EmbeddedDatabase,
        _ clock: ManualClock,
        key: UInt8 = 7
    ) throws -> FileObjectStore {
        try FileObjectStore(
            root: "\(folder)/objects",
            database: database,
            signingKey: Data(repeating: key, count: 32),
            baseURL: "https://gas.example",
            clock: clock
        )
    }

    /// The database, opened once more, as another process would.
    func reopened() throws -> EmbeddedDatabase {
        let database = try EmbeddedDatabase(path: "\(folder)/gas.sqlite")
        databases.withLock { $0.append(database) }
        return database
    }

    func queue(_ name: String, in database: EmbeddedDatabase? = nil, delay: Double = 0) -> SQLiteQueue {
        SQLiteQueue(name: name, database: database ?? self.database, clock: clock, delay: delay)
    }

    var thaw: SQLiteQueue { queue("thaw") }

    /// An archive in the folder.
    func archive(capacity: Int? = nil, refusing share: Double = 0) throws -> FolderArchive {
        try FolderArchive(
            root: "\(folder)/archive", database: database, thaw: [thaw],
            settings: FolderArchiveSettings(
                delays: [.expedited: 60, .standard: 600, .bulk: 6000], keepSeconds: 3600,
                expeditedRefusalShare: share, expeditedCapacity: capacity, expeditedPeriod: 300),
            clock: clock)
    }

    /// The paths of all files of the archive.
    func archivedFiles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(folder)/archive/contents")
            .map { "\(folder)/archive/contents/\($0)" }
    }

    func archiveFixture() throws -> ArchiveFixture {
        let archive = try archive(capacity: 3)
        return ArchiveFixture(
            archive: archive,
            announcements: { [thaw] in
                try await thaw.receive(limit: 10, visibility: 60, wait: 0).map { try RetrievalEnded(body: $0.body) }
            },
            exhaustExpedited: {
                let id = try await archive.list(after: nil, limit: 1)[0].id
                for _ in 0..<3 { _ = try await archive.retrieve(id, tier: .expedited, for: JobID()) }
            },
            damage: { [self] _ in
                for path in try archivedFiles() { try Fixture.flipABit(of: path) }
            })
    }

    /// An archive in the object store.
    func objectArchive(capacity: Int? = nil) -> ObjectArchive {
        ObjectArchive(
            objects: objects, bucket: "archive", thaw: SQLiteTopic(queues: [thaw], database: database),
            settings: FolderArchiveSettings(
                delays: [.expedited: 60, .standard: 600, .bulk: 0], keepSeconds: 3600, expeditedCapacity: capacity,
                expeditedPeriod: 300),
            batch: 2, clock: clock)
    }

    func objectArchiveFixture() throws -> ArchiveFixture {
        let archive = objectArchive(capacity: 3)
        return ArchiveFixture(
            archive: archive,
            announcements: { [thaw] in
                _ = try await archive.announceDue()
                return try await thaw.receive(limit: 10, visibility: 60, wait: 0).map {
                    try RetrievalEnded(body: $0.body)
                }
            },
            exhaustExpedited: {
                let id = try await archive.list(after: nil, limit: 1)[0].id
                for _ in 0..<3 { _ = try await archive.retrieve(id, tier: .expedited, for: JobID()) }
            },
            damage: { [self] _ in
                for path in try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/objects/blobs") {
                    let blob = "\(folder)/objects/blobs/\(path)"
                    // Not the notes of retrievals, which are far smaller.
                    guard try Data(contentsOf: URL(fileURLWithPath: blob)).prefix(2) == Data([0x1F, 0x8B]) else {
                        continue
                    }
                    try Fixture.flipABit(of: blob)
                }
            })
    }

    /// Damages a file in its middle.
    static func flipABit(of path: String) throws {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count / 2] ^= 4
        try bytes.write(to: URL(fileURLWithPath: path))
    }

    var messaging: MessagingFixture {
        let plain = queue("plain")
        let delayed = queue("delayed", delay: 2 * clock.unit)
        let redriven = SQLiteQueue(
            name: "redriven",
            database: database,
            clock: clock,
            redrive: SQLiteQueue.Redrive(maximumReceives: 2, deadLetterQueue: "dead")
        )
        return MessagingFixture(
            topic: SQLiteTopic(queues: [plain, delayed, redriven], database: database),
            plain: plain,
            delayed: delayed,
            redriven: redriven,
            deadLetters: queue("dead")
        )
    }

    /// The paths of all files of the object store.
    func files(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(self.folder)/objects/\(folder)")
            .map { "\(self.folder)/objects/\(folder)/\($0)" }
    }
}
