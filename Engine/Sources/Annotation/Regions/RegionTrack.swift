/// A region as it lies in `track-N.regions.bin`: 1-based and closed.
struct RegionRecord: BitwiseCopyable {
    var start: Int32
    var end: Int32
}

/// One track of regions: intervals with a row of texts each, every column of which is an INFO field.
///
/// The texts lie in `text.bin`, percent-encoded for INFO. Equal texts are kept once, so that comparing their places
/// compares them.
struct RegionTrack: @unchecked Sendable {
    let records: UnsafePointer<RegionRecord>
    let values: UnsafePointer<TextRange>
    let bins: BinIndex
    let text: UnsafePointer<UInt8>
    /// Per contig its first bin and its number of bins.
    let places: [ReferenceManifest.BinRange]
    /// `KEY=` of each column.
    var columnKeys: [[UInt8]]

    var columnCount: Int { columnKeys.count }

    /// Collects the regions that overlap `low...high`, of those with equal rows the first. On a circular contig `high`
    /// may lie up to a turn beyond its end.
    func collect(_ contig: ContigView, _ low: Int, _ high: Int, into found: inout NumberList, around: inout NumberList)
    {
        collect(contig, low, high, &found)
        if contig.isCircular && high > contig.length {
            collect(contig, 1, high - contig.length, &around)
            found.formUnion(around)
        }
        if found.count > 1 { removeRepeats(&found) }
    }

    @inline(__always)
    private func collect(_ contig: ContigView, _ low: Int, _ high: Int, _ found: inout NumberList) {
        let place = places[contig.number]
        bins.collect(from: low, to: high, firstBin: place.first, binCount: place.count, into: &found)
        found.keep { number in
            let record = records[Int(number)]
            return Int(record.end) >= low && Int(record.start) <= high
        }
    }

    private func removeRepeats(_ found: inout NumberList) {
        var kept = 0
        for index in 0..<found.count {
            let number = found[index]
            var isNew = true
            for earlier in 0..<kept where isSameRow(found[earlier], number) {
                isNew = false
                break
            }
            if isNew {
                found[kept] = number
                kept += 1
            }
        }
        found.truncate(to: kept)
    }

    private func isSameRow(_ left: UInt32, _ right: UInt32) -> Bool {
        for column in 0..<columnCount {
            let one = values[Int(left) * columnCount + column]
            let other = values[Int(right) * columnCount + column]
            if one.offset != other.offset || one.count != other.count { return false }
        }
        return true
    }

    /// Appends a column's values of the regions found, `.` where one has none; false, and nothing, if none has any.
    func write(_ column: Int, of found: borrowing NumberList, to output: inout ByteBuffer) -> Bool {
        var hasValue = false
        for index in 0..<found.count where values[Int(found[index]) * columnCount + column].count > 0 {
            hasValue = true
            break
        }
        if !hasValue { return false }
        columnKeys[column].withUnsafeBufferPointer { output.append($0) }
        for index in 0..<found.count {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            let range = values[Int(found[index]) * columnCount + column]
            if range.count == 0 {
                output.append(UInt8(ascii: "."))
            } else {
                output.append(text + Int(range.offset), Int(range.count))
            }
        }
        return true
    }
}
