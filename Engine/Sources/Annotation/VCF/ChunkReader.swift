import Foundation

/// Cuts a VCF into its header and runs of whole lines of about 128 KiB: small enough that a
/// chunk's output, which may be twenty times larger, stays in the processor's cache while it is packed.
///
/// Where the cuts fall depends on the unpacked bytes alone, so that the output is the same however the input is
/// compressed, read or shared among threads.
struct ChunkReader: ~Copyable {
    static let chunkSize = 1 << 17

    private var reader: UnpackedReader
    private var pending = ByteBuffer(capacity: 1 << 20)
    private var atEnd = false
    private let limits: Limits
    private let name: String

    init(path: String, name: String, limits: Limits) throws(AnnotationError) {
        self.limits = limits
        self.name = name
        reader = try UnpackedReader(path: path, name: name, unpackedLimit: limits.unpackedSize)
    }

    var bytesRead: Int { reader.bytesRead }
    var totalBytes: Int { reader.totalBytes }
    /// Bytes after the end of the compressed data, which are no part of it and were ignored.
    var trailingBytes: Int { reader.trailingBytes }
    /// A BGZF file that does not end in the empty block that marks its end: perhaps cut off between two blocks.
    var lacksEndMarker: Bool { reader.isBlockCompressed && !reader.sawEndMarker }

    private mutating func readMore(_ count: Int) throws(AnnotationError) {
        if try reader.read(into: &pending, limit: count) == 0 { atEnd = true }
    }

    // MARK: the header

    /// Reads up to the end of the `#CHROM` line.
    mutating func readHeader() throws(AnnotationError) -> VCFHeader {
        try requireVCF()
        var lineStart = 0
        var line = 1
        while true {
            let found = memchr(pending.base + lineStart, 10, pending.count - lineStart)
            guard let found else {
                if atEnd { try endOfHeader(lineStart, line) }
                guard pending.count <= limits.headerLength else {
                    throw AnnotationError(
                        .limitExceeded,
                        "The header is longer than the \(limits.headerLength) bytes that are allowed here."
                    )
                }
                if !atEnd {
                    try readMore(1 << 18)
                    continue
                }
                return try takeHeader(pending.count)
            }
            let end = UnsafeMutableRawPointer(pending.base).distance(to: found)
            let bytes = pending.bytes.slice(lineStart, end)
            if bytes.hasPrefix("#CHROM") { return try takeHeader(end + 1) }
            guard bytes.hasPrefix("##") else { throw notHeader(bytes, line) }
            if memchr(bytes.baseAddress!, 0, bytes.count) != nil {
                throw AnnotationError(.binaryData, "The header holds a zero byte; this is no text file.", line: line)
            }
            lineStart = end + 1
            line += 1
        }
    }

    private mutating func requireVCF() throws(AnnotationError) {
        while pending.count < 64 && !atEnd { try readMore(1 << 18) }
        if pending.isEmpty { throw AnnotationError(.empty, "\(name) is empty.") }
        if pending.count >= 3, pending[0] == 0xef, pending[1] == 0xbb, pending[2] == 0xbf {
            throw AnnotationError(
                .notVCF,
                "\(name) begins with a UTF-8 byte order mark, which VCF does not allow; save it as UTF-8 without one.",
                line: 1
            )
        }
        guard pending.bytes.hasPrefix("##fileformat=VCF") else {
            throw AnnotationError(
                .notVCF,
                "\(name) is not a VCF file: it does not begin with ##fileformat=VCF\(ChunkReader.guess(pending.bytes)).",
                line: 1
            )
        }
    }

