/// What a change does to the introns of a transcript.
///
///          exon ...|GT........................AG|... exon        (5' to 3')
///     donor        12                                            splice_donor
///     fifth            5                                         splice_donor_5th_base
///     region         3456                                        splice_donor_region (the 5th base apart)
///     tract                  <-17 ......... -3>                  splice_polypyrimidine_tract
///     acceptor                               -2-1                splice_acceptor
///     splice_region: 1-3 bases of the exon, 3-8 bases of the intron
struct SpliceEffects {
    var donor = false
    var acceptor = false
    var fifthBase = false
    var donorRegion = false
    var tract = false
    var region = false
    /// Between the splice sites.
    var intronic = false
    /// In an intron of at most 13 bases, which Ensembl takes for a correction of the reading frame, not an intron.
    var frameshiftIntron = false
    /// The change touches an intron at all, or (in genomic order) one of the three exonic bases beside it.
    var touchesIntron = false

    /// Deeper than so many bases in an intron nothing but the intron is touched: the polypyrimidine tract ends at 17, and a
    /// frameshift intron makes exons reach out by 12.
    static let reach: Int32 = 20

    /// Adds the effects of all introns near the change.
    @inline(__always)
    init(_ change: Change, on transcript: Transcript, place: TranscriptPlace) {
        if transcript.exonCount < 2 { return }
        // Introns are numbered by the exon before them in genomic order; start one exon early for the three flank bases.
        var index = max(0, place.firstExon - 2)
        while index + 1 < transcript.exonCount {
            let start = Int(transcript.exons[index].end) + 1
            let end = Int(transcript.exons[index + 1].start) - 1
            if start - 3 > change.high { return }
            if start <= end && change.spanOverlaps(start - 3, end + 3) {
                touchesIntron = true
                let isAtBorder =
                    change.spanOverlaps(start - 3, start + 7) || change.spanOverlaps(end - 7, end + 3)
                addRegions(of: change, intron: start, end, isForward: transcript.isForward, isAtBorder: isAtBorder)
            }
            index += 1
        }
    }

    /// A change of several bases is judged by the runs of bases that differ, not by its whole span: `ACT/GCA` changes
    /// two single bases.
    private mutating func addRegions(
        of change: Change, intron start: Int, _ end: Int, isForward: Bool, isAtBorder: Bool
    ) {
        let count = max(change.reference.count, change.alternate.count)
        guard change.reference.count > 1 && change.alternate.count > 1 else {
            return add(change.start, change.end, start, end, isForward, isAtBorder)
        }
        var offset = 0
        while offset < count {
            if !differs(change, offset) {
                offset += 1
                continue
            }
            var last = offset
            while last + 1 < count && differs(change, last + 1) { last += 1 }
            add(change.start + offset, change.start + last, start, end, isForward, isAtBorder)
            offset = last + 1
        }
    }

    private func differs(_ change: Change, _ offset: Int) -> Bool {
        offset >= change.reference.count || offset >= change.alternate.count
            || change.reference[offset] != change.alternate[offset]
    }

    private mutating func add(
        _ from: Int, _ to: Int, _ start: Int, _ end: Int, _ isForward: Bool, _ isAtBorder: Bool
    ) {
        @inline(__always) func overlaps(_ low: Int, _ high: Int) -> Bool { to >= low && from <= high }
        let isInsertion = from == to + 1
        if end - start <= 12 && overlaps(start, end) {
            frameshiftIntron = true
            return
        }
        if overlaps(start + 2, end - 2) || (isInsertion && (from == start + 2 || to == end - 2)) { intronic = true }
        // An insertion right before the tract's first base belongs to it.
        if isForward {
            if overlaps(end - 16, end - 2) || (isInsertion && from == end - 16) { tract = true }
        } else {
            if overlaps(start + 2, start + 16) || (isInsertion && to == start + 16) { tract = true }
        }
        guard isAtBorder else { return }
        let atStart = overlaps(start, start + 1)
        let atEnd = overlaps(end - 1, end)
        if isForward {
            if atStart { donor = true }
            if atEnd { acceptor = true }
            if overlaps(start + 4, start + 4) { fifthBase = true }
            if overlaps(start + 2, start + 5) { donorRegion = true }
        } else {
            if atEnd { donor = true }
            if atStart { acceptor = true }
            if overlaps(end - 4, end - 4) { fifthBase = true }
            if overlaps(end - 5, end - 2) { donorRegion = true }
        }
        let inRegion =
            overlaps(start + 2, start + 7) || overlaps(end - 7, end - 2) || overlaps(start - 3, start - 1)
            || overlaps(end + 1, end + 3)
            || (isInsertion && (from == start || to == end || from == start + 2 || to == end - 2))
        if inRegion { region = true }
    }
}
