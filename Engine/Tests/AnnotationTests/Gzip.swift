import CDeflate
import Foundation

/// Data as one gzip member.
func gzip(_ data: Data) -> Data {
    let compressor = libdeflate_alloc_compressor(6)
    defer { libdeflate_free_compressor(compressor) }
    var packed = Data(count: libdeflate_gzip_compress_bound(compressor, data.count))
    let room = packed.count
    let count = packed.withUnsafeMutableBytes { target in
        data.withUnsafeBytes { source in
            libdeflate_gzip_compress(compressor, source.baseAddress, source.count, target.baseAddress, room)
        }
    }
    return packed.prefix(count)
}
