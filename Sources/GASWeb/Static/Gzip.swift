import CZlib
import GAS

/// Compresses bytes in the gzip format.
enum Gzip {
    /// The bytes as a gzip member at the best level: done once at start, it may take its time.
    static func compress(_ bytes: [UInt8]) throws -> [UInt8] {
        var stream = z_stream()
        let gzipWindow = MAX_WBITS + 16
        guard
            deflateInit2_(
                &stream,
                Z_BEST_COMPRESSION,
                Z_DEFLATED,
                gzipWindow,
                8,
                Z_DEFAULT_STRATEGY,
                ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)
            ) == Z_OK
        else { throw GASError(.internal, "zlib cannot be initialised.") }
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(bytes.count)))
        var input = bytes
        return try [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            let status = input.withUnsafeMutableBufferPointer { source in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(bound)
                return deflate(&stream, Z_FINISH)
            }
            guard status == Z_STREAM_END else { throw GASError(.internal, "zlib cannot compress an asset.") }
            count = Int(stream.total_out)
        }
    }
}
