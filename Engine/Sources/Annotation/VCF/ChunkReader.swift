import Foundation

/// Cuts a VCF into its header and runs of whole lines of about 32 KiB: small enough that a
/// chunk's output, which may be twenty times larger, stays in the processor's cache while it is packed. Lines of many
/// samples grow less, and come in runs of 128 KiB.
///
/// Where the cuts fall depends on the unpacked bytes alone, so that the output is the same however the input is
/// compressed, read or shared among threads.
struct ChunkReader: ~Copyable {
    static let chunkSize = 1 << 15
    private static let largeChunkSize = 1 << 17
    /// As many bytes are looked at ahead at most, but for what one read adds.
    static let peekSize = 8 << 20
    /// So many columns make the lines long.
    private static let manyColumns = 32

    private var chunkSize = ChunkReader.chunkSize
    private var reader: UnpackedReader
    private var pending = ByteBuffer(capacity: 1 << 20)
    private var atEnd = false
    private let limits: Limits
    private let name: String

    init(path: String, name: String, limits: Limits) throws(AnnotationError) {
        self.limits = limits
        self.name = name
        reader = try UnpackedReader(path: path, name: name, limits: limits)
    }

    var bytesRead: Int { reader.bytesRead }
    var totalBytes: Int { reader.totalBytes }
    /// Bytes after the end of the compressed data, which are no part of it and were ignored.
    var trailingBytes: Int { reader.trailingBytes }
    /// A BGZF file that does not end in the empty block that marks its end: perhaps cut off between two blocks.
    var lacksEndMarker: Bool { reader.isBlockCompressed && !reader.sawEndMarker }

    private mutating func readMore(_ count: Int) throws(AnnotationError) {
        do throws(AnnotationError) {
            if try reader.read(into: &pending, limit: count) == 0 { atEnd = true }
        } catch {
            throw error.located(after: pending.bytes)
        }
    }

    // MARK: the header

    /// Reads up to the end of the `#CHROM` line.
    mutating func readHeader() throws(AnnotationError) -> VCFHeader {
        try requireVCF()
        var lineStart = 0
        var searched = 0
        var line = 1
        while true {
            let found = memchr(pending.base + searched, 10, pending.count - searched)
            guard let found else {
                if atEnd { throw endOfHeader(lineStart, line) }
                searched = pending.count
                guard pending.count <= limits.headerLength else {
                    throw AnnotationError(
                        .limitExceeded,
                        "The header is longer than the \(limits.headerLength) bytes that are allowed here.",
                        line: line
                    )
                }
                try readMore(1 << 18)
                continue
            }
            let end = UnsafeMutableRawPointer(pending.base).distance(to: found)
            searched = end + 1
            let bytes = pending.bytes.slice(lineStart, end)
            if bytes.hasPrefix("#CHROM") {
                try checkColumns(bytes, line)
                return try takeHeader(end + 1)
            }
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

    /// Before the names of columns are made strings of.
    private mutating func checkColumns(_ bytes: UnsafeBufferPointer<UInt8>, _ line: Int) throws(AnnotationError) {
        let columns = bytes.reduce(1) { $1 == 9 ? $0 + 1 : $0 }
        guard columns <= limits.columns else {
            throw AnnotationError(
                .limitExceeded,
                "The #CHROM line has more than the \(limits.columns) columns that are allowed here.",
                line: line,
                column: limits.columns + 1
            )
        }
        if columns >= ChunkReader.manyColumns { chunkSize = ChunkReader.largeChunkSize }
    }

    private func endOfHeader(_ lineStart: Int, _ line: Int) -> AnnotationError {
        let rest = pending.bytes.slice(lineStart, pending.count)
        if rest.hasPrefix("#CHROM") { return AnnotationError(.noRecords, "\(name) holds a header but no records.") }
        if rest.contains(13) && !rest.contains(10) {
            return AnnotationError(
                .badHeader,
                "\(name) ends its lines with carriage returns alone; write them as line feeds (tr '\\r' '\\n').",
                line: line
            )
        }
        if rest.isEmpty || rest.hasPrefix("##") {
            return AnnotationError(.badHeader, "\(name) ends before its #CHROM line.", line: line)
        }
        return notHeader(rest, line)
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
        bytes: Int = ChunkReader.peekSize,
        headerLines: Int,
        _ body: (UnsafeBufferPointer<UInt8>, Bool) -> Result
    ) throws(AnnotationError) -> Result {
        var lines = 0
        var counted = 0
        while !atEnd && lines < records && pending.count < bytes {
            do throws(AnnotationError) {
                try readMore(1 << 18)
            } catch {
                throw error.shifted(byLines: headerLines)
            }
            for byte in pending.bytes[counted...] where byte == 10 { lines += 1 }
            counted = pending.count
        }
        return body(pending.bytes, atEnd)
    }

    /// Fills `buffer` with the next whole lines; false at the end. The last line of the file may lack its line end.
    mutating func next(into buffer: inout ByteBuffer) throws(AnnotationError) -> Bool {
        buffer.removeAll()
        var wanted = chunkSize
        var searched = 0
        while true {
            try fill(&buffer, to: wanted)
            if buffer.count < wanted {
                try checkLength(buffer.bytes, from: searched)
                return !buffer.isEmpty
            }
            var count = buffer.count
            while count > searched && buffer[count - 1] != 10 { count -= 1 }
            if count > searched {
                pending.insertFirst(buffer.base + count, buffer.count - count)
                buffer.truncate(to: count)
                return true
            }
            try checkLength(buffer.bytes, from: 0)
            searched = wanted
            wanted += chunkSize
        }
    }

    /// The line that begins `bytes`, none of which ends it before `from`, must not be longer than is allowed.
    private func checkLength(_ bytes: UnsafeBufferPointer<UInt8>, from: Int) throws(AnnotationError) {
        if bytes.count <= limits.lineLength { return }
        let end = memchr(bytes.baseAddress! + from, 10, bytes.count - from)
        let length = end.map { UnsafeRawPointer(bytes.baseAddress!).distance(to: $0) } ?? bytes.count
        guard length > limits.lineLength else { return }
        throw ChunkReader.tooLong(bytes.slice(0, limits.lineLength), limits, line: 1)
    }

    /// The error for a line of which `bytes` are as much as is allowed.
    static func tooLong(_ bytes: UnsafeBufferPointer<UInt8>, _ limits: Limits, line: Int) -> AnnotationError {
        AnnotationError(
            .limitExceeded,
            "This line is longer than the \(limits.lineLength) bytes that are allowed here.",
            line: line,
            column: bytes.reduce(1) { $1 == 9 ? $0 + 1 : $0 }
        )
    }

    private mutating func fill(_ buffer: inout ByteBuffer, to wanted: Int) throws(AnnotationError) {
        let kept = min(pending.count, wanted - buffer.count)
        if kept > 0 {
            buffer.append(pending.base, kept)
            pending.removeFirst(kept)
        }
        while buffer.count < wanted && !atEnd {
            do throws(AnnotationError) {
                if try reader.read(into: &buffer, limit: wanted - buffer.count) == 0 { atEnd = true }
            } catch {
                throw error.located(after: buffer.bytes)
            }
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
