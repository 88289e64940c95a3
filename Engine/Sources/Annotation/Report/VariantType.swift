/// What kind of change an alternate allele is, after trimming the bases that it shares with REF.
enum VariantType: Int, CaseIterable, Sendable {
    case snv
    case mnv
    case insertion
    case deletion
    case indel
    case symbolic
    case breakend
    case spanningDeletion
    case noAlternate
    case same

    /// The word in the summary and the log.
    var word: String {
        switch self {
        case .snv: "SNV"
        case .mnv: "MNV"
        case .insertion: "insertion"
        case .deletion: "deletion"
        case .indel: "indel"
        case .symbolic: "symbolic"
        case .breakend: "breakend"
        case .spanningDeletion: "spanning deletion (*)"
        case .noAlternate: "no alternate allele (.)"
        case .same: "same as REF"
        }
    }
}
