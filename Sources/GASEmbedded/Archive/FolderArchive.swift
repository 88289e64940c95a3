import Foundation
import GAS
import GRDB

/// Archived results as compressed files on this machine, with their index in the database.
///
/// An archive is named as it is asked for. A retrieval is a row that says from when until when the archive can be read;
/// its announcement waits in the queues of `thaw` from the same transaction on, delayed until then: no timer is needed,
/// and none is lost with a process.
public struct FolderArchive: ArchiveStore {
    private let index: ArchiveIndex
    private let folder: ArchiveFolder
    private let io = BlockingIO()
    private let thaw: [SQLiteQueue]
    private let settings: FolderArchiveSettings
    private let clock: any WallClock

    /// Opens an archive, making its folder when it is missing.
    /// - Parameters:
    ///   - root: a folder of its own on a local file system.
    ///   - database: keeps the index.
    ///   - thaw: the queues subscribed to `thaw`, kept in the same database.
    public init(
        root: String, database: EmbeddedDatabase, thaw: [SQLiteQueue], settings: FolderArchiveSettings,
        clock: any WallClock
    ) throws {
        index = ArchiveIndex(database: database)
        folder = try ArchiveFolder(root: root)
        self.thaw = thaw
        self.settings = settings
        self.clock = clock
    }

    /// Compresses the file, makes it durable, and notes it.
    public func put(file: String, name: String) async throws -> Archive {
        guard !name.isEmpty, name.utf8.count <= 1024 else {
            throw GASError(.invalid, "An archive needs a name of 1 to 1,024 bytes.")
        }
        let bytes = try await folder.compress(file, by: io)
        let archive = Archive(id: name, size: bytes.size, storedSize: bytes.storedSize)
        do {
            try await index.add(archive, sha256: bytes.sha256, now: clock.now) { [folder] in try folder.place(bytes) }
        } catch {
            bytes.file.discard()
            throw error
        }
        return archive
    }

    /// Notes a retrieval and its announcement in one transaction.
    public func retrieve(_ archiveID: String, tier: RetrievalTier, for job: JobID) async throws -> RetrievalAnswer {
        let isRefused = tier == .expedited && Double.random(in: 0..<1) < settings.expeditedRefusalShare
        let now = clock.now
        let ready = Date(milliseconds: now.addingTimeInterval(settings.delays[tier] ?? 0).milliseconds)
        let retrieval = Retrieval(id: UUID().uuidString.lowercased(), tier: tier, expected: ready)
        let announcement = try RetrievalEnded(
            retrievalID: retrieval.id, archiveID: archiveID, jobID: job, isReady: true
        ).encoded()
        let answer: RetrievalAnswer = try await index.database.write { [settings, thaw] db in
            guard try ArchiveIndex.exists(db, archiveID) else {
                throw GASError(.notFound, "There is no such archive.")
            }
            guard try !isRefused && FolderArchive.hasCapacity(db, tier, settings, now: now) else { return .noCapacity }
            try ArchiveIndex.insert(
                db, retrieval, archiveID: archiveID, requested: now,
                expires: ready.addingTimeInterval(settings.keepSeconds))
            for queue in thaw { try queue.insert(db, messageID: retrieval.id, body: announcement, notBefore: ready) }
            return .begun(retrieval)
        }
        for queue in thaw { queue.announce() }
        return answer
    }

    /// Compares the clock.
    public func state(of retrieval: String, archiveID: String) async throws -> RetrievalState {
        let now = clock.now
        guard let times = try await index.times(of: retrieval, archiveID: archiveID), now < times.expires else {
            return .gone
        }
        return now < times.ready ? .underWay : .ready
    }

    /// Unpacks into a temporary file beside `file`, verifies it and renames it.
    public func get(_ retrieval: String, archiveID: String, toFile file: String) async throws {
        guard try await state(of: retrieval, archiveID: archiveID) == .ready,
            let content = try await index.content(of: archiveID)
        else { throw GASError(.notFound, "There is no readable copy of the archive.") }
        try await folder.unpack(content, to: file, by: io)
    }

    /// Forgets the archive, and removes its bytes when no other archive has the same.
    public func delete(_ archiveID: String) async throws {
        try await index.delete(archiveID) { [folder] in try folder.remove($0) }
    }

    /// Walks the index.
    public func list(after archiveID: String?, limit: Int) async throws -> [ArchiveEntry] {
        try await index.list(after: archiveID, limit: limit)
    }

    /// Forgets retrievals whose copies have expired.
    /// - Returns: how many.
    public func removeExpiredRetrievals() async throws -> Int {
        try await index.removeExpiredRetrievals(now: clock.now)
    }

    /// Removes what crashes left behind: unfinished files, and contents that belong to no archive.
    /// - Parameter seconds: how old, by the file system's own clock, a file must be; longer than archiving one takes.
    /// - Returns: how many files were removed.
    public func sweepOrphans(olderThan seconds: Double) async throws -> Int {
        let limit = Date().addingTimeInterval(-seconds)
        let (unfinished, finished) = try await io.run { [folder] in
            (
                try OldFiles.names(in: folder.incoming, before: limit),
                try OldFiles.names(in: folder.contents, before: limit)
            )
        }
        try await io.run { [folder] in
            for name in unfinished { try OldFiles.remove("\(folder.incoming)/\(name)") }
        }
        let contents = finished.map { $0.replacing(".gz", with: "") }
        let removed = try await index.removeUnused(among: contents) { [folder] in try folder.remove($0) }
        return unfinished.count + removed
    }

    private static func hasCapacity(
        _ db: Database, _ tier: RetrievalTier, _ settings: FolderArchiveSettings, now: Date
    ) throws -> Bool {
        guard tier == .expedited, let capacity = settings.expeditedCapacity else { return true }
        return try ArchiveIndex.count(db, tier, since: now.addingTimeInterval(-settings.expeditedPeriod)) < capacity
    }
}
