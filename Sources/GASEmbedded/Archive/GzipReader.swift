import CZlib
import Foundation
import GAS
import Synchronization

/// Unpacks a file in the gzip format, a piece at a time.
final class GzipReader: Sendable {
    private static let chunk = 1 << 18

    private struct Progress {
        /// zlib keeps the address of its stream, so it stays where it is.
        var stream: UnsafeMutablePointer<z_stream>
        var input = Data()
        var hasEnded = false
    }

    private let file: InputFile
    private let progress: Mutex<Progress>

    /// Unpacks a file.
    init(_ file: InputFile) throws {
        self.file = file
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard inflateInit2_(stream, MAX_WBITS + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            stream.deallocate()
            throw GASError(.unavailable, "There is no memory to unpack a file. Try again later.")
        }
        nonisolated(unsafe) let owned = stream
        progress = Mutex(Progress(stream: owned))
    }

    deinit {
        progress.withLock { progress in
            inflateEnd(progress.stream)
            progress.stream.deallocate()
        }
    }

    /// The next bytes, `nil` at the end.
    /// - Throws: `corrupted` when the file is no gzip file, fails its own checksum, or ends too soon.
    func next() throws -> Data? {
        try progress.withLock { progress in
            while !progress.hasEnded {
                if progress.input.isEmpty { progress.input = try file.read(upTo: GzipReader.chunk) }
                guard !progress.input.isEmpty else { throw GASError(.corrupted, "The archived file is cut short.") }
                let bytes = try GzipReader.inflate(&progress)
                if !bytes.isEmpty { return bytes }
            }
            return nil
        }
    }

    private static func inflate(_ progress: inout Progress) throws -> Data {
        let stream = progress.stream
        var input = [UInt8](progress.input)
        var output = Data(count: chunk)
        let (status, left, free) = input.withUnsafeMutableBufferPointer { source in
            stream.pointee.next_in = source.baseAddress
            stream.pointee.avail_in = UInt32(source.count)
            return output.withUnsafeMutableBytes { target in
                stream.pointee.next_out = target.bindMemory(to: UInt8.self).baseAddress
                stream.pointee.avail_out = UInt32(target.count)
                let status = CZlib.inflate(stream, Z_NO_FLUSH)
                return (status, Int(stream.pointee.avail_in), Int(stream.pointee.avail_out))
            }
        }
        guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
            throw GASError(.corrupted, "The archived file cannot be unpacked.")
        }
        progress.input = Data(progress.input.suffix(left))
        progress.hasEnded = status == Z_STREAM_END
        return output.prefix(chunk - free)
    }
}