    /// What a file that is no VCF looks like, for people who picked the wrong one.
    private static func guess(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        if bytes.count > 4, bytes[0] == 0x89, bytes[1] == 0x50, bytes[2] == 0x4e {
            return " (it looks like a PNG picture)"
        }
        if bytes.count > 1, (bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff) {
            return " (it looks like UTF-16 text; save it as UTF-8)"
        }
        if bytes.hasPrefix("BCF") { return " (it looks like BCF; convert it with bcftools view)" }
        if bytes.hasPrefix("BAM") { return " (it looks like BAM)" }
        if bytes.hasPrefix("PK") { return " (it looks like a ZIP archive; unpack it first)" }
        if bytes.hasPrefix("%PDF") { return " (it looks like a PDF)" }
        if bytes.hasPrefix(">") { return " (it looks like FASTA)" }
        if bytes.hasPrefix("##gff") { return " (it looks like GFF)" }
        if bytes.hasPrefix("#CHROM") { return " (its ## lines are missing)" }
        return ""
    }

    private func endOfHeader(_ lineStart: Int, _ line: Int) throws(AnnotationError) {
        let rest = pending.bytes.slice(lineStart, pending.count)
        if rest.hasPrefix("#CHROM") { throw AnnotationError(.noRecords, "\(name) holds a header but no records.") }
        if rest.isEmpty || rest.hasPrefix("##") {
            throw AnnotationError(.badHeader, "\(name) ends before its #CHROM line.", line: line)
        }
        throw notHeader(rest, line)
    }

    private func notHeader(_ bytes: UnsafeBufferPointer<UInt8>, _ line: Int) -> AnnotationError {
        AnnotationError(
            .badHeader,
            "The header ends without a #CHROM line: this line is neither a header line nor the #CHROM line.",
            line: line
        )
    }

    private mutating func takeHeader(_ count: Int) throws(AnnotationError) -> VCFHeader {
        let header = try VCFHeader(bytes: Array(pending.bytes.slice(0, count)))
        pending.removeFirst(count)
        return header
    }

    // MARK: records

    /// Reads ahead until `records` lines, `bytes` bytes or the end, and shows them to `body`; they stay to be read.
    /// `body` is also told whether this is all there is: if not, the last line may be cut off.
    mutating func peek<Result>(
        records: Int,
        bytes: Int = 8 << 20,
        _ body: (UnsafeBufferPointer<UInt8>, Bool) -> Result
    ) throws(AnnotationError) -> Result {
        var lines = 0
        var counted = 0
        while !atEnd && lines < records && pending.count < bytes {
            try readMore(1 << 18)
            for byte in pending.bytes[counted...] where byte == 10 { lines += 1 }
            counted = pending.count
        }
        return body(pending.bytes, atEnd)
    }

    /// Fills `buffer` with the next whole lines; false at the end. The last line of the file may lack its line end.
    mutating func next(into buffer: inout ByteBuffer) throws(AnnotationError) -> Bool {
        buffer.removeAll()
        var wanted = ChunkReader.chunkSize
        var searched = 0
        while true {
            try fill(&buffer, to: wanted)
            if buffer.count < wanted { return !buffer.isEmpty }
            var count = buffer.count
            while count > searched && buffer[count - 1] != 10 { count -= 1 }
            if count > searched {
                pending.insertFirst(buffer.base + count, buffer.count - count)
                buffer.truncate(to: count)
                return true
            }
            guard wanted <= limits.lineLength else {
                throw AnnotationError(
                    .limitExceeded,
                    "A line is longer than the \(limits.lineLength) bytes that are allowed here."
                )
            }
            searched = wanted
            wanted *= 2
        }
    }

    private mutating func fill(_ buffer: inout ByteBuffer, to wanted: Int) throws(AnnotationError) {
        let kept = min(pending.count, wanted - buffer.count)
        if kept > 0 {
            buffer.append(pending.base, kept)
            pending.removeFirst(kept)
        }
        while buffer.count < wanted && !atEnd {
            if try reader.read(into: &buffer, limit: wanted - buffer.count) == 0 { atEnd = true }
        }
    }
}

extension ByteBuffer {
    /// Puts bytes before the first one. They must not lie in this buffer.
    mutating func insertFirst(_ start: UnsafePointer<UInt8>, _ length: Int) {
        if length == 0 { return }
        let old = count
        append(repeating: 0, count: length)
        memmove(base + length, base, old)
        memcpy(base, start, length)
    }
}
