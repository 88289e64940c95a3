import CZlib
import Foundation
import GAS
import Synchronization

/// Compresses bytes in the gzip format, a piece at a time, so that memory does not grow with the file.
final class GzipWriter: Sendable {
    private static let chunk = 1 << 18

    private let file: NewFile
    /// zlib keeps the address of its stream, so it stays where it is.
    private let stream: Mutex<UnsafeMutablePointer<z_stream>>
    private let written = Mutex(0)

    /// Compresses into a file.
    init(to file: NewFile) throws {
        self.file = file
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let gzipWindow = MAX_WBITS + 16
        guard
            deflateInit2_(
                stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzipWindow, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else {
            stream.deallocate()
            throw GASError(.unavailable, "There is no memory to compress a file. Try again later.")
        }
        nonisolated(unsafe) let owned = stream
        self.stream = Mutex(owned)
    }

    deinit {
        stream.withLock { stream in
            deflateEnd(stream)
            stream.deallocate()
        }
    }

    /// Compressed bytes written so far.
    var size: Int { written.withLock { $0 } }

    /// Compresses bytes.
    func write(_ bytes: Data) throws { try deflate(bytes, flush: Z_NO_FLUSH) }

    /// Ends the stream; the file is complete then.
    func finish() throws { try deflate(Data(), flush: Z_FINISH) }

    private func deflate(_ bytes: Data, flush: Int32) throws {
        try stream.withLock { stream in
            var input = [UInt8](bytes)
            var output = [UInt8](repeating: 0, count: GzipWriter.chunk)
            try input.withUnsafeMutableBufferPointer { source in
                stream.pointee.next_in = source.baseAddress
                stream.pointee.avail_in = UInt32(source.count)
                try output.withUnsafeMutableBufferPointer { target in
                    repeat {
                        stream.pointee.next_out = target.baseAddress
                        stream.pointee.avail_out = UInt32(target.count)
                        guard CZlib.deflate(stream, flush) != Z_STREAM_ERROR else {
                            throw GASError(.internal, "zlib refused to compress a file.")
                        }
                        let count = target.count - Int(stream.pointee.avail_out)
                        try file.write(UnsafeRawBufferPointer(start: target.baseAddress, count: count))
                        written.withLock { $0 += count }
                    } while stream.pointee.avail_out == 0
                }
            }
        }
    }
}
