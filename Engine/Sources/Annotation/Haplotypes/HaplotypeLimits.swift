/// How far records are gathered to follow a haplotype through the coding sequences of a group of overlapping transcripts.
/// Beyond that the haplotypes are cut, which the log says; memory stays within the bounds.
public struct HaplotypeLimits: Sendable, Equatable {
    /// The most records of a group.
    public var records = 10_000
    /// The widest group, in bases of the genome.
    public var bases = 4_000_000
    /// The largest group, in bytes of the input, and the most text that is written of its haplotypes.
    public var bytes = 8 << 20
    /// How many haplotypes are named in an entry, as `SAMPLE:1`; all are counted.
    public var names = 5
    /// How many changes are listed in an entry.
    public var members = 50

    /// Creates the defaults.
    public init() {}
}

/// What was made of the haplotypes, in numbers.
public struct HaplotypeSummary: Codable, Sendable, Equatable {
    /// Genotypes with an alternate allele in a coding sequence whose haplotypes are known: phased, homozygous or haploid.
    public var phasedGenotypes = 0
    /// Heterozygous genotypes in a coding sequence that are not phased: no haplotype holds them.
    public var unphasedGenotypes = 0
    /// Combinations of changes on transcripts that were written.
    public var combinations = 0
    /// Combinations whose consequence, or whose protein, is none of their single changes'.
    public var differing = 0
    /// Haplotypes of a transcript whose product cannot be told: they change a splice site, reach out of the coding
    /// sequence, or hold an allele that is no sequence.
    public var broken = 0
    /// Haplotypes of a transcript whose changes contradict each other.
    public var contradictory = 0
    /// Groups of records that were cut because they were larger than ``HaplotypeLimits`` allow.
    public var cuts = 0
    /// Entries that were left out because there was more text than ``HaplotypeLimits/bytes``.
    public var omitted = 0

    /// Creates zeros.
    public init() {}

    mutating func add(_ other: HaplotypeSummary) {
        phasedGenotypes += other.phasedGenotypes
        unphasedGenotypes += other.unphasedGenotypes
        combinations += other.combinations
        differing += other.differing
        broken += other.broken
        contradictory += other.contradictory
        cuts += other.cuts
        omitted += other.omitted
    }
}

extension AnnotationSummary {
    /// Takes over the counts, and says so if there was nothing to follow.
    mutating func addHaplotypes(_ counts: HaplotypeSummary) {
        haplotypes = counts
        guard counts.phasedGenotypes == 0 else { return }
        let why =
            samples == 0
            ? "the file has no samples"
            : counts.unphasedGenotypes == 0
                ? "no sample has an alternate allele in a coding sequence"
                : "no genotype in a coding sequence is phased"
        problems.append(
            Problem(
                line: nil, message: why + ", so that no haplotype was followed: consequences are of single variants"))
        problemCount += 1
    }
}
