/// What a variant does to a feature: the terms of the Sequence Ontology that Ensembl VEP uses, most severe first
/// (https://www.ensembl.org/info/genome/variation/prediction/predicted_data.html).
enum Consequence: UInt8, CaseIterable, Sendable {
    case transcriptAblation
    case spliceAcceptor
    case spliceDonor
    case stopGained
    case frameshift
    case stopLost
    case startLost
    case transcriptAmplification
    case featureElongation
    case featureTruncation
    case inframeInsertion
    case inframeDeletion
    case missense
    case proteinAltering
    case spliceDonorFifthBase
    case spliceRegion
    case spliceDonorRegion
    case splicePolypyrimidineTract
    case incompleteTerminalCodon
    case startRetained
    case stopRetained
    case synonymous
    case codingSequence
    case matureMicroRNA
    case fivePrimeUTR
    case threePrimeUTR
    case nonCodingTranscriptExon
    case intron
    case nmdTranscript
    case nonCodingTranscript
    case codingTranscript
    case upstreamGene
    case downstreamGene
    case intergenic

    /// The Sequence Ontology's name of the term.
    var term: StaticString {
        switch self {
        case .transcriptAblation: "transcript_ablation"
        case .spliceAcceptor: "splice_acceptor_variant"
        case .spliceDonor: "splice_donor_variant"
        case .stopGained: "stop_gained"
        case .frameshift: "frameshift_variant"
        case .stopLost: "stop_lost"
        case .startLost: "start_lost"
        case .transcriptAmplification: "transcript_amplification"
        case .featureElongation: "feature_elongation"
        case .featureTruncation: "feature_truncation"
        case .inframeInsertion: "inframe_insertion"
        case .inframeDeletion: "inframe_deletion"
        case .missense: "missense_variant"
        case .proteinAltering: "protein_altering_variant"
        case .spliceDonorFifthBase: "splice_donor_5th_base_variant"
        case .spliceRegion: "splice_region_variant"
        case .spliceDonorRegion: "splice_donor_region_variant"
        case .splicePolypyrimidineTract: "splice_polypyrimidine_tract_variant"
        case .incompleteTerminalCodon: "incomplete_terminal_codon_variant"
        case .startRetained: "start_retained_variant"
        case .stopRetained: "stop_retained_variant"
        case .synonymous: "synonymous_variant"
        case .codingSequence: "coding_sequence_variant"
        case .matureMicroRNA: "mature_miRNA_variant"
        case .fivePrimeUTR: "5_prime_UTR_variant"
        case .threePrimeUTR: "3_prime_UTR_variant"
        case .nonCodingTranscriptExon: "non_coding_transcript_exon_variant"
        case .intron: "intron_variant"
        case .nmdTranscript: "NMD_transcript_variant"
        case .nonCodingTranscript: "non_coding_transcript_variant"
        case .codingTranscript: "coding_transcript_variant"
        case .upstreamGene: "upstream_gene_variant"
        case .downstreamGene: "downstream_gene_variant"
        case .intergenic: "intergenic_variant"
        }
    }

    /// VEP's rating of how bad the term is.
    var impact: Impact {
        switch self {
        case .transcriptAblation, .spliceAcceptor, .spliceDonor, .stopGained, .frameshift, .stopLost, .startLost,
            .transcriptAmplification, .featureElongation, .featureTruncation:
            .high
        case .inframeInsertion, .inframeDeletion, .missense, .proteinAltering: .moderate
        case .spliceDonorFifthBase, .spliceRegion, .spliceDonorRegion, .splicePolypyrimidineTract,
            .incompleteTerminalCodon, .startRetained, .stopRetained, .synonymous:
            .low
        default: .modifier
        }
    }
}

/// How much a consequence is likely to disturb the product, in VEP's four steps.
enum Impact: UInt8, CaseIterable, Sendable {
    case high
    case moderate
    case low
    case modifier

    /// The word in CSQ.
    var word: StaticString {
        switch self {
        case .high: "HIGH"
        case .moderate: "MODERATE"
        case .low: "LOW"
        case .modifier: "MODIFIER"
        }
    }
}

/// A set of consequences of one allele on one feature; iterates from the most severe to the least.
struct ConsequenceSet: Equatable, Sendable {
    private(set) var bits: UInt64 = 0

    init() {}
    init(_ consequence: Consequence) { insert(consequence) }
    init(_ consequences: [Consequence]) { for consequence in consequences { insert(consequence) } }

    var isEmpty: Bool { bits == 0 }
    func contains(_ consequence: Consequence) -> Bool { bits & (1 << UInt64(consequence.rawValue)) != 0 }
    mutating func insert(_ consequence: Consequence) { bits |= 1 << UInt64(consequence.rawValue) }
    mutating func remove(_ consequence: Consequence) { bits &= ~(1 << UInt64(consequence.rawValue)) }
    mutating func formUnion(_ other: ConsequenceSet) { bits |= other.bits }

    /// The most severe member; nil if the set is empty.
    var worst: Consequence? { bits == 0 ? nil : Consequence(rawValue: UInt8(bits.trailingZeroBitCount)) }

    /// The impact of the set: its most severe member's. (Impacts do not fall as severity rises.)
    var impact: Impact { worst?.impact ?? .modifier }

    @inline(__always)
    func forEach(_ body: (Consequence) -> Void) {
        var rest = bits
        while rest != 0 {
            body(Consequence(rawValue: UInt8(rest.trailingZeroBitCount))!)
            rest &= rest - 1
        }
    }

    /// The terms as CSQ writes them, joined by `&`.
    var text: String {
        var terms: [String] = []
        forEach { terms.append("\($0.term)") }
        return terms.joined(separator: "&")
    }
}
