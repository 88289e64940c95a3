/// One member of a haplotype, placed on one transcript.
struct HaplotypeChange {
    let member: HaplotypeMember
    /// As VEP sees it, for what it does alone.
    let given: Change
    /// Its interval on the genome, trimmed of what both alleles share: 1-based, `from..<to`, empty for an insertion.
    let from: Int
    let to: Int
    /// The bases that come there, on the forward strand.
    let bases: UnsafeBufferPointer<UInt8>
    /// Its interval in the translated sequence, 0-based, half-open, 5' to 3'.
    let start: Int
    let end: Int

    /// By how many bases it makes the sequence longer.
    var growth: Int { bases.count - (end - start) }
    /// The first and the last codon it touches, from 0 on; of an insertion between two codons the first is the later one.
    var firstCodon: Int { start / 3 }
    var lastCodon: Int { end > start ? (end - 1) / 3 : (start + 2) / 3 - 1 }

    /// What an allele means for a haplotype of a transcript.
    enum Meaning {
        case change(HaplotypeChange)
        /// It leaves the coding sequence as it is.
        case nothing
        /// What the transcript's product is with it cannot be told.
        case breaks
    }

    /// Places an allele on a transcript.
    static func meaning(
        of member: HaplotypeMember, at site: HaplotypeSite, in sites: borrowing HaplotypeSites,
        on transcript: Transcript
    ) -> Meaning {
        guard let reference = sites.allele(0, of: site), let alternate = sites.allele(Int(member.allele), of: site)
        else { return .nothing }
        switch alternate.type {
        // The bases that a spanning deletion lacks are lacking through the record of that deletion.
        case .spanningDeletion, .noAlternate, .same: return .nothing
        case .symbolic, .breakend: return .breaks
        default: break
        }
        let index = BaseTables.shared.index
        guard site.isRight, alternate.bases.allSatisfy({ index[Int($0)] < 4 }) else { return .breaks }
        let trimmed = NormalisedAllele(
            position: site.position, reference: reference.bases, alternate: alternate.bases)
        let change = Change(
            start: trimmed.position, end: trimmed.position + trimmed.reference.count - 1,
            reference: trimmed.reference, alternate: trimmed.alternate)
        let place = TranscriptPlace(change, on: transcript)
        let splice = SpliceEffects(change, on: transcript, place: place)
        if splice.donor || splice.acceptor { return .breaks }
        guard place.touchesCDS, place.firstExon == place.lastExon else {
            return place.touchesCDS ? .breaks : .nothing
        }
        let exon = transcript.exons[place.firstExon]
        if change.isInsertion {
            // Between the coding sequence and an untranslated region: no part of either.
            guard place.isTranslated else { return .nothing }
            if change.low < Int(exon.start) || change.high > Int(exon.end) { return .breaks }
        }
        guard place.isTranslated else { return .breaks }
        let given = Change(
            start: site.position + site.anchor, end: site.position + reference.bases.count - 1,
            reference: reference.bases.slice(site.anchor, reference.bases.count),
            alternate: alternate.bases.slice(min(site.anchor, alternate.bases.count), alternate.bases.count))
        return .change(
            HaplotypeChange(
                member: member, given: given, from: trimmed.position,
                to: trimmed.position + trimmed.reference.count, bases: trimmed.alternate,
                start: place.cdsStart - 1, end: place.cdsEnd))
    }
}
