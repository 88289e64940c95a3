import Foundation
import GAS
import Glibc

/// The folder in which archived bytes lie, compressed, each content once under the name of its own checksum. Which
/// archives there are is written in the table `archives` alone.
///
/// Files are placed and removed only inside a write transaction, which keeps all processes apart: nobody removes a
/// content that somebody else is about to refer to.
struct ArchiveFolder: Sendable {
    let contents: String
    let incoming: String

    /// Opens the folder, making it when it is missing.
    init(root: String) throws {
        contents = root + "/contents"
        incoming = root + "/incoming"
        try PrivateFolder.create(contents)
        try PrivateFolder.create(incoming)
    }

    /// Compresses a file beside its place, and makes it durable there.
    func compress(_ source: String, by io: BlockingIO) async throws -> PackedFile {
        try await PackedFile.pack(source, as: "\(incoming)/\(UUID().uuidString.lowercased())", by: io)
    }

    /// Gives compressed bytes their place. What lies there has the same content, and is replaced.
    func place(_ bytes: PackedFile) throws {
        try bytes.file.place(at: path(bytes.sha256), durablyIn: contents)
    }

    /// Unpacks a content into a file, which it replaces once the checksum is verified.
    /// - Throws: `corrupted` when the bytes are not those that were archived, or are gone.
    func unpack(_ content: ArchivedContent, to file: String, by io: BlockingIO) async throws {
        try await PackedFile.unpack(try await open(content, by: io), to: file, expecting: content, by: io)
    }

    private func open(_ content: ArchivedContent, by io: BlockingIO) async throws -> InputFile {
        do {
            return try await io.run { try InputFile(path(content.sha256)) }
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
}
