/// The counts of one worker; added up at the end, in any order.
struct Tally {
    /// One count for each case of an enumeration, of which none has more.
    typealias Counts = InlineArray<48, Int>

    var records = 0
    var alleles = 0
    var annotatedAlleles = 0
    var passedThrough = 0
    var outsideContig = 0
    var checked = 0
    var mismatches = 0
    var transitions = 0
    var transversions = 0
    var known = 0
    var novel = 0
    var blankLines = 0
    /// By ``NotAnnotated/rawValue``; once per alternate allele.
    var reasons = [Int](repeating: 0, count: NotAnnotated.allCases.count)
    /// By ``Consequence/rawValue``; once per allele, the most severe term of all its transcripts.
    var worst = Counts(repeating: 0)
    /// By ``Consequence/rawValue``; once per allele and transcript.
    var terms = Counts(repeating: 0)
    /// By ``Impact/rawValue``; once per allele.
    var impacts = Counts(repeating: 0)
    var types = Counts(repeating: 0)
    /// Records by contig number of the reference.
    var contigs: [Int]
    /// Records by name of a contig that the reference lacks.
    private(set) var unknownContigs: [String: Int] = [:]
    /// Records by name of a contig that is another sequence than the reference's.
    var otherSequences: [String: Int] = [:]
    var haplotypes = HaplotypeSummary()
    /// A bit for each gene in which a change lies.
    var genes: [UInt64]

    init(contigs: Int, genes: Int) {
        self.contigs = [Int](repeating: 0, count: contigs)
        self.genes = [UInt64](repeating: 0, count: (genes + 63) / 64)
    }

    /// How many contigs that the reference lacks are counted by name; a file of hostile names must not fill the memory.
    static let unknownLimit = 1_000
    /// The name under which the others are counted.
    static let otherContigs = "(other contigs)"
    private static let nameLimit = 200

    /// Counts records on a contig that the reference lacks; the first names in the order of the file are kept.
    mutating func addUnknown(_ name: String, _ count: Int) {
        let name = String(name.prefix(Tally.nameLimit))
        if unknownContigs[name] == nil && unknownContigs.count >= Tally.unknownLimit {
            unknownContigs[Tally.otherContigs, default: 0] += count
        } else {
            unknownContigs[name, default: 0] += count
        }
    }

    /// Adds the counts of another worker. Contigs that the reference lacks are counted as they are written.
    mutating func add(_ other: Tally) {
        records += other.records
        alleles += other.alleles
        annotatedAlleles += other.annotatedAlleles
        passedThrough += other.passedThrough
        outsideContig += other.outsideContig
        checked += other.checked
        mismatches += other.mismatches
        transitions += other.transitions
        transversions += other.transversions
        known += other.known
        novel += other.novel
        blankLines += other.blankLines
        for index in reasons.indices { reasons[index] += other.reasons[index] }
        for index in worst.indices { worst[index] += other.worst[index] }
        for index in terms.indices { terms[index] += other.terms[index] }
        for index in impacts.indices { impacts[index] += other.impacts[index] }
        for index in types.indices { types[index] += other.types[index] }
        for index in contigs.indices { contigs[index] += other.contigs[index] }
        for (name, count) in other.otherSequences { otherSequences[name, default: 0] += count }
        haplotypes.add(other.haplotypes)
        for index in genes.indices { genes[index] |= other.genes[index] }
    }
}
