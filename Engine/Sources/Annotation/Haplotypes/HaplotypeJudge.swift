/// Judges changes of a transcript, alone and together, by the rules that make CSQ: their consequences and HGVSp.
struct HaplotypeJudge: ~Copyable {
    /// What changes do to a transcript.
    struct Verdict {
        var terms: ConsequenceSet
        /// HGVSp; empty if there is none.
        var protein: [UInt8]

        /// Whether no base behind the changes is translated any more.
        func endsProduct(isOutOfFrame: Bool) -> Bool { isOutOfFrame || terms.contains(.stopGained) }
    }

    private let store: ReferenceStore
    private var coding = CodingChange()
    private var shiftedCoding = CodingChange()
    private var combined = CombinedChange()
    private var rotated = ByteBuffer(capacity: 256)
    private var text = ByteBuffer(capacity: 256)

    init(_ store: ReferenceStore) { self.store = store }

    private func proteinName(_ transcript: Transcript) -> UnsafeBufferPointer<UInt8> {
        let range = transcript.record.pointee.protein
        return UnsafeBufferPointer(start: store.text + Int(range.offset), count: Int(range.count))
    }

    /// What one change does alone, as CSQ has it.
    mutating func alone(_ change: Change, on transcript: Transcript, _ contig: ContigView) -> Verdict {
        let prediction = Prediction(change, on: transcript)
        if prediction.isCoding { coding.set(change, at: prediction.place, on: transcript) }
        let terms = prediction.consequences(coding: coding)
        text.removeAll()
        let description = CodingDescription(change, on: transcript, of: contig, in: store, scratch: &rotated)
        if let description, prediction.changesProtein(terms, by: description.given) {
            let shifted = description.isBehindEnd ? description.given : description.shifted
            describe(shifted, terms, on: transcript)
        }
        return Verdict(terms: terms, protein: Array(text.bytes))
    }

    /// What several changes, 5' to 3', do together; nil if that cannot be told. `single` are the terms of each alone.
    mutating func together(
        _ changes: ArraySlice<HaplotypeChange>, single: ConsequenceSet, on transcript: Transcript, _ contig: ContigView
    ) -> Verdict? {
        guard let change = combine(changes, transcript, contig) else { return nil }
        let place = TranscriptPlace(change, on: transcript)
        guard place.isTranslated else { return nil }
        coding.set(change, at: place, on: transcript)
        let replaced = place.cdsEnd - place.cdsStart + 1
        let judge = CodingJudge(
            change: change, transcript: transcript, place: place, lengthens: change.alternate.count > replaced,
            shortens: change.alternate.count < replaced)
        var terms = ConsequenceSet()
        judge.add(to: &terms, coding: coding, inFrameshiftIntron: false)
        // Whatever does not depend on codons is true of the combination if it is of a part.
        for term in [Consequence.spliceRegion, .nmdTranscript] where single.contains(term) { terms.insert(term) }
        text.removeAll()
        describe(change, terms, on: transcript)
        return Verdict(terms: terms, protein: Array(text.bytes))
    }

    private mutating func combine(
        _ changes: ArraySlice<HaplotypeChange>, _ transcript: Transcript, _ contig: ContigView
    ) -> Change? {
        transcript.isForward
            ? combined.combine(changes, on: transcript, contig, store)
            : combined.combine(changes.reversed(), on: transcript, contig, store)
    }

    /// Writes HGVSp of a change into `text`.
    private mutating func describe(_ change: Change, _ terms: ConsequenceSet, on transcript: Transcript) {
        let place = TranscriptPlace(change, on: transcript)
        guard place.isTranslated else { return }
        shiftedCoding.set(change, at: place, on: transcript)
        ProteinDescription(transcript: transcript, place: place, terms: terms).write(
            name: proteinName(transcript), coding: shiftedCoding, to: &text)
    }

    /// Whether the product of `changes`, which leave the frame shifted, goes on up to `next`: no stop comes before it.
    mutating func isReached(
        _ next: HaplotypeChange, after changes: ArraySlice<HaplotypeChange>, on transcript: Transcript,
        _ contig: ContigView
    ) -> Bool {
        guard let change = combine(changes, transcript, contig) else { return false }
        let place = TranscriptPlace(change, on: transcript)
        guard place.isTranslated else { return false }
        coding.set(change, at: place, on: transcript)
        let replaced = place.cdsEnd - place.cdsStart + 1
        let product = AlternateCDS(
            transcript: transcript, start: place.cdsStart - 1, replaced: replaced, bases: coding.bases.bytes)
        let code = GeneticCodes.shared.table(Int(transcript.record.pointee.geneticCode))
        let first = min(place.proteinStart, place.proteinEnd)
        guard let stop = product.stop(from: max(1, first), code: code) else { return true }
        return stop * 3 > next.start + coding.bases.count - replaced
    }
}
