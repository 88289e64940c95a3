/// A field of an entry of `CSQ`, under VEP's name (https://www.ensembl.org/info/docs/tools/vep/vep_formats.html#output).
///
/// The order is VEP's. The first 23 are its default fields, which a plain run writes; the others stand for its options.
public enum CSQField: String, CaseIterable, Sendable {
    case allele = "Allele"
    case consequence = "Consequence"
    case impact = "IMPACT"
    case symbol = "SYMBOL"
    case gene = "Gene"
    case featureType = "Feature_type"
    case feature = "Feature"
    case biotype = "BIOTYPE"
    case exon = "EXON"
    case intron = "INTRON"
    case hgvsCoding = "HGVSc"
    case hgvsProtein = "HGVSp"
    case cdnaPosition = "cDNA_position"
    case cdsPosition = "CDS_position"
    case proteinPosition = "Protein_position"
    case aminoAcids = "Amino_acids"
    case codons = "Codons"
    case existingVariation = "Existing_variation"
    case distance = "DISTANCE"
    case strand = "STRAND"
    case flags = "FLAGS"
    case symbolSource = "SYMBOL_SOURCE"
    case hgncID = "HGNC_ID"
    /// `YES` on the gene's canonical transcript.
    case canonical = "CANONICAL"
    /// `MANE_Select`, `MANE_Plus_Clinical`, or both joined by `&`.
    case mane = "MANE"
    /// The RefSeq transcript that equals this MANE Select one; `YES` where the gene models do not name it.
    case maneSelect = "MANE_SELECT"
    /// The same of a MANE Plus Clinical transcript.
    case manePlusClinical = "MANE_PLUS_CLINICAL"
    /// The transcript support level, 1 (best) to 5.
    case supportLevel = "TSL"
    /// The APPRIS annotation, such as `P1` (principal 1) or `A2` (alternative 2).
    case appris = "APPRIS"
    case ccds = "CCDS"
    /// The protein's identifier.
    case protein = "ENSP"
    /// By how many bases the 3' rule of HGVS moved the change, in the direction of the forward strand.
    case hgvsOffset = "HGVS_OFFSET"
    /// The allele on its contig, such as `chr1:g.12del`.
    case hgvsGenomic = "HGVSg"
    /// `1` on the entry that VEP would pick; see ``ConsequenceSelection``.
    case pick = "PICK"
    /// The number of the alternate allele, 1 for the first.
    case alleleNumber = "ALLELE_NUM"

    /// The fields whose names stand in `text`, separated by commas, in that order.
    /// - Throws: ``AnnotationError/Code/badOption`` with the known names if one is not known, is there twice, or none is.
    public static func list(_ text: some StringProtocol) throws(AnnotationError) -> [CSQField] {
        var fields: [CSQField] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let name = part.drop { $0 == " " }
            guard let field = CSQField(rawValue: String(name)) else {
                throw AnnotationError(
                    .badOption,
                    "CSQ has no field '\(name)' here; known are \(allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            guard !fields.contains(field) else {
                throw AnnotationError(.badOption, "The field '\(name)' of CSQ is asked for twice.")
            }
            fields.append(field)
        }
        return fields
    }

    /// VEP's default fields.
    public static let standard = Array(allCases[...allCases.firstIndex(of: .hgncID)!])
    /// The default fields with PICK where VEP puts it.
    static let standardWithPick =
        Array(standard[...standard.firstIndex(of: .flags)!]) + [.pick, .symbolSource, .hgncID]

    /// Where the field stands in the enumeration, which is where it stands in an entry of default fields.
    var index: Int { CSQField.allCases.firstIndex(of: self)! }
    /// The place of a field of the transcript among those that a reference keeps together; nil for any other field.
    var attribute: Int? {
        let place = index - CSQField.canonical.index
        return place >= 0 && self.index <= CSQField.protein.index ? place : nil
    }
}
