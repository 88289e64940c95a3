/// Structural changes, whose sequence is not known: VEP's predicates ask where they lie and whether they take away or add.
extension Prediction {
    /// The consequences of a structural change within the transcript.
    func consequences(of kind: StructuralChange.Kind) -> ConsequenceSet {
        let coversAll = change.start <= transcript.start && change.end >= transcript.end
        if coversAll && kind.isDeletion { return ConsequenceSet(.transcriptAblation) }
        if coversAll && kind.isDuplication { return ConsequenceSet(.transcriptAmplification) }
        if touchesMatureMicroRNA { return ConsequenceSet(.matureMicroRNA) }
        var found = ConsequenceSet()
        let splice = SpliceEffects(change, on: transcript, place: place)
        if splice.intronic { found.insert(.intron) }
        if isCoding { addCoding(kind, inFrameshiftIntron: splice.frameshiftIntron, to: &found) }
        if transcript.isCoding { addUTR(splice, to: &found) } else { addNonCoding(to: &found) }
        if transcript.has(TranscriptRecord.isNMD) { found.insert(.nmdTranscript) }
        let isInside = change.start >= transcript.start && change.end <= transcript.end
        if isInside && (kind.isInsertion || kind.isDuplication) { found.insert(.featureElongation) }
        if !coversAll && kind.isDeletion { found.insert(.featureTruncation) }
        return found
    }

    private func addCoding(
        _ kind: StructuralChange.Kind, inFrameshiftIntron: Bool, to found: inout ConsequenceSet
    ) {
        let (from, to) = (transcript.genomicCodingStart, transcript.genomicCodingEnd)
        let touchesLow = change.overlaps(from, from + 2)
        let touchesHigh = change.overlaps(to - 2, to)
        // VEP takes any structural change for the loss of a start codon, and only a deletion for that of a stop codon.
        if transcript.isForward ? touchesLow : touchesHigh { found.insert(.startLost) }
        if kind.isDeletion && (transcript.isForward ? touchesHigh : touchesLow) { found.insert(.stopLost) }
        var keepsOrShiftsFrame = false
        if kind.isDeletion && liesInOneExon {
            let length = change.end - change.start + 1
            if length % 3 != 0 {
                found.insert(.frameshift)
                keepsOrShiftsFrame = true
            } else if place.isTranslated {
                found.insert(.inframeDeletion)
                keepsOrShiftsFrame = true
            }
        }
        let isWithinCDS = place.touchesCDS || (inFrameshiftIntron && change.overlaps(from, to))
        if isWithinCDS && !keepsOrShiftsFrame { found.insert(.codingSequence) }
    }

    private var liesInOneExon: Bool {
        guard place.firstExon == place.lastExon else { return false }
        let exon = transcript.exons[place.firstExon]
        return change.start >= Int(exon.start) && change.end <= Int(exon.end)
    }
}
