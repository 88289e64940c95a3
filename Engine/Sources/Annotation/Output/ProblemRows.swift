/// The rows of `problems.tsv` of the lines at hand: one for each record and reason for which an allele of it is not
/// annotated. Line numbers are put before the rows when they are written, since only then they are known.
struct ProblemRows: ~Copyable {
    /// The first line of the file: the line of the input, 1-based, and its first columns; under ALT the alleles
    /// concerned; the code of the reason and a sentence.
    static let header = Array("line\tcontig\tposition\tref\talt\treason\tmessage\n".utf8)
    /// What is shown of a field that is longer, in bytes.
    private static let shown = 100

    private var text = ByteBuffer(capacity: 1 << 12)
    private var rows: [(line: Int, end: Int)] = []

    var isEmpty: Bool { rows.isEmpty }

    mutating func removeAll() {
        text.removeAll(keepingAtMost: 1 << 20)
        rows.removeAll(keepingCapacity: rows.count < 1 << 14)
    }

    /// Adds a row; of ALT the alleles for which `isConcerned` holds.
    mutating func add(
        _ reason: NotAnnotated, line: Int, _ fields: RecordFields, isConcerned: (Int) -> Bool
    ) {
        for field in [fields.chromText, fields.posText, fields.refText] {
            text.append(9)
            ProblemRows.append(field, to: &text)
        }
        text.append(9)
        addAlternates(fields.altText, isConcerned)
        text.append(9)
        text.append(text: reason.code)
        text.append(9)
        text.append(reason.sentence)
        text.append(10)
        rows.append((line, text.count))
    }

    private mutating func addAlternates(_ alternates: UnsafeBufferPointer<UInt8>, _ isConcerned: (Int) -> Bool) {
        var concerned = ByteBuffer(capacity: 256)
        var number = 0
        var position = 0
        while position <= alternates.count && concerned.count <= ProblemRows.shown {
            var end = position
            while end < alternates.count && alternates[end] != UInt8(ascii: ",") { end += 1 }
            if isConcerned(number) {
                if !concerned.isEmpty { concerned.append(UInt8(ascii: ",")) }
                concerned.append(alternates.slice(position, min(end, position + ProblemRows.shown + 1)))
            }
            number += 1
            position = end + 1
        }
        ProblemRows.append(concerned.bytes, to: &text)
    }

    private static func append(_ field: UnsafeBufferPointer<UInt8>, to text: inout ByteBuffer) {
        let isWhole = field.count <= shown
        TableWriter.writeCell(field.slice(0, isWhole ? field.count : shown), to: &text)
        if !isWhole { text.append("...") }
    }

    /// Appends the rows with their lines, counted from `lines` on.
    func write(after lines: Int, to output: inout ByteBuffer) {
        var position = 0
        for row in rows {
            output.append(decimal: lines + row.line)
            output.append(text.bytes.slice(position, row.end))
            position = row.end
        }
    }
}
