/// What became of every alternate allele of the input: each is annotated, passed through or rejected.
public struct AlleleAccounting: Codable, Sendable, Equatable {
    /// Alternate alleles read; a missing one (`.`) is none.
    public var alleles = 0
    /// Alleles that got at least one consequence.
    public var annotated = 0
    /// Alleles written out of which nothing can be said: their contig is not in the reference or another
    /// sequence there, or they are no sequence.
    public var passedThrough = 0
    /// Alleles written out that cannot be right: outside their contig, or the same as REF.
    public var rejected = 0
    /// Alleles that are not annotated, by the code of the reason; ``NotAnnotated`` documents the codes.
    public var reasons: [String: Int] = [:]

    /// Creates an empty account.
    public init() {}

    init(_ tally: Tally) {
        alleles = tally.alleles
        annotated = tally.annotatedAlleles
        for reason in NotAnnotated.allCases where tally.reasons[reason.rawValue] > 0 && reason != .noAlternate {
            let count = tally.reasons[reason.rawValue]
            reasons[reason.code] = count
            if reason.isRejection { rejected += count } else { passedThrough += count }
        }
    }

    /// What was read must be what was written.
    /// - Throws: ``AnnotationError/Code/internalFault`` if an allele is missing or counted twice.
    func check() throws(AnnotationError) {
        if alleles == annotated + passedThrough + rejected { return }
        throw AnnotationError(
            .internalFault,
            "The count of alleles does not add up: \(alleles) were read, but \(annotated) annotated, \(passedThrough) passed "
                + "through and \(rejected) rejected; this is a fault of the program, please report it."
        )
    }
}

/// Why an alternate allele is not annotated.
public enum NotAnnotated: Int, Sendable, CaseIterable {
    /// The reference lacks the record's contig.
    case unknownContig
    /// The file's contig bears the name of one of the reference's but is another sequence (``OtherSequences``).
    case otherSequence
    /// POS lies outside the record's contig.
    case outsideContig
    /// A symbolic allele, such as `<DEL>`, or VCF 3.3's `D12`.
    case symbolic
    /// A breakend (VCF 4.3, section 5.4).
    case breakend
    /// `*`: the allele is missing because of a deletion upstream.
    case spanningDeletion
    /// ALT repeats REF.
    case sameAsReference
    /// ALT is `.`: the record states no alternate allele.
    case noAlternate
    /// A structural allele with neither END nor SVLEN.
    case noEnd
    /// A structural allele whose END lies before POS.
    case endBeforeStart
    /// A structural allele that ends beyond its contig.
    case endOutsideContig
    /// A structural allele of more bases than are annotated.
    case tooLong

    /// The code in `problems.tsv` and in the summary; stable.
    public var code: String {
        switch self {
        case .unknownContig: "unknown_contig"
        case .otherSequence: "other_sequence"
        case .outsideContig: "outside_contig"
        case .symbolic: "symbolic_allele"
        case .breakend: "breakend"
        case .spanningDeletion: "spanning_deletion"
        case .sameAsReference: "same_as_reference"
        case .noAlternate: "no_alternate"
        case .noEnd: "no_end"
        case .endBeforeStart: "end_before_start"
        case .endOutsideContig: "end_outside_contig"
        case .tooLong: "too_long"
        }
    }

    /// Whether the allele cannot be right, as against one of which nothing can be said.
    public var isRejection: Bool {
        switch self {
        case .outsideContig, .sameAsReference, .endBeforeStart, .endOutsideContig: true
        case .unknownContig, .otherSequence, .symbolic, .breakend, .spanningDeletion, .noAlternate, .noEnd, .tooLong:
            false
        }
    }

    /// The reason as a sentence.
    var sentence: StaticString {
        switch self {
        case .unknownContig: "The reference lacks this contig."
        case .otherSequence: "The contig is another sequence than the reference's of this name."
        case .outsideContig: "POS lies outside the contig."
        case .symbolic: "The allele is symbolic; its sequence is not known."
        case .breakend: "The allele is a breakend; no sequence is changed in one place."
        case .spanningDeletion: "The allele is missing because of a deletion that begins before it."
        case .sameAsReference: "ALT is the same as REF."
        case .noAlternate: "The record states no alternate allele."
        case .noEnd: "The allele is structural, and neither END nor SVLEN says where it ends."
        case .endBeforeStart: "END does not lie behind POS."
        case .endOutsideContig: "The allele ends beyond the contig."
        case .tooLong: "The structural allele is longer than is annotated here."
        }
    }

    init(_ failure: StructuralChange.Failure) {
        switch failure {
        case .notStructural: self = .symbolic
        case .noEnd: self = .noEnd
        case .endBeforeStart: self = .endBeforeStart
        case .endOutsideContig: self = .endOutsideContig
        case .tooLong: self = .tooLong
        }
    }

    init?(_ type: VariantType) {
        switch type {
        case .symbolic: self = .symbolic
        case .breakend: self = .breakend
        case .spanningDeletion: self = .spanningDeletion
        case .same: self = .sameAsReference
        case .noAlternate: self = .noAlternate
        case .snv, .mnv, .insertion, .deletion, .indel: return nil
        }
    }
}
