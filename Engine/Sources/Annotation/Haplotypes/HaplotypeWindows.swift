import Foundation

/// Where a window of the input stands among the haplotypes.
struct HaplotypeWindow: Sendable {
    /// Whether haplotypes are followed in it.
    var isFollowed: Bool
    /// What is to be said at its first line.
    var notes: [String] = []
    /// Whether haplotypes were cut before its first line.
    var isCut = false
}

/// Cuts the input into windows of whole lines such that no coding sequence goes on from one to the next.
///
///     records    |  |   | |  |      |  |    |   |   | |
///     coding      [==1==]              [===2====]
///                    [===3===]                [==4==]
///     may be cut ^              ^   ^               ...
///
/// A window goes on as long as a transcript that one of its records touches, within an exon's coding part or the splice site
/// beside it, has coding bases ahead. What was read but not given out yet is at most one group of such records and a chunk.
/// Where the cuts fall depends on the lines and the reference alone.
final class HaplotypeWindows {
    private let store: ReferenceStore
    private let limits: HaplotypeLimits
    private var pending = ByteBuffer(capacity: 1 << 18)
    private var piece = ByteBuffer(capacity: ChunkReader.chunkSize + 1)
    private var found = NumberList()
    private var atEnd = false
    private var isSorted = true
    private var next = HaplotypeWindow(isFollowed: true)

    /// Bytes of `pending` that were looked at.
    private var scanned = 0
    /// Where in `pending` the group at hand begins, and its records and its first position.
    private var group = (start: 0, records: 0, position: 0)
    private var contigName = ByteBuffer(capacity: 64)
    private var contig: ContigView?
    private var seen: Set<Int> = []
    private var position = 0
    /// The last coding base of the transcripts that the group touches.
    private var openEnd = 0

    init(store: ReferenceStore, limits: HaplotypeLimits) {
        self.store = store
        self.limits = limits
    }

    /// Fills `buffer` with the next window; nil at the end of the input.
    func next(from reader: inout ChunkReader, into buffer: inout ByteBuffer) throws(AnnotationError) -> HaplotypeWindow?
    {
        buffer.removeAll()
        while isSorted {
            while isSorted, let line = nextLine() {
                if let count = look(at: line) { return give(count, to: &buffer) }
            }
            if !isSorted { break }
            if atEnd { return pending.isEmpty ? nil : give(pending.count, to: &buffer) }
            try read(from: &reader)
        }
        if !pending.isEmpty { return give(pending.count, to: &buffer) }
        guard try reader.next(into: &buffer) else { return nil }
        defer { next.notes = [] }
        return next
    }

    private func read(from reader: inout ChunkReader) throws(AnnotationError) {
        if try reader.next(into: &piece) { pending.append(piece.bytes) } else { atEnd = true }
    }

    /// The next line with its line end, if it is there as a whole.
    private func nextLine() -> UnsafeBufferPointer<UInt8>? {
        let left = pending.count - scanned
        if left == 0 { return nil }
        guard let newline = memchr(pending.base + scanned, 10, left) else {
            return atEnd ? pending.bytes.slice(scanned, pending.count) : nil
        }
        let end = UnsafeRawPointer(pending.base).distance(to: newline) + 1
        return pending.bytes.slice(scanned, end)
    }

    /// Moves the first `count` bytes into `buffer`.
    private func give(_ count: Int, to buffer: inout ByteBuffer) -> HaplotypeWindow {
        buffer.append(pending.base, count)
        pending.removeFirst(count)
        scanned -= min(scanned, count)
        group.start = max(0, group.start - count)
        defer {
            next = following
            following = HaplotypeWindow(isFollowed: isSorted)
        }
        return next
    }

    /// What is known of the window after the next one.
    private var following = HaplotypeWindow(isFollowed: true)

    // MARK: a line

