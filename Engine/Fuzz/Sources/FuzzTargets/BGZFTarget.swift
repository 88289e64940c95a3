import Foundation

@testable import Annotation

/// The readers of plain, gzip and BGZF files.
///
/// The first byte says what the rest is: a file as it is, or text to be packed into blocks, cut off and damaged as the next
/// four bytes say. What was packed and left alone must come back.
struct BGZFTarget: Target {
    private let input: InputFile
    private let compressor: BlockCompressor

    init() throws {
        input = InputFile(folder: try Folder(), name: "in.gz")
        compressor = BlockCompressor()
    }

    func run(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let mode = bytes.first else { return }
        let rest = UnsafeBufferPointer(rebasing: bytes.dropFirst())
        if mode & 1 == 0 || rest.count < 4 {
            input.fill(rest)
            _ = unpack(limit: mode & 2 == 0 ? 1 << 16 : 7)
            return
        }
        let text = Array(rest.dropFirst(4))
        var packed = compressor.pack(text, blockSize: 1 + Int(rest[3]))
        let cut = Int(rest[0]) | Int(rest[1]) << 8
        let isWhole = mode & 2 == 0
        if !isWhole {
            packed.removeLast(min(cut & 31, packed.count))
            if !packed.isEmpty { packed[cut % packed.count] ^= rest[2] }
        }
        packed.withUnsafeBufferPointer { input.fill($0) }
        let result = unpack(limit: 1 << 12)
        if isWhole { precondition(result == text, "what was packed does not come back") }
    }

    /// nil if the reader refuses the file.
    private func unpack(limit: Int) -> [UInt8]? {
        do throws(AnnotationError) {
            var limits = Limits()
            limits.unpackedSize = 8 << 20
            var reader = try UnpackedReader(path: input.path, name: "in.gz", limits: limits)
            var output = ByteBuffer()
            while try reader.read(into: &output, limit: limit) > 0 {}
            precondition(output.count <= limits.unpackedSize + limit)
            return Array(output.bytes)
        } catch {
            check(error)
            return nil
        }
    }
}

/// Packs text into blocks of any size, so that a few bytes make several.
struct BlockCompressor: Sendable {
    func pack(_ text: [UInt8], blockSize: Int) -> [UInt8] {
        var output = ByteBuffer()
        let packer = BlockWriter()
        text.withUnsafeBufferPointer { bytes in
            for start in stride(from: 0, to: bytes.count, by: blockSize) {
                packer.pack(bytes.slice(start, min(start + blockSize, bytes.count)), into: &output)
            }
        }
        return Array(output.bytes) + BlockWriter.endMarker
    }
}
