import Foundation

/// A record with what was added to it, taken apart: pointers into its line, reused from record to record.
struct AnnotatedRecord: ~Copyable {
    private let columns: OutputColumns
    /// CHROM, POS, ID, REF, ALT, QUAL, FILTER.
    private(set) var fixed: [UnsafeBufferPointer<UInt8>] = []
    /// INFO as the input has it, without our keys.
    private(set) var info = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    private(set) var alternates: [UnsafeBufferPointer<UInt8>] = []
    /// The entries of CSQ for each alternate allele; empty where it has none.
    private(set) var entries: [UnsafeBufferPointer<UInt8>] = []
    /// Values by column; nil where the record has none.
    private(set) var values: [UnsafeBufferPointer<UInt8>?]

    init(columns: OutputColumns) {
        self.columns = columns
        values = Array(repeating: nil, count: columns.others.count)
    }

    /// Takes a line of VCF apart.
    /// - Parameters:
    ///   - added: where in the line stands what was added to INFO, a `;` before it if the input has an INFO of its own.
    ///   - marks: where in the line the entries of each annotated alternate allele begin.
    mutating func set(_ line: UnsafeBufferPointer<UInt8>, added: Range<Int>, marks: borrowing List<AlleleMark>) {
        fixed.removeAll(keepingCapacity: true)
        var position = 0
        for _ in 0..<OutputColumns.fixed.count {
            let end = AnnotatedRecord.end(of: line, from: position, at: 9, limit: line.count)
            fixed.append(line.slice(position, end))
            position = end + 1
        }
        info = line.slice(position, max(position, added.lowerBound))
        alternates.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        AnnotatedRecord.split(fixed[4], at: 44) { alternates.append($0) }
        for _ in alternates { entries.append(UnsafeBufferPointer(start: nil, count: 0)) }
        for index in values.indices { values[index] = nil }
        setValues(line, added, marks)
    }

    private mutating func setValues(
        _ line: UnsafeBufferPointer<UInt8>, _ added: Range<Int>, _ marks: borrowing List<AlleleMark>
    ) {
        var position = added.lowerBound
        var next = 0
        while position < added.upperBound {
            if line[position] == UInt8(ascii: ";") { position += 1 }
            let end = AnnotatedRecord.end(of: line, from: position, at: 59, limit: added.upperBound)
            let equals = AnnotatedRecord.end(of: line, from: position, at: 61, limit: end)
            let key = line.slice(position, equals)
            if key.equals("CSQ") {
                setEntries(line, end, marks)
            } else if let index = column(key, from: next) {
                values[index] = line.slice(min(equals + 1, end), end)
                next = index + 1
            }
            position = end
        }
    }

    private mutating func setEntries(
        _ line: UnsafeBufferPointer<UInt8>, _ end: Int, _ marks: borrowing List<AlleleMark>
    ) {
        var stop = end
        for number in marks.indices.reversed() {
            let mark = marks[number]
            guard mark.hasEntries, mark.alternate < entries.count else { continue }
            entries[mark.alternate] = line.slice(mark.start, max(mark.start, stop))
            // Before an allele's first entry stands a comma.
            stop = mark.start - 1
        }
    }

    /// Keys are written in the order of the columns: mostly the next one is it.
    private func column(_ key: UnsafeBufferPointer<UInt8>, from next: Int) -> Int? {
        let count = columns.others.count
        for step in 0..<count {
            let index = (next + step) % count
            if columns.others[index].key.count == key.count && columns.others[index].key.elementsEqual(key) {
                return index
            }
        }
        return nil
    }

    /// Of a value for each alternate allele the one of `alternate`; nil where it is missing.
    func value(_ column: Int, of alternate: Int) -> UnsafeBufferPointer<UInt8>? {
        guard let all = values[column] else { return nil }
        if !columns.others[column].isPerAllele { return all }
        var number = 0
        var found: UnsafeBufferPointer<UInt8>?
        AnnotatedRecord.split(all, at: 44) { value in
            if number == alternate { found = value }
            number += 1
        }
        if let found, found.equals(".") { return nil }
        return found
    }

    /// Calls `body` with each part of `text` between separators.
    static func split(
        _ text: UnsafeBufferPointer<UInt8>, at separator: UInt8, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        var position = 0
        while position <= text.count {
            let end = end(of: text, from: position, at: separator, limit: text.count)
            body(text.slice(position, end))
            position = end + 1
        }
    }

    private static func end(
        of text: UnsafeBufferPointer<UInt8>, from position: Int, at separator: UInt8, limit: Int
    ) -> Int {
        guard position < limit, let base = text.baseAddress,
            let found = memchr(base + position, Int32(separator), limit - position)
        else { return limit }
        return UnsafeRawPointer(base).distance(to: found)
    }
}

/// An annotated alternate allele, and where its entries of CSQ begin.
struct AlleleMark: BitwiseCopyable {
    let alternate: Int
    /// -1 if it has none.
    var start = -1
    var hasEntries: Bool { start >= 0 }
}
