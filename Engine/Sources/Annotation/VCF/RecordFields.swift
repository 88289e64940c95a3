import Foundation

/// Where the first eight columns of a data line lie (VCF 4.3, section 1.6.1): pointers into the chunk, nothing copied.
struct RecordFields {
    /// The line without its line end.
    let line: UnsafeBufferPointer<UInt8>
    private(set) var chrom = 0
    private(set) var pos = 0
    private(set) var id = 0
    private(set) var ref = 0
    private(set) var alt = 0
    private(set) var qual = 0
    private(set) var filter = 0
    private(set) var info = 0
    /// One past the end of INFO.
    private(set) var infoEnd = 0

    /// Finds the columns; throws if there are fewer than eight or not as many as the header has.
    @inline(__always)
    init(_ line: UnsafeBufferPointer<UInt8>, columns: Int, lineNumber: Int) throws(AnnotationError) {
        self.line = line
        let base = line.baseAddress!
        let count = line.count
        var tabs = InlineArray<7, Int>(repeating: count)
        let found = RecordFields.findTabs(line, &tabs)
        guard found == 7 else {
            throw AnnotationError(
                .badColumns,
                "This line has \(Phrase.count(found + 1, "tab-separated column")) where VCF has at least 8.",
                line: lineNumber,
                column: found + 1
            )
        }
        (pos, id, ref, alt) = (tabs[0] + 1, tabs[1] + 1, tabs[2] + 1, tabs[3] + 1)
        (qual, filter, info) = (tabs[4] + 1, tabs[5] + 1, tabs[6] + 1)
        let tab = memchr(base + info, 9, count - info).map { UnsafeRawPointer(base).distance(to: $0) }
        infoEnd = tab ?? count
        if columns > 8 || tab != nil {
            let more = RecordFields.columns(base + infoEnd, count - infoEnd)
            guard 8 + more == columns else {
                throw AnnotationError(
                    .badColumns,
                    "This line has \(8 + more) tab-separated columns; the #CHROM line announces \(columns).",
                    line: lineNumber,
                    column: min(8 + more, columns)
                )
            }
        }
    }

    /// Finds the first seven tabs, eight bytes at a time; returns how many there are.
    ///
    /// In a byte that equals a tab, and in no other, the highest bit of `hits` is set: the sum of seven bits and 0x7f carries
    /// into it unless they are 0.
    @inline(__always)
    private static func findTabs(_ line: UnsafeBufferPointer<UInt8>, _ tabs: inout InlineArray<7, Int>) -> Int {
        let low: UInt64 = 0x7f7f_7f7f_7f7f_7f7f
        let tab: UInt64 = 0x0909_0909_0909_0909
        let bytes = UnsafeRawPointer(line.baseAddress!)
        var found = 0
        var position = 0
        while position + 8 <= line.count {
            let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian ^ tab
            var hits = ~((word & low) &+ low | word | low)
            while hits != 0 {
                tabs[found] = position + hits.trailingZeroBitCount >> 3
                found += 1
                if found == 7 { return 7 }
                hits &= hits - 1
            }
            position += 8
        }
        while position < line.count {
            if line[position] == 9 {
                tabs[found] = position
                found += 1
                if found == 7 { return 7 }
            }
            position += 1
        }
        return found
    }

    /// The number of tabs; a loop that the compiler turns into vector instructions.
    private static func columns(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int {
        var total = 0
        var position = 0
        while position < count {
            let end = min(count, position + 128)
            var tabs: UInt8 = 0
            while position < end {
                tabs &+= start[position] == 9 ? 1 : 0
                position += 1
            }
            total += Int(tabs)
        }
        return total
    }

    var chromText: UnsafeBufferPointer<UInt8> { line.slice(0, pos - 1) }
    var posText: UnsafeBufferPointer<UInt8> { line.slice(pos, id - 1) }
    var refText: UnsafeBufferPointer<UInt8> { line.slice(ref, alt - 1) }
    var altText: UnsafeBufferPointer<UInt8> { line.slice(alt, qual - 1) }
    var infoText: UnsafeBufferPointer<UInt8> { line.slice(info, infoEnd) }

    /// POS as a number; 0 is allowed (it names a telomere).
    @inline(__always)
    func position(lineNumber: Int) throws(AnnotationError) -> Int {
        let text = posText
        guard let value = text.decimal else {
            let isNumber = !text.isEmpty && text.allSatisfy { (48...57).contains($0) }
            let shown = text.slice(0, min(40, text.count)).text
            throw AnnotationError(
                .badPosition,
                isNumber ? "POS is too large: \(shown)." : "POS is not a whole number: '\(shown)'.",
                line: lineNumber,
                column: 2
            )
        }
        return value
    }
}
