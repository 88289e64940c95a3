import Crypto
import Foundation
import GAS
import Glibc

/// The folder in which archived bytes lie, compressed, each content once under the name of its own checksum. Which
/// archives there are is written in the table `archives` alone.
///
/// Files are placed and removed only inside a write transaction, which keeps all processes apart: nobody removes a
/// content that somebody else is about to refer to.
struct ArchiveFolder: Sendable {
    private static let chunk = 1 << 20

    let contents: String
    let incoming: String

    /// Compressed bytes on their way.
    struct Incoming: Sendable {
        let file: NewFile
        let sha256: String
        let size: Int
        let storedSize: Int
    }

    /// Opens the folder, making it when it is missing.
    init(root: String) throws {
        contents = root + "/contents"
        incoming = root + "/incoming"
        try PrivateFolder.create(contents)
        try PrivateFolder.create(incoming)
    }

    /// Compresses a file beside its place, and makes it durable there.
    func compress(_ source: String, by io: BlockingIO) async throws -> Incoming {
        let (input, target) = try await io.run {
            (
                try InputFile(source),
                try NewFile(temporaryPath: "\(incoming)/\(UUID().uuidString.lowercased())")
            )
        }
        do {
            let gzip = try GzipWriter(to: target)
            var hash = SHA256()
            var size = 0
            var isAtEnd = false
            while !isAtEnd {
                try Task.checkCancellation()
                let bytes = try await io.run {
                    let bytes = try input.read(upTo: ArchiveFolder.chunk)
                    try gzip.write(bytes)
                    return bytes
                }
                hash.update(data: bytes)
                size += bytes.count
                isAtEnd = bytes.count < ArchiveFolder.chunk
            }
            try await io.run {
                try gzip.finish()
                try target.sync()
            }
            return Incoming(file: target, sha256: hash.finalize().hexadecimal, size: size, storedSize: gzip.size)
        } catch {
            target.discard()
            throw error
        }
    }

    /// Gives compressed bytes their place. What lies there has the same content, and is replaced.
    func place(_ bytes: Incoming) throws {
        try bytes.file.place(at: path(bytes.sha256), durablyIn: contents)
    }

    /// Unpacks a content into a file, which it replaces once the checksum is verified.
    /// - Throws: `corrupted` when the bytes are not those that were archived, or are gone.
    func unpack(_ content: ArchivedContent, to file: String, by io: BlockingIO) async throws {
        let target = try await io.run { try NewFile(temporaryPath: "\(file).\(UUID().uuidString.lowercased()).part") }
        do {
            let gzip = try await open(content, by: io)
            var hash = SHA256()
            var size = 0
            while let bytes = try await io.run({ try ArchiveFolder.copy(from: gzip, to: target) }) {
                try Task.checkCancellation()
                hash.update(data: bytes)
                size += bytes.count
                guard size <= content.size else { throw ArchiveFolder.damaged }
            }
            guard size == content.size, hash.finalize().hexadecimal == content.sha256 else {
                throw ArchiveFolder.damaged
            }
            try await io.run { try target.place(at: file, durablyIn: nil) }
        } catch {
            target.discard()
            throw error
        }
    }

    private func open(_ content: ArchivedContent, by io: BlockingIO) async throws -> GzipReader {
        do {
            return try await io.run { try GzipReader(InputFile(path(content.sha256))) }
        } catch let error as GASError where error.code == .notFound {
            throw GASError(.corrupted, "The bytes of an archive are gone. Restore them from a backup.", cause: error)
        }
    }

    /// Removes a content; one that is gone already is no error.
    func remove(_ sha256: String) throws {
        guard unlink(path(sha256)) == 0 || errno == ENOENT else {
            throw GASError(fileOperation: "remove", path(sha256))
        }
    }

    private func path(_ sha256: String) -> String { "\(contents)/\(sha256).gz" }

    private static func copy(from gzip: GzipReader, to target: NewFile) throws -> Data? {
        guard let bytes = try gzip.next() else { return nil }
        try bytes.withUnsafeBytes(target.write)
        return bytes
    }

    private static var damaged: GASError {
        GASError(.corrupted, "An archived file is not what was archived. Restore it from a backup.")
    }
}
