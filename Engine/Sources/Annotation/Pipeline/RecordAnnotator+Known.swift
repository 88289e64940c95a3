import Foundation

/// Known variants and regions.
extension RecordAnnotator {
    /// One field for each column of each source that knows one of the alleles: a value per ALT, `.` where there is none.
    mutating func addKnown(_ contig: ContigView, _ position: Int, _ begin: Int, to output: inout ByteBuffer) {
        if store.known.isEmpty { return }
        matches.removeAll()
        let count = alleles.alternates.count
        for number in store.known.indices {
            let source = store.known[number]
            let first = matches.count
            var isKnown = false
            for index in 0..<count {
                let match = match(index, source, number, contig, position)
                matches.append(match)
                if match >= 0 { isKnown = true }
            }
            if !isKnown { continue }
            for column in 0..<source.columnCount {
                write(source, number, column, first, count, begin, to: &output)
            }
        }
        for index in 0..<count where alleles.alternates[index].isSequence {
            let isKnown = (0..<store.known.count).contains { matches[$0 * count + index] >= 0 }
            if isKnown { tally.known += 1 } else { tally.novel += 1 }
        }
    }

    mutating func match(
        _ index: Int,
        _ source: KnownVariants,
        _ number: Int,
        _ contig: ContigView,
        _ position: Int
    ) -> Int {
        guard alleles.alternates[index].isSequence else { return -1 }
        var normal = NormalisedAllele(
            position: position,
            reference: alleles.reference,
            alternate: alleles.alternate(index)
        )
        normal.alignLeft(in: store, contig: contig, scratch: &knownScratch)
        return source.find(normal, contig: contig.number, cursor: &cursors[number]) ?? -1
    }

    func write(
        _ source: KnownVariants,
        _ number: Int,
        _ column: Int,
        _ first: Int,
        _ count: Int,
        _ begin: Int,
        to output: inout ByteBuffer
    ) {
        var hasValue = false
        for index in 0..<count where matches[first + index] >= 0 {
            if source.value(matches[first + index], column) != nil { hasValue = true }
        }
        if !hasValue { return }
        separate(begin, &output)
        output.append(source.columnKeys[column])
        for index in 0..<count {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            let match = matches[first + index]
            if match >= 0, let value = source.value(match, column) {
                output.append(value)
            } else {
                output.append(UInt8(ascii: "."))
            }
        }
    }

    /// One field for each column of each track that has a region which REF overlaps.
    mutating func addRegions(_ contig: ContigView, _ position: Int, _ begin: Int, to output: inout ByteBuffer) {
        let end = min(position + alleles.referenceCount - 1, position + contig.length - 1)
        for track in setup.tracks {
            track.collect(contig, position, end, into: &foundRegions, around: &foundAround)
            if foundRegions.count == 0 { continue }
            for column in 0..<track.columnCount {
                let before = output.count
                separate(begin, &output)
                if !track.write(column, of: foundRegions, to: &output) { output.truncate(to: before) }
            }
        }
    }
}
