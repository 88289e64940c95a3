/// Intervals by the 16 kb bins that they touch, for finding all that overlap a position or a short span.
///
/// `starts[bin] ..< starts[bin + 1]` are the places in `entries` of the bin's intervals, in ascending order. An interval
/// stands in every bin that it touches; a query over several bins merges their lists.
struct BinIndex {
    static let shift = 14

    /// Builds the two tables for one contig after another.
    struct Builder {
        private(set) var starts: [UInt32] = [0]
        private(set) var entries: [UInt32] = []

        /// Adds a contig of `length` bases whose intervals (1-based, closed) have the numbers `first`, `first + 1`, ...
        /// Returns the contig's first bin and its number of bins.
        mutating func add(length: Int, intervals: [(start: Int, end: Int)], first: Int) -> (first: Int, count: Int) {
            let firstBin = starts.count - 1
            let count = length >> BinIndex.shift + 1
            var bins = [[UInt32]](repeating: [], count: count)
            for (offset, interval) in intervals.enumerated() {
                let low = max(0, interval.start) >> BinIndex.shift
                let high = min(count - 1, max(0, interval.end) >> BinIndex.shift)
                if low > high { continue }
                for bin in low...high { bins[bin].append(UInt32(first + offset)) }
            }
            for bin in bins {
                entries += bin
                starts.append(UInt32(entries.count))
            }
            return (firstBin, count)
        }
    }

    /// Some bins of a contig.
    struct Window: Equatable {
        var contig = -1
        var low = 0
        var high = 0

        /// The bins that `low...high` (1-based, closed) touches.
        @inline(__always)
        init(_ contig: ContigView, _ low: Int, _ high: Int) {
            self.contig = contig.number
            self.low = max(0, low) >> BinIndex.shift
            self.high = max(0, high) >> BinIndex.shift
        }

        /// None.
        init() {}
    }

    let starts: UnsafePointer<UInt32>
    let entries: UnsafePointer<UInt32>

    /// Collects into `found` the numbers of the intervals in the bins that `low...high` touches, ascending, each once.
    @inline(__always)
    func collect(from low: Int, to high: Int, firstBin: Int, binCount: Int, into found: inout NumberList) {
        found.removeAll()
        let lowBin = max(0, low) >> BinIndex.shift
        let highBin = min(binCount - 1, max(0, high) >> BinIndex.shift)
        if lowBin > highBin { return }
        for bin in lowBin...highBin {
            let from = Int(starts[firstBin + bin])
            let to = Int(starts[firstBin + bin + 1])
            if bin == lowBin {
                found.append(entries + from, to - from)
            } else {
                merge(entries + from, to - from, into: &found)
            }
        }
    }

    private func merge(_ more: UnsafePointer<UInt32>, _ count: Int, into found: inout NumberList) {
        var place = 0
        for index in 0..<count {
            let entry = more[index]
            while place < found.count && found[place] < entry { place += 1 }
            if place == found.count || found[place] != entry { found.insert(entry, at: place) }
        }
    }
}

extension NumberList {
    /// Adds the numbers of another ascending list that are not here yet.
    mutating func formUnion(_ other: borrowing NumberList) {
        var place = 0
        for index in 0..<other.count {
            let number = other[index]
            while place < count && self[place] < number { place += 1 }
            if place == count || self[place] != number { insert(number, at: place) }
        }
    }
}
