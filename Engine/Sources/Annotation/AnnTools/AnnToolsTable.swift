/// The values of one record: a row for each alternate allele and transcript, a column for each ``AnnToolsKey``, in
/// buffers reused from record to record. Rows are filled column by column and written as one list for each column.
struct AnnToolsTable: ~Copyable {
    /// The texts of all values, one after another, as they are written.
    var text = ByteBuffer(capacity: 1 << 10)
    /// Where in `text` each value ends, row by row.
    private var ends: [Int] = []
    private static let columns = AnnToolsKey.allCases.count

    mutating func removeAll() {
        text.removeAll()
        ends.removeAll(keepingCapacity: true)
    }

    /// Ends the value of the row's next column: what was appended to `text` since the last call, nothing if missing.
    mutating func close(_ column: AnnToolsKey) {
        assert(ends.count % AnnToolsTable.columns == column.rawValue, "columns are filled in their order")
        ends.append(text.count)
    }

    /// Leaves the columns before `column` without a value.
    mutating func skip(to column: AnnToolsKey) {
        while ends.count % AnnToolsTable.columns != column.rawValue { ends.append(text.count) }
    }

    /// Ends the row, whose columns from here on have no value.
    mutating func closeRow() {
        while ends.count % AnnToolsTable.columns != 0 { ends.append(text.count) }
    }

    /// Appends `KEY=value,value` of each column that has a value, `.` where a row has none, each after a `;` unless the
    /// output still ends at `begin`.
    func write(_ keys: [[UInt8]], begin: Int, to output: inout ByteBuffer) {
        for column in 0..<AnnToolsTable.columns where hasValue(column) {
            if output.count > begin { output.append(UInt8(ascii: ";")) }
            keys[column].withUnsafeBufferPointer { output.append($0) }
            var place = column
            while place < ends.count {
                if place > column { output.append(UInt8(ascii: ",")) }
                let value = value(place)
                if value.isEmpty { output.append(UInt8(ascii: ".")) } else { output.append(value) }
                place += AnnToolsTable.columns
            }
        }
    }

    private func hasValue(_ column: Int) -> Bool {
        var place = column
        while place < ends.count {
            if !value(place).isEmpty { return true }
            place += AnnToolsTable.columns
        }
        return false
    }

    private func value(_ place: Int) -> UnsafeBufferPointer<UInt8> {
        text.bytes.slice(place == 0 ? 0 : ends[place - 1], ends[place])
    }
}
