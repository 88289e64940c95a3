/// A tabix index (https://samtools.github.io/hts-specs/tabix.pdf) of a sorted VCF in BGZF, made while that is written.
///
/// A place in the file is a virtual offset: where a block begins, shifted left by 16, plus the byte within what it unpacks
/// to. For each contig there are bins, which tile it six times over in sizes of 512 Mb down to 16 kb, and list the runs of
/// records that fit into no smaller one; and for every 16 kb the place of the first record that reaches into it.
final class TabixIndex {
    /// The longest contig that the format can hold, in bases.
    static let longest = 1 << 29
    /// Contigs and bytes of their names beyond which no index is made: a file of hostile names must not fill the memory.
    private static let mostContigs = 1 << 20
    private static let mostNames = 32 << 20

    /// Why there can be no index; nil while there can.
    private(set) var obstacle: String?
    /// Records in the index.
    private(set) var records = 0
    private var names: [UInt8] = []
    private var seen: Set<[UInt8]> = []
    private var current: [UInt8] = []
    private var lastStart = 0
    private var contig = TabixContig()
    /// The finished contigs, as they stand in the file.
    private var finished = ByteBuffer()
    private var blocks: [Int] = []

    /// Adds the records of `packed`, which begins at byte `place` of the file.
    /// - Parameter size: bytes that `packed` unpacks to.
    func add(_ entries: borrowing IndexEntries, packed: UnsafeBufferPointer<UInt8>, size: Int, at place: Int) {
        if obstacle != nil { return }
        findBlocks(packed, place)
        var record = 0
        let count = entries.entries.count
        while record < count && obstacle == nil {
            let entry = entries.entries[record]
            record += 1
            let next = record < count ? entries.entries[record].offset : size
            begin(
                entries.contigs[Int(entry.contig)],
                isNewRun: record == 1 || entry.contig != entries.entries[record - 2].contig)
            if obstacle != nil { return }
            check(entry)
            if obstacle != nil { return }
            contig.add(entry.start, max(entry.end, entry.start + 1), from: virtual(entry.offset), to: virtual(next))
            records += 1
        }
    }

    /// Where the blocks of `packed` begin in the file, and where the next one will.
    private func findBlocks(_ packed: UnsafeBufferPointer<UInt8>, _ place: Int) {
        blocks.removeAll(keepingCapacity: true)
        var position = 0
        while position + 18 <= packed.count {
            blocks.append(place + position)
            position += Int(packed[position + 16]) + Int(packed[position + 17]) << 8 + 1
        }
        blocks.append(place + packed.count)
    }

    private func virtual(_ offset: Int) -> UInt64 {
        let block = min(offset / BlockWriter.blockSize, blocks.count - 1)
        let within = block == blocks.count - 1 ? 0 : offset % BlockWriter.blockSize
        return UInt64(blocks[block]) << 16 | UInt64(within)
    }

    private func begin(_ name: [UInt8], isNewRun: Bool) {
        if !isNewRun || (name == current && !seen.isEmpty) { return }
        guard seen.insert(name).inserted else {
            return stop(
                "the records of contig \(Phrase.shortened(String(decoding: name, as: UTF8.self))) do not stand together"
            )
        }
        if seen.count > TabixIndex.mostContigs || names.count + name.count > TabixIndex.mostNames {
            return stop("it has too many contigs")
        }
        contig.write(to: &finished)
        contig = TabixContig()
        names += name + [0]
        current = name
        lastStart = 0
    }

    private func check(_ entry: IndexEntries.Entry) {
        if entry.start < lastStart { return stop("it is not sorted by position") }
        if entry.end > TabixIndex.longest {
            return stop("a record reaches beyond the 512 megabases that the format can hold")
        }
        lastStart = entry.start
    }

    private func stop(_ reason: String) {
        obstacle = reason
        // What was collected is of no use any more.
        seen = []
        names = []
        contig = TabixContig()
        finished = ByteBuffer()
    }

    /// The index as it stands in its file, packed.
    func packed() -> [UInt8] {
        contig.write(to: &finished)
        contig = TabixContig()
        var text = ByteBuffer()
        text.append("TBI\u{1}")
        // Format VCF; contig in column 1, position in column 2, no column of ends; comments begin with '#'; no line skipped.
        for number in [seen.count, 2, 1, 2, 0, 35, 0, names.count] { text.append(little: UInt32(number)) }
        names.withUnsafeBufferPointer { text.append($0) }
        text.append(finished.bytes)
        text.append(little: UInt64(0))
        var packed = ByteBuffer()
        BlockWriter().pack(text.bytes, into: &packed)
        return Array(packed.bytes) + BlockWriter.endMarker
    }
}

extension ByteBuffer {
    /// Appends a number, the lowest byte first.
    mutating func append(little number: some FixedWidthInteger) {
        var rest = number
        for _ in 0..<(number.bitWidth / 8) {
            append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }
}
