/// The bins of one contig in a tabix index.
struct TabixContig {
    private struct Run {
        var from: UInt64
        var to: UInt64
    }

    /// A bin that no place has: its two runs are the contig's extent in the file, and the number of its records.
    private static let extent: UInt32 = 37_450

    private var bins: [UInt32: [Run]] = [:]
    /// The first record that reaches into each 16 kb.
    private var windows: [UInt64] = []
    private var first: UInt64 = 0
    private var last: UInt64 = 0
    private var records: UInt64 = 0

    /// Adds the record at `start..<end`, 0-based, that lies at `from..<to` of the file. Records come sorted.
    mutating func add(_ start: Int, _ end: Int, from: UInt64, to: UInt64) {
        if records == 0 { first = from }
        last = to
        records += 1
        let bin = TabixContig.bin(start, end)
        // Runs that share a block are read at once anyway.
        if let previous = bins[bin]?.last, previous.to >> 16 >= from >> 16 {
            bins[bin]![bins[bin]!.count - 1].to = to
        } else {
            bins[bin, default: []].append(Run(from: from, to: to))
        }
        let window = (end - 1) >> 14
        if window < windows.count { return }
        // No later record reaches into windows before this one's start: they keep the place of the last that did.
        let gap = max(0, (start >> 14) - windows.count)
        windows += repeatElement(windows.last ?? 0, count: gap)
        windows += repeatElement(from, count: window + 1 - windows.count)
    }

    /// The smallest bin that holds a place (SAM specification, section 5.3).
    static func bin(_ start: Int, _ end: Int) -> UInt32 {
        let last = end - 1
        if start >> 14 == last >> 14 { return UInt32(4_681 + (start >> 14)) }
        if start >> 17 == last >> 17 { return UInt32(585 + (start >> 17)) }
        if start >> 20 == last >> 20 { return UInt32(73 + (start >> 20)) }
        if start >> 23 == last >> 23 { return UInt32(9 + (start >> 23)) }
        if start >> 26 == last >> 26 { return UInt32(1 + (start >> 26)) }
        return 0
    }

    /// Appends the contig as it stands in the file; nothing if it has no records.
    func write(to output: inout ByteBuffer) {
        if records == 0 { return }
        output.append(little: UInt32(bins.count + 1))
        for (bin, runs) in bins.sorted(by: { $0.key < $1.key }) { TabixContig.write(bin, runs, to: &output) }
        let extent = [Run(from: first, to: last), Run(from: records, to: 0)]
        TabixContig.write(TabixContig.extent, extent, to: &output)
        output.append(little: UInt32(windows.count))
        for place in windows { output.append(little: place) }
    }

    private static func write(_ bin: UInt32, _ runs: [Run], to output: inout ByteBuffer) {
        output.append(little: bin)
        output.append(little: UInt32(runs.count))
        for run in runs {
            output.append(little: run.from)
            output.append(little: run.to)
        }
    }
}
