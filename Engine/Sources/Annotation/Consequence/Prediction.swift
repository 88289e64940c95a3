/// Predicts the consequences of one change on one transcript, by the definitions of Ensembl VEP 115
/// (https://www.ensembl.org/info/genome/variation/prediction/predicted_data.html).
///
/// One deliberate difference, which VEP 116 makes too: `stop_retained_variant` asks whether the annotated stop
/// survives. VEP 115 also assigns it to a change that keeps the residue it begins with and brings a stop anywhere, which
/// turned truncating frameshifts into moderate in-frame insertions.
struct Prediction {
    let change: Change
    let transcript: Transcript
    let place: TranscriptPlace

    private var lengthens: Bool { change.alternate.count > change.end - change.start + 1 }
    private var shortens: Bool { change.alternate.count < change.end - change.start + 1 }

    init(_ change: Change, on transcript: Transcript) {
        self.change = change
        self.transcript = transcript
        place = TranscriptPlace(change, on: transcript)
    }

    var isWithin: Bool { change.overlaps(transcript.start, transcript.end) }

    /// The exon test that Ensembl applies before it looks closer: it stretches exons by 12 bases when the transcript has
    /// a frameshift intron.
    var isNearExon: Bool {
        if place.touchesExonSpan { return true }
        guard transcript.has(TranscriptRecord.hasFrameshiftIntron) else { return false }
        let index = transcript.exonIndex(endingAtOrAfter: change.low - 12)
        return index < transcript.exonCount && Int(transcript.exons[index].start) - 12 <= change.high
    }

    /// Whether codons are looked at: an exon is touched, within the genomic span of the CDS.
    var isCoding: Bool {
        transcript.isCoding && isNearExon
            && change.spanOverlaps(transcript.genomicCodingStart, transcript.genomicCodingEnd)
    }

    /// Whether the protein may be another one. What stands before the start codon leaves it as it is, also where HGVS
    /// shifts it into that codon.
    /// - Parameter trimmed: the change without the bases that both alleles share.
    func changesProtein(_ terms: ConsequenceSet, by trimmed: Change) -> Bool {
        guard isCoding else { return false }
        guard trimmed.start == change.start && trimmed.end == change.end else {
            return Prediction(trimmed, on: transcript).changesProtein(terms, by: trimmed)
        }
        return place.touchesCDS || !terms.contains(.fivePrimeUTR)
    }

    /// The consequences of a change within the transcript. `coding` must have been set for this change if ``isCoding``.
    func consequences(coding: borrowing CodingChange) -> ConsequenceSet {
        if change.start <= transcript.start && change.end >= transcript.end && shortens {
            return ConsequenceSet(.transcriptAblation)
        }
        if touchesMatureMicroRNA { return ConsequenceSet(.matureMicroRNA) }
        var found = ConsequenceSet()
        let splice = SpliceEffects(change, on: transcript, place: place)
        addSplicing(splice, to: &found)
        if isCoding {
            let judge = CodingJudge(
                change: change,
                transcript: transcript,
                place: place,
                lengthens: lengthens,
                shortens: shortens
            )
            judge.add(to: &found, coding: coding, inFrameshiftIntron: splice.frameshiftIntron)
        }
        if transcript.isCoding { addUTR(splice, to: &found) } else { addNonCoding(to: &found) }
        if transcript.has(TranscriptRecord.isNMD) { found.insert(.nmdTranscript) }
        return found
    }

    var touchesMatureMicroRNA: Bool {
        guard transcript.has(TranscriptRecord.isMicroRNA) else { return false }
        for index in 0..<Int(transcript.record.pointee.matureCount) {
            let interval = transcript.mature[index]
            if change.overlaps(Int(interval.start), Int(interval.end)) { return true }
        }
        return false
    }

    private func addSplicing(_ splice: SpliceEffects, to found: inout ConsequenceSet) {
        guard splice.touchesIntron else { return }
        if splice.donor { found.insert(.spliceDonor) }
        if splice.acceptor { found.insert(.spliceAcceptor) }
        if splice.fifthBase { found.insert(.spliceDonorFifthBase) }
        let donorRegion = splice.donorRegion && !splice.fifthBase
        if donorRegion { found.insert(.spliceDonorRegion) }
        if splice.tract && !isNearExon { found.insert(.splicePolypyrimidineTract) }
        if splice.region && !splice.donor && !splice.acceptor && !donorRegion && !splice.fifthBase {
            found.insert(.spliceRegion)
        }
        if splice.intronic { found.insert(.intron) }
    }

    func addUTR(_ splice: SpliceEffects, to found: inout ConsequenceSet) {
        guard isNearExon, place.touchesCDNA || splice.frameshiftIntron else { return }
        let from = transcript.genomicCodingStart
        let to = transcript.genomicCodingEnd
        guard change.low < from || change.high > to else { return }
        let touchesBefore = (change.isInsertion && change.start == from) || change.overlaps(transcript.start, from - 1)
        let touchesAfter = (change.isInsertion && change.end == to) || change.overlaps(to + 1, transcript.end)
        // A change that runs over the end of a CDS without an untranslated region touches none.
        let before = transcript.start < from && touchesBefore
        let after = to < transcript.end && touchesAfter
        if transcript.isForward ? before : after { found.insert(.fivePrimeUTR) }
        if transcript.isForward ? after : before { found.insert(.threePrimeUTR) }
    }

    func addNonCoding(to found: inout ConsequenceSet) {
        if transcript.has(TranscriptRecord.isProteinCoding) { return }
        var touchesExon = false
        if place.touchesExonSpan {
            for index in place.firstExon...place.lastExon {
                let exon = transcript.exons[index]
                if change.overlaps(Int(exon.start), Int(exon.end)) { touchesExon = true }
            }
        }
        found.insert(touchesExon ? .nonCodingTranscriptExon : .nonCodingTranscript)
    }
}
