import CDeflate
import CISAL
import Foundation

/// Packs bytes into BGZF blocks (SAM specification, section 4.1).
///
/// ISA-L deflates four times as fast as libdeflate at its fastest, into a sixth more bytes. Other processors may deflate
/// the same text to other bytes.
///
///      0  1f 8b 08 04  00000000  00 ff  06 00   gzip header with an extra field of six bytes
///     12  42 43 02 00  SS SS                    subfield BC: size of the whole block - 1
///     18  deflate data, then CRC32 and the unpacked size
struct BlockWriter: ~Copyable {
    /// Unpacked bytes of a full block; leaves room so that incompressible data still fits 64 KiB.
    static let blockSize = 0xff00
    /// The empty block that ends a BGZF file.
    static let endMarker: [UInt8] = [
        0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 6, 0, 0x42, 0x43, 2, 0, 0x1b, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ]

    private let deflater = igzip_allocate()

    deinit { igzip_free(deflater) }

    /// Appends `bytes` to `output` as blocks; the last one may be short. The first block decides the codes of all.
    func pack(_ bytes: UnsafeBufferPointer<UInt8>, into output: inout ByteBuffer) {
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
        igzip_learn(deflater, start, UInt32(min(BlockWriter.blockSize, bytes.count)))
        var position = 0
        while position < bytes.count {
            let count = min(BlockWriter.blockSize, bytes.count - position)
            packBlock(start + position, count, into: &output)
            position += count
        }
    }

    private func packBlock(_ start: UnsafePointer<UInt8>, _ count: Int, into output: inout ByteBuffer) {
        let deflater = deflater
        _ = output.fill(upTo: 1 << 16) { room in
            let packed = igzip_deflate(deflater, start, UInt32(count), room + 18, (1 << 16) - 26)
            precondition(packed > 0, "A full block fits even if it cannot be packed.")
            memcpy(room, BlockWriter.endMarker, 16)
            let size = 18 + packed + 8
            room[16] = UInt8(truncatingIfNeeded: size - 1)
            room[17] = UInt8(truncatingIfNeeded: (size - 1) >> 8)
            BlockWriter.put(libdeflate_crc32(0, start, count), at: room + 18 + packed)
            BlockWriter.put(UInt32(count), at: room + 22 + packed)
            return size
        }
    }

    private static func put(_ value: UInt32, at place: UnsafeMutablePointer<UInt8>) {
        for byte in 0..<4 { place[byte] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(byte))) }
    }
}
