import Crypto
import Foundation
import GAS
import Synchronization

/// Objects in memory. Signatures are random words that the store remembers.
public final class InMemoryObjectStore: ObjectStore {
    struct Stored: Sendable {
        let metadata: ObjectMetadata
        let bytes: Data
    }

    /// Bucket and key by their bytes: texts that only look the same are different keys.
    private struct Key: Hashable {
        let bucket: [UInt8]
        let key: [UInt8]

        init(_ location: ObjectLocation) {
            bucket = Array(location.bucket.utf8)
            key = Array(location.key.utf8)
        }
    }

    let clock: any WallClock
    let faults: FaultInjector
    let uploads = Mutex<[String: UploadPolicy]>([:])
    let downloads = Mutex<[String: DownloadRequest]>([:])
    private let objects = Mutex<[Key: Stored]>([:])

    /// Makes an empty store.
    /// - Parameters:
    ///   - clock: dates objects and decides what has expired.
    ///   - faults: passes `ObjectStore.put`, `.get`, `.metadata`, `.delete`, `.list`, `.beginUpload`, `.finishUpload`,
    ///     `.openDownload`.
    public init(clock: any WallClock, faults: FaultInjector = FaultInjector()) {
        self.clock = clock
        self.faults = faults
    }

    /// Keeps the bytes of a file.
    public func put(file: String, at location: ObjectLocation) async throws -> ObjectMetadata {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        } catch {
            throw GASError(.notFound, "The file cannot be read.", cause: error)
        }
        return try await put(bytes, at: location)
    }

    /// Keeps bytes.
    public func put(_ bytes: Data, at location: ObjectLocation) async throws -> ObjectMetadata {
        try faults.around("ObjectStore.put") { store(bytes, at: location) }
    }

    /// Writes the bytes into a file.
    public func get(_ location: ObjectLocation, toFile file: String) async throws -> ObjectMetadata {
        try faults.around("ObjectStore.get") {
            let stored = try existing(location)
            try stored.bytes.write(to: URL(fileURLWithPath: file), options: .atomic)
            return stored.metadata
        }
    }

    /// Gives the bytes.
    public func get(_ location: ObjectLocation, limit: Int) async throws -> Data {
        try faults.around("ObjectStore.get") {
            let stored = try existing(location)
            guard stored.bytes.count <= limit else {
                throw GASError(
                    .tooLarge,
                    "The object has \(stored.bytes.count) bytes; at most \(limit) were asked for."
                )
            }
            return stored.bytes
        }
    }

    /// Gives the metadata.
    public func metadata(_ location: ObjectLocation) async throws -> ObjectMetadata? {
        try faults.around("ObjectStore.metadata") { object(location)?.metadata }
    }

    /// Forgets the object.
    public func delete(_ location: ObjectLocation) async throws {
        try faults.around("ObjectStore.delete") {
            objects.withLock { $0[Key(location)] = nil }
        }
    }

    /// Sorts what is there.
    public func list(bucket: String, prefix: String, after key: String?, limit: Int) async throws -> [ObjectMetadata] {
        try faults.around("ObjectStore.list") {
            objects.withLock { Array($0.values) }.map(\.metadata).filter { metadata in
                metadata.location.bucket == bucket && metadata.location.key.utf8.starts(with: prefix.utf8)
                    && (key.map { $0.utf8.lexicographicallyPrecedes(metadata.location.key.utf8) } ?? true)
            }.sorted { $0.location.key.utf8.lexicographicallyPrecedes($1.location.key.utf8) }.prefix(limit).map { $0 }
        }
    }

    /// The bytes of an object as they are; `nil` when there is none.
    public func bytes(at location: ObjectLocation) -> Data? { object(location)?.bytes }

    /// The object, or `nil`.
    func object(_ location: ObjectLocation) -> Stored? { objects.withLock { $0[Key(location)] } }

    /// Replaces an object.
    func store(_ bytes: Data, at location: ObjectLocation) -> ObjectMetadata {
        let metadata = ObjectMetadata(
            location: location,
            size: bytes.count,
            sha256: bytes.sha256,
            modified: clock.now
        )
        objects.withLock { $0[Key(location)] = Stored(metadata: metadata, bytes: bytes) }
        return metadata
    }

    private func existing(_ location: ObjectLocation) throws -> Stored {
        guard let stored = object(location) else { throw GASError(.notFound, "There is no object \(location).") }
        return stored
    }
}

extension Data {
    /// SHA-256 in lower-case hexadecimal.
    var sha256: String { SHA256.hash(data: self).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
