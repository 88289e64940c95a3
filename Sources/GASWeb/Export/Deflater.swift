import CZlib
import GAS

/// Compresses bytes piece by piece into a bare deflate stream (RFC 1951), as zip files hold it.
final class Deflater {
    private static let chunk = 1 << 16

    /// zlib keeps the address of its stream, so it stays where it is.
    private let stream: UnsafeMutablePointer<z_stream>
    /// CRC-32 of what went in.
    private(set) var checksum: UInt32 = 0
    /// Bytes that went in.
    private(set) var read: UInt64 = 0
    /// Bytes that came out.
    private(set) var written: UInt64 = 0

    init() throws {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let bareWindow = -MAX_WBITS
        guard
            deflateInit2_(
                stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, bareWindow, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else {
            stream.deallocate()
            throw GASError(.unavailable, "There is no memory to compress a file. Try again later.")
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Takes bytes.
    /// - Returns: what is compressed so far.
    func add(_ bytes: [UInt8]) throws -> [UInt8] {
        checksum = UInt32(truncatingIfNeeded: crc32(UInt(checksum), bytes, UInt32(bytes.count)))
        read += UInt64(bytes.count)
        return try run(bytes, flush: Z_NO_FLUSH)
    }

    /// Ends the stream.
    /// - Returns: the rest of it.
    func finish() throws -> [UInt8] { try run([], flush: Z_FINISH) }

    private func run(_ bytes: [UInt8], flush: Int32) throws -> [UInt8] {
        var input = bytes
        var output: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: Self.chunk)
        try input.withUnsafeMutableBufferPointer { source in
            stream.pointee.next_in = source.baseAddress
            stream.pointee.avail_in = UInt32(source.count)
            repeat {
                let free = try piece.withUnsafeMutableBufferPointer { target in
                    stream.pointee.next_out = target.baseAddress
                    stream.pointee.avail_out = UInt32(target.count)
                    guard deflate(stream, flush) != Z_STREAM_ERROR else {
                        throw GASError(.internal, "zlib refused to compress a file.")
                    }
                    return Int(stream.pointee.avail_out)
                }
                output.append(contentsOf: piece.prefix(piece.count - free))
            } while stream.pointee.avail_out == 0
        }
        written += UInt64(output.count)
        return output
    }
}
