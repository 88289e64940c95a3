import Crypto
import Foundation
import GAS
import Glibc
import Synchronization

/// The folder in which the contents of objects lie, under random names; which blob belongs to which object is written
/// in the table `objects` alone. Keys never become file names.
struct BlobFolder: Sendable {
    /// Finished blobs.
    let blobs: String
    /// Blobs on their way.
    let incoming: String

    /// Opens the folder, making it when it is missing.
    init(root: String) throws {
        blobs = root + "/blobs"
        incoming = root + "/incoming"
        try PrivateFolder.create(blobs)
        try PrivateFolder.create(incoming)
    }

    /// Begins a blob.
    func create() throws -> BlobWriter { try BlobWriter(in: self) }

    /// Opens the blob of an object.
    func open(_ object: StoredObject) throws -> BlobReader {
        BlobReader(try InputFile(path(object.blob)), of: object.metadata)
    }

    /// Removes a blob; one that is gone already is no error.
    func remove(_ blob: String) throws {
        guard unlink(path(blob)) == 0 || errno == ENOENT else { throw GASError(fileOperation: "remove", path(blob)) }
    }

    func path(_ blob: String) -> String { "\(blobs)/\(blob)" }
}

/// A finished blob.
struct Blob: Sendable {
    let name: String
    let size: Int
    let sha256: String
}

/// A blob on its way to the disk.
final class BlobWriter: Sendable {
    private struct Content {
        var hash = SHA256()
        var size = 0
    }

    private let name = UUID().uuidString.lowercased()
    private let folder: BlobFolder
    private let file: NewFile
    private let content = Mutex(Content())

    fileprivate init(in folder: BlobFolder) throws {
        self.folder = folder
        file = try NewFile(temporaryPath: "\(folder.incoming)/\(name)")
    }

    /// Bytes written so far.
    var size: Int { content.withLock { $0.size } }

    /// Appends bytes.
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        try content.withLock { content in
            content.hash.update(bufferPointer: bytes)
            content.size += bytes.count
            try file.write(bytes)
        }
    }

    /// Makes the blob durable.
    func finish() throws -> Blob {
        try file.place(at: folder.path(name), durablyIn: folder.blobs)
        return content.withLock { Blob(name: name, size: $0.size, sha256: $0.hash.finalize().hexadecimal) }
    }

    /// Throws it away.
    func discard() { file.discard() }
}

/// A blob that is read and verified.
final class BlobReader: Sendable {
    private struct Progress {
        var hash = SHA256()
        var left: Int
        var isDone = false
    }

    private static let chunk = 1 << 18

    private let file: InputFile
    private let metadata: ObjectMetadata
    private let progress: Mutex<Progress>

    fileprivate init(_ file: InputFile, of metadata: ObjectMetadata) {
        self.file = file
        self.metadata = metadata
        progress = Mutex(Progress(left: metadata.size))
    }

    /// The next bytes, `nil` at the end. The last ones are given only after all were verified, so that a reader who
    /// expects the object's size never mistakes damaged bytes for a complete object.
    func next() throws -> Data? {
        try progress.withLock { progress in
            guard !progress.isDone else { return nil }
            let bytes = try file.read(upTo: min(BlobReader.chunk, progress.left))
            progress.hash.update(data: bytes)
            progress.left -= bytes.count
            if progress.left == 0 {
                progress.isDone = true
                try verify(progress.hash)
            } else if bytes.isEmpty {
                throw damaged
            }
            return bytes.isEmpty ? nil : bytes
        }
    }

    private func verify(_ hash: SHA256) throws {
        guard hash.finalize().hexadecimal == metadata.sha256, try file.read(upTo: 1).isEmpty else { throw damaged }
    }

    private var damaged: GASError {
        GASError(.corrupted, "The stored object \(metadata.location) is damaged. Restore it from a backup.")
    }
}
