/// Where a change lies on a transcript: the coordinates of Ensembl's mapper, 5' to 3'. 0 stands for "not defined":
/// that end lies in an intron, outside the transcript, or (for the CDS) in an untranslated region.
///
/// For an insertion `start == end + 1` in every coordinate system, also when only one of the two bases that flank it is
/// exonic.
struct TranscriptPlace {
    var cdnaStart = 0
    var cdnaEnd = 0
    /// In the translated sequence, phase bases included.
    var cdsStart = 0
    var cdsEnd = 0
    /// Some base (or flank, for an insertion) is exonic.
    var touchesCDNA = false
    /// Some base is coding.
    var touchesCDS = false
    /// Indices of the exons that the closed interval between the outermost positions touches; empty if first > last.
    var firstExon = 0
    var lastExon = -1

    var touchesExonSpan: Bool { firstExon <= lastExon }
    /// First and last residue that the change touches; for an insertion between two codons start is end + 1.
    var proteinStart: Int { cdsStart == 0 ? 0 : (cdsStart + 2) / 3 }
    var proteinEnd: Int { cdsEnd == 0 ? 0 : (cdsEnd + 2) / 3 }
    /// Both ends are translated; then codons and peptides exist.
    var isTranslated: Bool { cdsStart > 0 && cdsEnd > 0 }

    @inline(__always)
    init(_ change: Change, on transcript: Transcript) {
        firstExon = transcript.exonIndex(endingAtOrAfter: change.low)
        lastExon = firstExon - 1
        while lastExon + 1 < transcript.exonCount && Int(transcript.exons[lastExon + 1].start) <= change.high {
            lastExon += 1
        }
        if lastExon < firstExon { return }
        if change.isInsertion { mapInsertion(change, transcript) } else { mapSpan(change, transcript) }
        if transcript.isCoding { mapCoding(change, transcript) }
    }

    private mutating func mapSpan(_ change: Change, _ transcript: Transcript) {
        touchesCDNA = true
        let low = position(change.start, firstExon, transcript)
        let high = position(change.end, lastExon, transcript)
        (cdnaStart, cdnaEnd) = transcript.isForward ? (low, high) : (high, low)
    }

    private mutating func mapInsertion(_ change: Change, _ transcript: Transcript) {
        let left = position(change.end, firstExon, transcript)
        let right = position(change.start, lastExon, transcript)
        let (before, after) = transcript.isForward ? (left, right) : (right, left)
        touchesCDNA = before != 0 || after != 0
        if before != 0 {
            (cdnaStart, cdnaEnd) = (before + 1, before)
        } else if after != 0 {
            (cdnaStart, cdnaEnd) = (after, after - 1)
        }
    }

    private func position(_ genomic: Int, _ exon: Int, _ transcript: Transcript) -> Int {
        let record = transcript.exons[exon]
        return genomic >= Int(record.start) && genomic <= Int(record.end) ? transcript.cdna(genomic, inExon: exon) : 0
    }

    private mutating func mapCoding(_ change: Change, _ transcript: Transcript) {
        let from = transcript.codingStart
        let to = transcript.codingEnd
        let offset = transcript.phase + 1 - from
        if change.isInsertion {
            guard touchesCDNA, cdnaEnd >= from, cdnaStart <= to else { return }
            touchesCDS = true
            (cdsStart, cdsEnd) = (cdnaStart + offset, cdnaEnd + offset)
            return
        }
        if cdnaStart >= from && cdnaStart <= to { cdsStart = cdnaStart + offset }
        if cdnaEnd >= from && cdnaEnd <= to { cdsEnd = cdnaEnd + offset }
        for index in firstExon...lastExon {
            let exon = transcript.exons[index]
            let low = max(change.start, Int(exon.start), transcript.genomicCodingStart)
            let high = min(change.end, Int(exon.end), transcript.genomicCodingEnd)
            if low <= high { touchesCDS = true }
        }
    }
}
