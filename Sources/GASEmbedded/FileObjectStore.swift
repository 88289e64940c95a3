import Crypto
import Foundation
import GAS
import Logging

/// Objects as files on this machine, with their index in the database.
///
/// A write makes the new blob durable first, then points the object to it, then removes the old blob. A crash between
/// two steps leaves a blob without an object, which `sweepOrphans` removes.
public struct FileObjectStore: ObjectStore {
    private static let chunk = 1 << 20

    let index: ObjectIndex
    let folder: BlobFolder
    let io = BlockingIO()
    let clock: any WallClock
    let uploads: UploadSigner
    let downloads: DownloadSigner

    /// Opens a store, making its folder when it is missing.
    /// - Parameters:
    ///   - root: a folder of its own on a local file system.
    ///   - database: keeps the index.
    ///   - signingKey: signs uploads and downloads; at least 32 random bytes, the same in every process.
    ///   - baseURL: where browsers reach this service, without a slash at the end: uploads go to
    ///     `<baseURL>/objects/<bucket>`, downloads to `<baseURL>/objects/<bucket>/<key>`, the key being one segment.
    ///   - clock: decides what has expired.
    public init(root: String, database: EmbeddedDatabase, signingKey: Data, baseURL: String, clock: any WallClock)
        throws
    {
        guard signingKey.count >= 32 else {
            throw GASError(.invalid, "The signing key of the object store needs at least 32 bytes.")
        }
        let key = SymmetricKey(data: signingKey)
        index = ObjectIndex(database: database)
        folder = try BlobFolder(root: root)
        self.clock = clock
        uploads = UploadSigner(key: key, baseURL: baseURL)
        downloads = DownloadSigner(key: key, baseURL: baseURL)
    }

    /// Copies the file, a piece at a time.
    public func put(file: String, at location: ObjectLocation) async throws -> ObjectMetadata {
        try await write(at: location) { blob in
            let source = try await io.run { try InputFile(file) }
            while try await io.run({ try FileObjectStore.copyChunk(from: source, to: blob) }) {
                try Task.checkCancellation()
            }
        }
    }

    /// Writes the bytes.
    public func put(_ bytes: Data, at location: ObjectLocation) async throws -> ObjectMetadata {
        try await write(at: location) { blob in
            try await io.run { try bytes.withUnsafeBytes(blob.write) }
        }
    }

    /// Copies to a temporary file beside `file`, verifies it and renames it.
    public func get(_ location: ObjectLocation, toFile file: String) async throws -> ObjectMetadata {
        let (metadata, reader) = try await open(location)
        let target = try await io.run { try NewFile(temporaryPath: "\(file).\(UUID().uuidString.lowercased()).part") }
        do {
            while try await io.run({ try FileObjectStore.copyChunk(from: reader, to: target) }) {
                try Task.checkCancellation()
            }
            try await io.run { try target.place(at: file, durablyIn: nil) }
            return metadata
        } catch {
            target.discard()
            throw error
        }
    }

    /// Reads and verifies the blob.
    public func get(_ location: ObjectLocation, limit: Int) async throws -> Data {
        let (metadata, reader) = try await open(location)
        guard metadata.size <= limit else {
            throw GASError(.tooLarge, "The object has \(metadata.size) bytes; at most \(limit) were asked for.")
        }
        return try await io.run {
            var data = Data(capacity: metadata.size)
            while let bytes = try reader.next() { data.append(bytes) }
            return data
        }
    }

    /// Reads the index.
    public func metadata(_ location: ObjectLocation) async throws -> ObjectMetadata? {
        try await index.object(location)?.metadata
    }

    /// Removes the object from the index, then its blob.
    public func delete(_ location: ObjectLocation) async throws {
        if let blob = try await index.delete(location) { await discard(blob) }
    }

    /// Walks the index.
    public func list(bucket: String, prefix: String, after key: String?, limit: Int) async throws -> [ObjectMetadata] {
        try await index.list(bucket: bucket, prefix: prefix, after: key, limit: limit)
    }

    private static func copyChunk(from source: InputFile, to blob: BlobWriter) throws -> Bool {
        let bytes = try source.read(upTo: chunk)
        try bytes.withUnsafeBytes(blob.write)
        return bytes.count == chunk
    }

    private static func copyChunk(from blob: BlobReader, to target: NewFile) throws -> Bool {
        guard let bytes = try blob.next() else { return false }
        try bytes.withUnsafeBytes(target.write)
        return true
    }
}