    /// Takes the next line into account; returns how many bytes make a window, if one ends before this line.
    private func look(at line: UnsafeBufferPointer<UInt8>) -> Int? {
        let before = scanned
        scanned += line.count
        guard let place = place(line) else {
            group.records += 1
            return nil
        }
        let isNew = enter(line.slice(0, place.name))
        if !isSorted || place.position < position { return stop(before) }
        position = place.position
        let isFree = isNew || position > openEnd
        let isFull =
            group.records >= limits.records || position - group.position > limits.bases
            || scanned - group.start > limits.bytes
        var end: Int?
        if isFree {
            group = (before, 0, position)
            if before >= ChunkReader.chunkSize { end = before }
            if isNew { openEnd = 0 }
        } else if isFull && group.start > 0 {
            end = group.start
        } else if isFull && before > 0 {
            following.isCut = true
            following.notes.append(
                "haplotypes are cut here: the records of this group of genes are more than the "
                    + "\(Phrase.grouped(limits.records)) records, \(Phrase.grouped(limits.bases)) bases or "
                    + "\(Phrase.grouped(limits.bytes)) bytes that are gathered"
            )
            group = (before, 0, position)
            openEnd = 0
            end = before
        }
        group.records += 1
        if let contig { openEnd = max(openEnd, reach(contig, position, position + place.length)) }
        return end
    }

    /// From this line on the records are out of order; returns the length of the window before it.
    private func stop(_ before: Int) -> Int? {
        isSorted = false
        let note = "the records are not sorted by position from here on, so that no haplotype is followed any more"
        if before == 0 {
            next = HaplotypeWindow(isFollowed: false, notes: next.notes + [note])
            return nil
        }
        following = HaplotypeWindow(isFollowed: false, notes: [note])
        return before
    }

    /// The length of CHROM, POS and the length of REF; nil if the line is not of that kind.
    private func place(_ line: UnsafeBufferPointer<UInt8>) -> (name: Int, position: Int, length: Int)? {
        var tabs = (0, 0, 0, 0)
        func tab(_ from: Int) -> Int? {
            memchr(line.baseAddress! + from, 9, line.count - from).map {
                UnsafeRawPointer(line.baseAddress!).distance(to: $0)
            }
        }
        guard let first = tab(0), let second = tab(first + 1), let third = tab(second + 1), let fourth = tab(third + 1),
            let position = line.slice(first + 1, second).decimal
        else { return nil }
        tabs = (first, second, third, fourth)
        return (tabs.0, position, tabs.3 - tabs.2 - 1)
    }

    /// Takes note of the contig; returns whether it is another than that of the line before.
    private func enter(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        if !contigName.isEmpty && contigName.bytes.elementsEqual(name) { return false }
        contigName.removeAll()
        contigName.append(name)
        position = 0
        contig = store.contigNumbers[name.text].map { store.contig($0) }
        if let contig, !seen.insert(contig.number).inserted { isSorted = false }
        return true
    }

    /// The last coding base of the transcripts whose coding sequence lies at `low...high`; 0 if there is none.
    private func reach(_ contig: ContigView, _ low: Int, _ high: Int) -> Int {
        let margin = Transcript.spliceSite
        store.transcriptBins.collect(
            from: low - margin, to: high + margin, firstBin: contig.firstBin, binCount: contig.binCount, into: &found)
        var end = 0
        for index in 0..<found.count {
            let transcript = store.transcript(Int(found[index]))
            if transcript.touchesCoding(low, high) { end = max(end, transcript.genomicCodingEnd + margin) }
        }
        return end
    }
}

extension Transcript {
    /// The bases of a splice site, at either end of an intron.
    static let spliceSite = 2

    /// Whether the genomic interval `low...high` touches the coding part of an exon or a splice site beside it.
    func touchesCoding(_ low: Int, _ high: Int) -> Bool {
        let margin = Transcript.spliceSite
        guard isCoding, high >= genomicCodingStart - margin, low <= genomicCodingEnd + margin else { return false }
        var index = exonIndex(endingAtOrAfter: low - margin)
        while index < exonCount && Int(exons[index].start) - margin <= high {
            let start = max(Int(exons[index].start), genomicCodingStart)
            let end = min(Int(exons[index].end), genomicCodingEnd)
            if start <= end && high >= start - margin && low <= end + margin { return true }
            index += 1
        }
        return false
    }
}
