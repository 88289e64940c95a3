import CDeflate
import CZlib
import Foundation

/// The unpacked bytes of a plain, gzip or BGZF file, whichever its first bytes say it is.
///
/// - plain: anything else;
/// - gzip (RFC 1952): `1f 8b`, possibly several members, inflated as a stream by zlib;
/// - BGZF (SAM specification, section 4.1): a gzip member of at most 64 KiB whose extra field `BC` holds its size,
///   inflated whole by libdeflate.
struct UnpackedReader: ~Copyable {
    private enum Form {
        case plain
        case gzip
        case bgzf
    }

    private var file: FileReader
    private let form: Form
    private let name: String
    private let decompressor: OpaquePointer?
    private let stream: UnsafeMutablePointer<z_stream>
    private var streamIsOpen = false
    private var finished = false
    private var block = ByteBuffer(capacity: 1 << 16)
    private var blockPosition = 0
    private var unpacked = 0
    private let limits: Limits
    /// The last BGZF block was the empty end-of-file block.
    private(set) var sawEndMarker = false
    /// Bytes after the last gzip member that are no member; zeros, with which some tools fill up, are not counted.
    private(set) var trailingBytes = 0

    /// - Parameter limits: how much may come out: ``Limits/unpackedSize`` and ``Limits/expansion``.
    init(path: String, name: String, limits: Limits = .none) throws(AnnotationError) {
        self.name = name
        self.limits = limits
        file = try UnpackedReader.opened(path, name)
        form = UnpackedReader.form(of: file.available)
        decompressor = libdeflate_alloc_decompressor()
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        if form == .gzip {
            // 15 bits of window, +16: expect a gzip wrapper.
            streamIsOpen = inflateInit2_(stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        }
    }

    deinit {
        if streamIsOpen { inflateEnd(stream) }
        stream.deallocate()
        libdeflate_free_decompressor(decompressor)
    }

    /// The file with its first bytes read.
    private static func opened(_ path: String, _ name: String) throws(AnnotationError) -> FileReader {
        var file = try FileReader(path: path, name: name)
        _ = try file.need(18)
        return file
    }

    private static func form(of bytes: UnsafeBufferPointer<UInt8>) -> Form {
        guard bytes.count >= 2, bytes[0] == 0x1f, bytes[1] == 0x8b else { return .plain }
        let hasBlockSize =
            bytes.count >= 18 && bytes[3] & 4 != 0 && bytes[12] == UInt8(ascii: "B") && bytes[13] == UInt8(ascii: "C")
        return hasBlockSize ? .bgzf : .gzip
    }

    var bytesRead: Int { file.bytesRead - file.available.count }
    var totalBytes: Int { file.size }
    var isBlockCompressed: Bool { form == .bgzf }

    /// Appends at least one and at most `limit` bytes to `output`; 0 at the end of the file.
    mutating func read(into output: inout ByteBuffer, limit: Int) throws(AnnotationError) -> Int {
        let got: Int
        switch form {
        case .plain: got = try readPlain(into: &output, limit: limit)
        case .gzip: got = try readStream(into: &output, limit: limit)
        case .bgzf: got = try readBlocks(into: &output, limit: limit)
        }
        unpacked += got
        try checkSize()
        return got
    }

    private func checkSize() throws(AnnotationError) {
        if unpacked > limits.unpackedSize {
            throw AnnotationError(
                .limitExceeded,
                "\(name) unpacks to more than the \(limits.unpackedSize) bytes that are allowed here."
            )
        }
        if form == .plain || unpacked <= limits.expansionAllowance { return }
        // Divided, not multiplied: both may be as large as numbers get.
        if unpacked / max(1, bytesRead) >= limits.expansion {
            throw AnnotationError(
                .limitExceeded,
                "\(name) unpacks to more than \(limits.expansion) times its size, as no table of variants does."
            )
        }
    }

    private mutating func readPlain(into output: inout ByteBuffer, limit: Int) throws(AnnotationError) -> Int {
        guard try file.need(1) else { return 0 }
        let bytes = file.available
        let count = min(bytes.count, limit)
        output.append(bytes.baseAddress!, count)
        file.consume(count)
        return count
    }

    private mutating func readStream(into output: inout ByteBuffer, limit: Int) throws(AnnotationError) -> Int {
        while !finished {
            let hasInput = try file.need(1)
            let bytes = file.available
            stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
            stream.pointee.avail_in = UInt32(clamping: bytes.count)
            let stream = stream
            var status: Int32 = Z_OK
            let got = output.fill(upTo: limit) { room in
                stream.pointee.next_out = room
                stream.pointee.avail_out = UInt32(clamping: limit)
                status = inflate(stream, Z_NO_FLUSH)
                return min(limit, Int(UInt32.max)) - Int(stream.pointee.avail_out)
            }
            file.consume(bytes.count - Int(stream.pointee.avail_in))
            if status == Z_STREAM_END {
                try nextMember()
            } else if status != Z_OK && status != Z_BUF_ERROR {
                throw corrupt()
            } else if got == 0 && !hasInput {
                throw truncated()
            }
            if got > 0 { return got }
        }
        return 0
    }

    /// A gzip file may be several members one after another (RFC 1952, section 2.2).
    private mutating func nextMember() throws(AnnotationError) {
        guard try file.need(2), file.available[0] == 0x1f, file.available[1] == 0x8b else {
            finished = true
            return try skipTrailer()
        }
        inflateReset(stream)
    }

    private mutating func skipTrailer() throws(AnnotationError) {
        var count = 0
        var isPadding = true
        while try file.need(1) {
            let bytes = file.available
            count += bytes.count
            isPadding = isPadding && bytes.allSatisfy { $0 == 0 }
            file.consume(bytes.count)
        }
        if !isPadding { trailingBytes = count }
    }

    private mutating func readBlocks(into output: inout ByteBuffer, limit: Int) throws(AnnotationError) -> Int {
        while blockPosition == block.count {
            guard try inflateBlock() else { return 0 }
        }
        let count = min(limit, block.count - blockPosition)
        output.append(block.base + blockPosition, count)
        blockPosition += count
        return count
    }

    private mutating func inflateBlock() throws(AnnotationError) -> Bool {
        guard try file.need(1) else { return false }
        guard try file.need(18) else { throw truncated() }
        let head = file.available
        guard UnpackedReader.form(of: head) == .bgzf else { throw corrupt() }
        let size = Int(head[16]) + Int(head[17]) << 8 + 1
        guard size > 26 else { throw corrupt() }
        guard try file.need(size) else { throw truncated() }
        let bytes = file.available
        let extraLength = Int(bytes[10]) + Int(bytes[11]) << 8
        let start = 12 + extraLength
        let unpackedSize =
            Int(bytes[size - 4]) | Int(bytes[size - 3]) << 8 | Int(bytes[size - 2]) << 16 | Int(bytes[size - 1]) << 24
        guard start < size - 8, unpackedSize <= 1 << 16 else { throw corrupt() }
        block.removeAll()
        blockPosition = 0
        let decompressor = decompressor
        var status = LIBDEFLATE_SUCCESS
        _ = block.fill(upTo: 1 << 16) { room in
            var actual = 0
            status = libdeflate_deflate_decompress(
                decompressor,
                bytes.baseAddress! + start,
                size - start - 8,
                room,
                unpackedSize,
                &actual
            )
            return status == LIBDEFLATE_SUCCESS ? actual : 0
        }
        let checksum =
            UInt32(bytes[size - 8]) | UInt32(bytes[size - 7]) << 8 | UInt32(bytes[size - 6]) << 16
            | UInt32(bytes[size - 5]) << 24
        guard status == LIBDEFLATE_SUCCESS, block.count == unpackedSize,
            libdeflate_crc32(0, block.base, block.count) == checksum
        else { throw corrupt() }
        sawEndMarker = unpackedSize == 0
        file.consume(size)
        return true
    }

    private func truncated() -> AnnotationError {
        AnnotationError(
            .truncated,
            "\(name) ends in the middle of its compressed data; it was probably cut off on its way."
        )
    }

    private func corrupt() -> AnnotationError {
        AnnotationError(.corrupt, "\(name) has damaged compressed data.")
    }
}
