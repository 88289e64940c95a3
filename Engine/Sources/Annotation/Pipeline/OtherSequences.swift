/// Contigs of a file that bear the name of one of the reference's but are another sequence, so that no record on them can
/// be annotated. Above all chrM of UCSC's hg18 and hg19 is NC_001807, whose positions are not the rCRS's.
struct OtherSequences: Sendable {
    /// Why the records on a contig pass through unchanged, by the file's name of it.
    private(set) var reasons: [String: String] = [:]
    /// Names of contigs whose length the header states as the reference has it.
    private var confirmed: Set<String> = []

    /// Compares the lengths that the header states with the reference's.
    init(_ header: VCFHeader, _ reference: Reference) {
        let store = reference.store
        for contig in header.contigs {
            guard let length = contig.length, let number = store.contigNumbers[contig.name] else { continue }
            let own = store.manifest.contigs[number]
            if own.length == length {
                confirmed.insert(contig.name)
                continue
            }
            let former = ContigNames.formerMitochondrion
            let what =
                ContigNames.isMitochondrion(contig.name) && length == former.length
                ? "it is \(former.accession), as in UCSC's hg19, not \(own.name) of"
                : "it is another sequence than \(own.name) of"
            reasons[contig.name] =
                "the header says that \(contig.name) has \(Phrase.count(length, "base")): \(what) \(reference.name), which has "
                + "\(Phrase.count(own.length, "base")), so that its records pass through unchanged"
        }
    }

    /// The reasons for the contigs of which there are records, sorted by name.
    func messages(_ records: [String: Int]) -> [String] { records.keys.sorted().compactMap { reasons[$0] } }

    /// Whether only the alleles can tell that this contig is the reference's: a human mitochondrion without a length.
    func isDoubtful(_ name: String, _ contig: ContigView, in store: ReferenceStore) -> Bool {
        guard [ContigNames.mitochondrionLength, ContigNames.formerMitochondrion.length].contains(contig.length),
            !confirmed.contains(name)
        else { return false }
        let entry = store.manifest.contigs[contig.number]
        return ([entry.name] + entry.aliases).contains(where: ContigNames.isMitochondrion)
    }

    /// Why the records of `lines` on a doubtful contig cannot be of it: more than a third of their REF alleles disagree
    /// with it, of several or of all. By chance a quarter of those of another sequence agree. nil if they can.
    static func reason(
        _ name: String, _ contig: ContigView, _ lines: UnsafeBufferPointer<UInt8>, _ reference: Reference
    ) -> String? {
        var (checked, differing) = (0, 0)
        AssemblyDetector.forEachRecord(lines, limit: Int.max) { chromosome, position, allele in
            guard chromosome == name else { return }
            checked += 1
            if !reference.store.agrees(allele, position, contig) { differing += 1 }
        }
        guard differing * 3 > checked, differing > 1 || checked == 1 else { return nil }
        return "\(differing) of \(Phrase.count(checked, "REF allele")) on \(name) from here on disagree with "
            + "\(reference.name): this is another mitochondrion (such as NC_001807, chrM of UCSC's hg19), so that these "
            + "records pass through unchanged"
    }
}
