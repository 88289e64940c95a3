/// A region as it lies in `regions.bin`: 1-based and closed, with its name in `text.bin`, percent-encoded for INFO.
struct RegionRecord: BitwiseCopyable {
    var start: Int32
    var end: Int32
    var name: TextRange
}

/// The named regions of a reference.
struct RegionTable: @unchecked Sendable {
    let records: UnsafePointer<RegionRecord>
    let bins: BinIndex
    let text: UnsafePointer<UInt8>
    let count: Int

    /// Appends the names of the regions that overlap `low...high`, comma-separated, each once; true if there are any.
    /// On a circular contig `high` may lie up to a turn beyond its end.
    func write(contig: ContigView, from low: Int, to high: Int, found: inout NumberList, to output: inout ByteBuffer)
        -> Bool
    {
        let begin = output.count
        var written: [(UInt32, UInt32)] = []
        add(contig, low, high, &found, &written, begin, &output)
        if contig.isCircular && high > contig.length {
            add(contig, 1, high - contig.length, &found, &written, begin, &output)
        }
        return output.count > begin
    }

    @inline(__always)
    private func add(
        _ contig: ContigView,
        _ low: Int,
        _ high: Int,
        _ found: inout NumberList,
        _ written: inout [(UInt32, UInt32)],
        _ begin: Int,
        _ output: inout ByteBuffer
    ) {
        bins.collect(
            from: low,
            to: high,
            firstBin: contig.firstRegionBin,
            binCount: contig.regionBinCount,
            into: &found
        )
        for index in 0..<found.count {
            let record = records[Int(found[index])]
            if Int(record.end) < low || Int(record.start) > high { continue }
            // Regions of one name share one text, so that comparing ranges compares names.
            if written.contains(where: { $0 == (record.name.offset, record.name.count) }) { continue }
            if output.count > begin { output.append(UInt8(ascii: ",")) }
            output.append(text + Int(record.name.offset), Int(record.name.count))
            written.append((record.name.offset, record.name.count))
        }
    }
}
