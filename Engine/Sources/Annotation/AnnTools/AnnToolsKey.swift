/// The INFO keys that speak of one alternate allele on one transcript, in the order in which they are written.
///
/// AnnTools took most of them from the columns of the table of variants on RefSeq's transcripts that GATK's
/// GenomicAnnotator was used with. It repeated a key for each transcript, which VCF forbids (section 1.6.1: "duplicate
/// keys are not allowed"). Here each key stands once, with a list: the nth values of all keys belong together, and
/// ``alleleNumber`` says of which alternate allele they speak.
enum AnnToolsKey: Int, CaseIterable, Sendable {
    case alleleNumber
    case name
    case name2
    case transcriptStrand
    case positionType
    case exon
    case nonCodingExon
    case frame
    case mrnaCoord
    case codonCoord
    case spliceDist
    case referenceCodon
    case referenceAA
    case variantCodon
    case variantAA
    case changesAA
    case functionalClass
    case codingCoordStr
    case proteinCoordStr
    case inCodingRegion
    case spliceInfo
    case uorfChange
    case inCpGIsland

    /// AnnTools' key. `ALLELE_NUM` is Ensembl VEP's; AnnTools did not tell alternate alleles apart.
    var key: String {
        switch self {
        case .alleleNumber: "ALLELE_NUM"
        case .name: "name"
        case .name2: "name2"
        case .transcriptStrand: "transcriptStrand"
        case .positionType: "positionType"
        case .exon: "exon"
        case .nonCodingExon: "non_coding_exon"
        case .frame: "frame"
        case .mrnaCoord: "mrnaCoord"
        case .codonCoord: "codonCoord"
        case .spliceDist: "spliceDist"
        case .referenceCodon: "referenceCodon"
        case .referenceAA: "referenceAA"
        case .variantCodon: "variantCodon"
        case .variantAA: "variantAA"
        case .changesAA: "changesAA"
        case .functionalClass: "functionalClass"
        case .codingCoordStr: "codingCoordStr"
        case .proteinCoordStr: "proteinCoordStr"
        case .inCodingRegion: "inCodingRegion"
        case .spliceInfo: "spliceInfo"
        case .uorfChange: "uorfChange"
        case .inCpGIsland: "inCpGIsland"
        }
    }

    /// The type in the header; what can be a range such as `12-14` is a String.
    var type: String {
        switch self {
        case .alleleNumber, .frame, .spliceDist: "Integer"
        default: "String"
        }
    }

    /// The description in the header, by which a later run knows the field for ours.
    var description: String {
        switch self {
        case .alleleNumber:
            "Number of the alternate allele, from 1, of which the values in the same place of the lists speak"
        case .name: "Transcript"
        case .name2: "Gene of the transcript"
        case .transcriptStrand: "Strand of the transcript, + or -"
        case .positionType:
            "Where on the transcript: CDS, utr5, utr3, intron, non_coding_exon, non_coding_intron, putativePromoter "
                + "(\(ReferenceBuilder.promoterLength) bases upstream) or interGenic"
        case .exon: "Exon of a coding transcript and number of its exons, counted 5' to 3'"
        case .nonCodingExon: "Exon of a non-coding transcript and number of its exons, counted 5' to 3'"
        case .frame: "Place in the codon, 0 to 2, of the first base that changes"
        case .mrnaCoord: "Position on the mRNA, from 1"
        case .codonCoord: "Number of the codon, from 1"
        case .spliceDist:
            "Distance to the nearest border of exon and intron: negative before it, positive behind it, 5' to 3', 0 across it"
        case .referenceCodon: "Codons that change, on the strand of the transcript"
        case .referenceAA: "Amino acids of these codons"
        case .variantCodon: "The codons that the alternate allele makes of them"
        case .variantAA: "Amino acids that the alternate allele makes of them"
        case .changesAA: "Whether the amino acids differ, true or false"
        case .functionalClass:
            "silent, missense, nonsense (a new stop), readthrough (a lost stop), inframe_insertion, inframe_deletion or "
                + "frameshift"
        case .codingCoordStr: "The change on the transcript by the HGVS nomenclature"
        case .proteinCoordStr: "The change of one amino acid, in one-letter code"
        case .inCodingRegion: "Whether the position of a coding transcript is in its CDS, true or false"
        case .spliceInfo: "Kind of the nearest splice site and distance to it, within 10 bases"
        case .uorfChange: "ATG in the 5' UTR: +1 if one is gained, -1 if one is lost"
        case .inCpGIsland: "Whether the putative promoter lies in a CpG island here, true or false"
        }
    }
}
