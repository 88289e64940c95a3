/// Where a change lies on a transcript, in AnnTools' words.
struct AnnToolsPlace {
    enum PositionType {
        case cds
        case utr5
        case utr3
        case intron
        case nonCodingExon
        case nonCodingIntron

        var word: StaticString {
            switch self {
            case .cds: "CDS"
            case .utr5: "utr5"
            case .utr3: "utr3"
            case .intron: "intron"
            case .nonCodingExon: "non_coding_exon"
            case .nonCodingIntron: "non_coding_intron"
            }
        }
    }

    /// The nearest border of an exon and an intron.
    struct Splice: Equatable {
        /// Bases to the border: the last base before it has -1, the first one behind it 1, 5' to 3'; 0 if the change
        /// lies on both sides. Of two borders at the same distance the one before (5') counts.
        var distance: Int
        /// Where an exon ends; else where one begins.
        var isDonor: Bool
    }

    let type: PositionType
    /// nil in a transcript of one exon: the ends of a transcript are no splice sites.
    let splice: Splice?

    /// - Parameter change: overlaps the transcript.
    init(_ change: Change, at place: TranscriptPlace, on transcript: Transcript) {
        type = AnnToolsPlace.type(change, place, transcript)
        splice = transcript.exonCount > 1 ? AnnToolsPlace.splice(change, transcript) : nil
    }

    /// Of a change that touches several parts the one that matters most: CDS, then UTR, then intron.
    private static func type(_ change: Change, _ place: TranscriptPlace, _ transcript: Transcript) -> PositionType {
        guard transcript.isCoding else { return place.touchesCDNA ? .nonCodingExon : .nonCodingIntron }
        if place.touchesCDS { return .cds }
        guard place.touchesCDNA else { return .intron }
        return (change.low < transcript.genomicCodingStart) == transcript.isForward ? .utr5 : .utr3
    }

    private static func splice(_ change: Change, _ transcript: Transcript) -> Splice? {
        // A gene model may begin before its first exon.
        let low = max(change.low, Int(transcript.exons[0].start))
        let high = min(change.high, transcript.end)
        if low > high { return nil }
        let index = transcript.exonIndex(endingAtOrAfter: low)
        let exon = transcript.exons[index]
        let isExonic = Int(exon.start) <= low
        // The exon or intron in which the change begins, and whether it has borders on its two sides.
        let start = isExonic ? Int(exon.start) : Int(transcript.exons[index - 1].end) + 1
        let end = isExonic ? Int(exon.end) : Int(exon.start) - 1
        if high > end {
            let isFirstExonic = transcript.isForward ? isExonic : transcript.cdna(high) != nil
            return Splice(distance: 0, isDonor: isFirstExonic)
        }
        let left = isExonic && index == 0 ? Int.max : low - start + 1
        let right = isExonic && index + 1 == transcript.exonCount ? Int.max : end - high + 1
        let (before, after) = transcript.isForward ? (left, right) : (right, left)
        return before <= after
            ? Splice(distance: before, isDonor: !isExonic) : Splice(distance: -after, isDonor: isExonic)
    }
}
