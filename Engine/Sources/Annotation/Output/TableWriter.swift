/// Writes records as rows of a table: one for each alternate allele and transcript; an allele of which nothing is known has
/// a row of its own, so that none is missing.
///
/// Columns are `CHROM POS ID REF ALT QUAL FILTER`, with the one allele under ALT, then the parts of CSQ, then the other
/// fields that we write. Percent codes are undone. A cell is empty where there is no value.
struct TableWriter {
    private let columns: OutputColumns

    init(columns: OutputColumns) { self.columns = columns }

    func write(_ record: borrowing AnnotatedRecord, to output: inout ByteBuffer) {
        for alternate in record.alternates.indices {
            let entries = record.entries[alternate]
            if entries.isEmpty {
                writeRow(record, alternate, entries, to: &output)
            } else {
                AnnotatedRecord.split(entries, at: 44) { writeRow(record, alternate, $0, to: &output) }
            }
        }
    }

    private func writeRow(
        _ record: borrowing AnnotatedRecord, _ alternate: Int, _ entry: UnsafeBufferPointer<UInt8>,
        to output: inout ByteBuffer
    ) {
        for (number, field) in record.fixed.enumerated() {
            if number > 0 { output.append(9) }
            TableWriter.writeCell(number == 4 ? record.alternates[alternate] : field, to: &output)
        }
        var parts = 0
        if !entry.isEmpty {
            AnnotatedRecord.split(entry, at: UInt8(ascii: "|")) { part in
                if parts == columns.consequence.count { return }
                output.append(9)
                TableWriter.writeCell(part, to: &output)
                parts += 1
            }
        }
        output.append(repeating: 9, count: columns.consequence.count - parts)
        for index in columns.others.indices {
            output.append(9)
            guard let value = record.value(index, of: alternate) else { continue }
            if columns.others[index].isFlag {
                output.append(UInt8(ascii: "1"))
            } else {
                TableWriter.writeCell(value, to: &output)
            }
        }
        output.append(10)
    }

    /// A cell, with an apostrophe before what a spreadsheet would take for a formula
    /// (https://owasp.org/www-community/attacks/CSV_Injection); numbers and the `-` of a deletion are none.
    static func writeCell(_ text: UnsafeBufferPointer<UInt8>, to output: inout ByteBuffer) {
        guard let first = text.first else { return }
        if isFormula(text, first) { output.append(UInt8(ascii: "'")) }
        if text.contains(UInt8(ascii: "%")) {
            PercentEncoding.decode(text) { output.append($0) }
        } else {
            output.append(text)
        }
    }

    private static func isFormula(_ text: UnsafeBufferPointer<UInt8>, _ first: UInt8) -> Bool {
        switch first {
        case UInt8(ascii: "="), UInt8(ascii: "@"), 13: true
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            text.count > 1
                && !text.dropFirst().allSatisfy { (48...57).contains($0) || $0 == 46 || $0 | 0x20 == 101 || $0 == 45 }
        case UInt8(ascii: "%"): text.count >= 3 && startsWithCode(text)
        default: false
        }
    }

    /// A percent code for `=`, `+`, `-` or `@`.
    private static func startsWithCode(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var first: UInt8?
        PercentEncoding.decode(text.slice(0, 3)) { first = first ?? $0 }
        return first.map { "=+-@".utf8.contains($0) } ?? false
    }
}
