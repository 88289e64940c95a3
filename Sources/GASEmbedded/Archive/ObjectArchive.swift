import Foundation
import GAS
import Glibc

/// Archived results as compressed objects in a bucket, for several machines that share an object store and nothing else. All
/// that there is to know lies in the bucket: no database is needed.
///
/// `contents/<name>` is an archive. `retrievals/<id>` says that one was asked for, and its id from when until when it can be
/// read. `pending/<id>` is an announcement that waits for its time, when `announceDue` publishes it.
public struct ObjectArchive: ArchiveStore {
    private let objects: any ObjectStore
    private let bucket: String
    private let thaw: any Topic
    private let settings: FolderArchiveSettings
    private let batch: Int
    private let clock: any WallClock
    private let io = BlockingIO()

    private static let markerLimit = 1 << 16

    /// Archives in a bucket of its own.
    /// - Parameters:
    ///   - thaw: where the ends of retrievals are announced.
    ///   - batch: objects looked at in one go.
    public init(
        objects: any ObjectStore, bucket: String, thaw: any Topic, settings: FolderArchiveSettings, batch: Int,
        clock: any WallClock
    ) {
        self.objects = objects
        self.bucket = bucket
        self.thaw = thaw
        self.settings = settings
        self.batch = batch
        self.clock = clock
    }

    /// Compresses the file beside itself, and stores it.
    public func put(file: String, name: String) async throws -> Archive {
        guard !name.isEmpty, name.utf8.count <= 1000 else {
            throw GASError(.invalid, "An archive needs a name of 1 to 1,000 bytes.")
        }
        let path = "\(file).\(UUID().uuidString.lowercased()).gz"
        let packed = try await PackedFile.pack(file, as: path, by: io)
        defer { packed.file.discard() }
        _ = try await objects.put(file: path, at: content(name))
        return Archive(id: name, size: packed.size, storedSize: packed.storedSize)
    }

    /// Notes a retrieval. One that takes no time is announced at once.
    public func retrieve(_ archiveID: String, tier: RetrievalTier, for job: JobID) async throws -> RetrievalAnswer {
        guard try await objects.metadata(content(archiveID)) != nil else {
            throw GASError(.notFound, "There is no such archive.")
        }
        guard try await hasCapacity(tier) else { return .noCapacity }
        let retrieval = ObjectRetrieval(tier: tier, requested: clock.now, delay: settings.delays[tier] ?? 0)
        let announcement = try RetrievalEnded(
            retrievalID: retrieval.id, archiveID: archiveID, jobID: job, isReady: true
        ).encoded()
        _ = try await objects.put(announcement, at: marker(retrieval.id))
        if retrieval.ready <= clock.now {
            try await thaw.publish(announcement)
        } else {
            _ = try await objects.put(announcement, at: pending(retrieval.id))
        }
        return .begun(Retrieval(id: retrieval.id, tier: tier, expected: retrieval.ready))
    }

    /// Compares the clock.
    public func state(of retrieval: String, archiveID: String) async throws -> RetrievalState {
        guard let known = ObjectRetrieval(id: retrieval),
            clock.now < known.ready.addingTimeInterval(settings.keepSeconds),
            try await note(retrieval)?.archiveID == archiveID,
            try await objects.metadata(content(archiveID)) != nil
        else { return .gone }
        return clock.now < known.ready ? .underWay : .ready
    }

    /// Fetches what is packed beside `file`, and unpacks it.
    public func get(_ retrieval: String, archiveID: String, toFile file: String) async throws {
        guard try await state(of: retrieval, archiveID: archiveID) == .ready else {
            throw GASError(.notFound, "There is no readable copy of the archive.")
        }
        let path = "\(file).\(UUID().uuidString.lowercased()).gz"
        _ = try await objects.get(content(archiveID), toFile: path)
        // Its name goes at once; what is open stays readable.
        let packed = try await io.run {
            defer { unlink(path) }
            return try InputFile(path)
        }
        try await PackedFile.unpack(packed, to: file, expecting: nil, by: io)
    }

    /// Removes the object. Retrievals of it find nothing any more.
    public func delete(_ archiveID: String) async throws { try await objects.delete(content(archiveID)) }

    /// Walks the bucket.
    public func list(after archiveID: String?, limit: Int) async throws -> [ArchiveEntry] {
        let start = content("").key
        return try await objects.list(
            bucket: bucket, prefix: start, after: archiveID.map { start + $0 }, limit: limit
        ).map { object in
            let name = String(object.location.key.dropFirst(start.count))
            return ArchiveEntry(id: name, name: name, created: object.modified)
        }
    }

    /// Announces retrievals whose time has come. Somebody has to call it every now and then.
    /// - Returns: how many.
    public func announceDue() async throws -> Int {
        var count = 0
        for object in try await objects.list(bucket: bucket, prefix: pending("").key, after: nil, limit: batch) {
            // They come in the order of their times.
            guard let retrieval = Self.retrieval(in: object), retrieval.ready <= clock.now else { break }
            do {
                try await thaw.publish(try await objects.get(object.location, limit: Self.markerLimit))
            } catch let error as GASError where error.code == .notFound {
                // Somebody else was faster.
                continue
            }
            try await objects.delete(object.location)
            count += 1
        }
        return count
    }

    /// Forgets retrievals whose copies have expired.
    /// - Returns: how many.
    public func removeExpiredRetrievals() async throws -> Int {
        var count = 0
        for object in try await objects.list(bucket: bucket, prefix: marker("").key, after: nil, limit: batch) {
            guard let retrieval = Self.retrieval(in: object),
                retrieval.ready.addingTimeInterval(settings.keepSeconds) <= clock.now
            else { break }
            try await objects.delete(object.location)
            count += 1
        }
        return count
    }

    private func note(_ retrieval: String) async throws -> RetrievalEnded? {
        do {
            return try RetrievalEnded(body: try await objects.get(marker(retrieval), limit: Self.markerLimit))
        } catch let error as GASError where error.code == .notFound {
            return nil
        }
    }

    private func hasCapacity(_ tier: RetrievalTier) async throws -> Bool {
        guard tier == .expedited else { return true }
        if Double.random(in: 0..<1) < settings.expeditedRefusalShare { return false }
        guard let capacity = settings.expeditedCapacity else { return true }
        let since = clock.now.addingTimeInterval(-settings.expeditedPeriod)
        var count = 0
        var last = marker(ObjectRetrieval.start(of: since)).key
        while count < capacity {
            let page = try await objects.list(bucket: bucket, prefix: marker("").key, after: last, limit: batch)
            count += page.compactMap(Self.retrieval).count { $0.tier == .expedited && $0.requested > since }
            guard page.count == batch, let end = page.last else { break }
            last = end.location.key
        }
        return count < capacity
    }

    private static func retrieval(in object: ObjectMetadata) -> ObjectRetrieval? {
        object.location.key.split(separator: "/").last.flatMap { ObjectRetrieval(id: String($0)) }
    }

    private func content(_ name: String) -> ObjectLocation { ObjectLocation(bucket: bucket, key: "contents/\(name)") }
    private func marker(_ id: String) -> ObjectLocation { ObjectLocation(bucket: bucket, key: "retrievals/\(id)") }
    private func pending(_ id: String) -> ObjectLocation { ObjectLocation(bucket: bucket, key: "pending/\(id)") }
}
