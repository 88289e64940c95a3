import Crypto
import Foundation
import GAS

/// A file in the gzip format, on its way to its place.
struct PackedFile: Sendable {
    private static let chunk = 1 << 20

    let file: NewFile
    /// Of the bytes as they were before.
    let sha256: String
    /// Their number.
    let size: Int
    /// Bytes of the packed file.
    let storedSize: Int

    /// Compresses a file under a temporary name, and makes it durable there.
    static func pack(_ source: String, as temporary: String, by io: BlockingIO) async throws -> PackedFile {
        let (input, target) = try await io.run { (try InputFile(source), try NewFile(temporaryPath: temporary)) }
        do {
            let gzip = try GzipWriter(to: target)
            var hash = SHA256()
            var size = 0
            var isAtEnd = false
            while !isAtEnd {
                try Task.checkCancellation()
                let bytes = try await io.run {
                    let bytes = try input.read(upTo: chunk)
                    try gzip.write(bytes)
                    return bytes
                }
                hash.update(data: bytes)
                size += bytes.count
                isAtEnd = bytes.count < chunk
            }
            try await io.run {
                try gzip.finish()
                try target.sync()
            }
            return PackedFile(file: target, sha256: hash.finalize().hexadecimal, size: size, storedSize: gzip.size)
        } catch {
            target.discard()
            throw error
        }
    }

    /// Unpacks a file into another one, which it replaces once the checksums are verified: gzip's own, and that of the
    /// content where it is known.
    /// - Throws: `corrupted` when the bytes are not those that were packed.
    static func unpack(
        _ packed: InputFile, to file: String, expecting content: ArchivedContent?, by io: BlockingIO
    ) async throws {
        let target = try await io.run { try NewFile(temporaryPath: "\(file).\(UUID().uuidString.lowercased()).part") }
        do {
            let gzip = try GzipReader(packed)
            var hash = SHA256()
            var size = 0
            while let bytes = try await io.run({ try copy(from: gzip, to: target) }) {
                try Task.checkCancellation()
                hash.update(data: bytes)
                size += bytes.count
                if let content, size > content.size { throw damaged }
            }
            if let content, size != content.size || hash.finalize().hexadecimal != content.sha256 { throw damaged }
            try await io.run { try target.place(at: file, durablyIn: nil) }
        } catch {
            target.discard()
            throw error
        }
    }

    private static func copy(from gzip: GzipReader, to target: NewFile) throws -> Data? {
        guard let bytes = try gzip.next() else { return nil }
        try bytes.withUnsafeBytes(target.write)
        return bytes
    }

    private static var damaged: GASError {
        GASError(.corrupted, "An archived file is not what was archived. Restore it from a backup.")
    }
}
