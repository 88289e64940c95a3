/// The field `ANN`: SnpEff's names, impacts and order of the consequences.
///
/// What VEP tells apart and SnpEff does not is merged: near a splice site all is `splice_region_variant`, the
/// polypyrimidine tract and `NMD_transcript_variant` have no term, and a splice site lies in an intron. In-frame changes are
/// conservative if they take or bring whole codons only, else disruptive.
enum ANN {
    static let fields = [
        "Allele", "Annotation", "Annotation_Impact", "Gene_Name", "Gene_ID", "Feature_Type", "Feature_ID",
        "Transcript_BioType", "Rank", "HGVS.c", "HGVS.p", "cDNA.pos / cDNA.length", "CDS.pos / CDS.length",
        "AA.pos / AA.length", "Distance", "ERRORS / WARNINGS / INFO",
    ]

    /// A term, most severe first within an impact: SnpEff's `EffectType`.
    enum Term: UInt8, CaseIterable {
        case transcriptAblation
        case frameshift
        case stopGained
        case stopLost
        case startLost
        case spliceAcceptor
        case spliceDonor
        case missense
        case transcriptAmplification
        case proteinAltering
        case conservativeInsertion
        case disruptiveInsertion
        case conservativeDeletion
        case disruptiveDeletion
        case spliceRegion
        case incompleteTerminalCodon
        case synonymous
        case startRetained
        case stopRetained
        case fivePrimeUTR
        case threePrimeUTR
        case matureMicroRNA
        case upstreamGene
        case downstreamGene
        case intron
        case intergenic
        case codingSequence
        case nonCodingTranscriptExon
        case nonCodingTranscript
        case featureElongation
        case featureTruncation

        var name: StaticString {
            switch self {
            case .transcriptAblation: "transcript_ablation"
            case .frameshift: "frameshift_variant"
            case .stopGained: "stop_gained"
            case .stopLost: "stop_lost"
            case .startLost: "start_lost"
            case .spliceAcceptor: "splice_acceptor_variant"
            case .spliceDonor: "splice_donor_variant"
            case .missense: "missense_variant"
            case .transcriptAmplification: "transcript_amplification"
            case .proteinAltering: "protein_altering_variant"
            case .conservativeInsertion: "conservative_inframe_insertion"
            case .disruptiveInsertion: "disruptive_inframe_insertion"
            case .conservativeDeletion: "conservative_inframe_deletion"
            case .disruptiveDeletion: "disruptive_inframe_deletion"
            case .spliceRegion: "splice_region_variant"
            case .incompleteTerminalCodon: "incomplete_terminal_codon_variant"
            case .synonymous: "synonymous_variant"
            case .startRetained: "start_retained_variant"
            case .stopRetained: "stop_retained_variant"
            case .fivePrimeUTR: "5_prime_UTR_variant"
            case .threePrimeUTR: "3_prime_UTR_variant"
            case .matureMicroRNA: "mature_miRNA_variant"
            case .upstreamGene: "upstream_gene_variant"
            case .downstreamGene: "downstream_gene_variant"
            case .intron: "intron_variant"
            case .intergenic: "intergenic_region"
            case .codingSequence: "coding_sequence_variant"
            case .nonCodingTranscriptExon: "non_coding_transcript_exon_variant"
            case .nonCodingTranscript: "non_coding_transcript_variant"
            case .featureElongation: "feature_elongation"
            case .featureTruncation: "feature_truncation"
            }
        }

        var impact: Impact {
            switch rawValue {
            case ...Term.spliceDonor.rawValue: .high
            case ...Term.disruptiveDeletion.rawValue: .moderate
            case ...Term.stopRetained.rawValue: .low
            default: .modifier
            }
        }
    }

    /// The terms for VEP's, as a set of bits by ``Term/rawValue``; never empty.
    /// - Parameter isConservative: whether an in-frame change takes or brings whole codons only.
    static func terms(_ consequences: ConsequenceSet, isConservative: Bool) -> UInt64 {
        var found: UInt64 = 0
        func add(_ term: Term) { found |= 1 << UInt64(term.rawValue) }
        consequences.forEach { consequence in
            switch consequence {
            case .transcriptAblation: add(.transcriptAblation)
            case .spliceAcceptor:
                add(.spliceAcceptor)
                add(.intron)
            case .spliceDonor:
                add(.spliceDonor)
                add(.intron)
            case .stopGained: add(.stopGained)
            case .frameshift: add(.frameshift)
            case .stopLost: add(.stopLost)
            case .startLost: add(.startLost)
            case .transcriptAmplification: add(.transcriptAmplification)
            case .featureElongation: add(.featureElongation)
            case .featureTruncation: add(.featureTruncation)
            case .inframeInsertion: add(isConservative ? .conservativeInsertion : .disruptiveInsertion)
            case .inframeDeletion: add(isConservative ? .conservativeDeletion : .disruptiveDeletion)
            case .missense: add(.missense)
            case .proteinAltering: add(.proteinAltering)
            case .spliceDonorFifthBase, .spliceRegion, .spliceDonorRegion: add(.spliceRegion)
            case .incompleteTerminalCodon: add(.incompleteTerminalCodon)
            case .startRetained: add(.startRetained)
            case .stopRetained: add(.stopRetained)
            case .synonymous: add(.synonymous)
            case .codingSequence: add(.codingSequence)
            case .matureMicroRNA: add(.matureMicroRNA)
            case .fivePrimeUTR: add(.fivePrimeUTR)
            case .threePrimeUTR: add(.threePrimeUTR)
            case .nonCodingTranscriptExon: add(.nonCodingTranscriptExon)
            case .splicePolypyrimidineTract, .intron: add(.intron)
            case .nmdTranscript, .nonCodingTranscript, .codingTranscript: break
            case .upstreamGene: add(.upstreamGene)
            case .downstreamGene: add(.downstreamGene)
            case .intergenic: add(.intergenic)
            }
        }
        if found == 0 { add(.nonCodingTranscript) }
        return found
    }

    /// Writes the terms joined by `&`, `|`, and the impact of the first.
    static func write(_ terms: UInt64, to output: inout ByteBuffer) {
        var rest = terms
        while rest != 0 {
            if rest != terms { output.append(UInt8(ascii: "&")) }
            output.append(Term(rawValue: UInt8(rest.trailingZeroBitCount))!.name)
            rest &= rest - 1
        }
        output.append(UInt8(ascii: "|"))
        output.append(Term(rawValue: UInt8(terms.trailingZeroBitCount))!.impact.word)
    }
}
