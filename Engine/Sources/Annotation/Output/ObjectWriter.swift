/// Writes records as JSON Lines (https://jsonlines.org), one object for each:
///
///     {"chrom": "1", "pos": 73, "id": ["rs1"], "ref": "A", "alt": ["G"], "qual": 50, "filter": ["PASS"],
///      "info": {"DP": "10", "DB": true},
///      "alleles": [{"alt": "G", "consequences": [{"Consequence": ["missense_variant"], "SYMBOL": "...", ...}],
///                   "MT_AF": "0.1"}],
///      "GAS_REGION": "..."}
///
/// Fields without a value are left out. The parts of CSQ have their own names; those that hold several values are arrays.
/// Values of INFO are text, as it stands there; flags are `true`.
struct ObjectWriter {
    private let columns: OutputColumns
    /// The parts of CSQ whose values are joined by `&`.
    private let isList: [Bool]

    init(columns: OutputColumns) {
        self.columns = columns
        let lists = ["Consequence", "Existing_variation", "FLAGS"].map { Array($0.utf8) }
        isList = columns.consequence.map(lists.contains)
    }

    func write(_ record: borrowing AnnotatedRecord, to output: inout ByteBuffer) {
        output.append("{\"chrom\":")
        JSONText.write(record.fixed[0], to: &output)
        output.append(",\"pos\":")
        output.append(decimal: record.fixed[1].decimal ?? 0)
        writeList("id", record.fixed[2], at: UInt8(ascii: ";"), to: &output)
        output.append(",\"ref\":")
        JSONText.write(record.fixed[3], to: &output)
        writeList("alt", record.fixed[4], at: UInt8(ascii: ","), to: &output)
        if !record.fixed[5].equals(".") {
            output.append(",\"qual\":")
            JSONText.writeNumber(record.fixed[5], to: &output)
        }
        writeList("filter", record.fixed[6], at: UInt8(ascii: ";"), to: &output)
        writeInfo(record.info, to: &output)
        output.append(",\"alleles\":[")
        for alternate in record.alternates.indices where !record.alternates[alternate].equals(".") {
            if output[output.count - 1] != UInt8(ascii: "[") { output.append(UInt8(ascii: ",")) }
            writeAllele(record, alternate, to: &output)
        }
        output.append(UInt8(ascii: "]"))
        for (index, column) in columns.others.enumerated() where !column.isPerAllele {
            if let value = record.values[index] { write(column, value, to: &output) }
        }
        output.append("}\n")
    }

    private func writeList(
        _ name: StaticString, _ text: UnsafeBufferPointer<UInt8>, at separator: UInt8, to output: inout ByteBuffer
    ) {
        if text.equals(".") || text.isEmpty { return }
        output.append(",\"")
        output.append(name)
        output.append("\":")
        JSONText.writeList(text, at: separator, to: &output)
    }

    private func writeInfo(_ info: UnsafeBufferPointer<UInt8>, to output: inout ByteBuffer) {
        if info.equals(".") || info.isEmpty { return }
        output.append(",\"info\":{")
        let begin = output.count
        AnnotatedRecord.split(info, at: UInt8(ascii: ";")) { pair in
            if pair.isEmpty { return }
            if output.count > begin { output.append(UInt8(ascii: ",")) }
            let equals = pair.firstIndex(of: UInt8(ascii: "="))
            JSONText.write(pair.slice(0, equals ?? pair.count), to: &output)
            output.append(UInt8(ascii: ":"))
            if let equals {
                JSONText.write(pair.slice(equals + 1, pair.count), to: &output)
            } else {
                output.append("true")
            }
        }
        output.append(UInt8(ascii: "}"))
    }

    private func writeAllele(_ record: borrowing AnnotatedRecord, _ alternate: Int, to output: inout ByteBuffer) {
        output.append("{\"alt\":")
        JSONText.write(record.alternates[alternate], to: &output)
        let entries = record.entries[alternate]
        if !entries.isEmpty {
            output.append(",\"consequences\":[")
            var isFirst = true
            AnnotatedRecord.split(entries, at: UInt8(ascii: ",")) { entry in
                if !isFirst { output.append(UInt8(ascii: ",")) }
                isFirst = false
                writeEntry(entry, to: &output)
            }
            output.append(UInt8(ascii: "]"))
        }
        for (index, column) in columns.others.enumerated() where column.isPerAllele {
            if let value = record.value(index, of: alternate) { write(column, value, to: &output) }
        }
        output.append(UInt8(ascii: "}"))
    }

    private func writeEntry(_ entry: UnsafeBufferPointer<UInt8>, to output: inout ByteBuffer) {
        output.append(UInt8(ascii: "{"))
        let begin = output.count
        var number = 0
        AnnotatedRecord.split(entry, at: UInt8(ascii: "|")) { part in
            defer { number += 1 }
            if part.isEmpty || number >= columns.consequence.count { return }
            if output.count > begin { output.append(UInt8(ascii: ",")) }
            columns.consequence[number].withUnsafeBufferPointer { JSONText.write($0, to: &output) }
            output.append(UInt8(ascii: ":"))
            if isList[number] {
                JSONText.writeList(part, at: UInt8(ascii: "&"), to: &output)
            } else {
                JSONText.write(part, to: &output)
            }
        }
        output.append(UInt8(ascii: "}"))
    }

    private func write(
        _ column: OutputColumns.Column, _ value: UnsafeBufferPointer<UInt8>, to output: inout ByteBuffer
    ) {
        output.append(UInt8(ascii: ","))
        column.key.withUnsafeBufferPointer { JSONText.write($0, to: &output) }
        output.append(UInt8(ascii: ":"))
        if column.isFlag { output.append("true") } else { JSONText.write(value, to: &output) }
    }
}
