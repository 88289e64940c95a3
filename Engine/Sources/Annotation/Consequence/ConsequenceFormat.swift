/// A form in which consequences are written: a field of INFO of its own.
public enum ConsequenceFormat: String, CaseIterable, Sendable {
    /// Ensembl VEP's, with the fields of ``AnnotationOptions/fields``.
    case csq = "CSQ"
    /// The 16 fields of "Variant annotations in VCF format" 1.0, which SnpEff writes
    /// (https://pcingola.github.io/SnpEff/adds/VCFannotationformat_v1.0.pdf), with its names, impacts and order of terms.
    case ann = "ANN"
    /// That of `bcftools csq` (https://samtools.github.io/bcftools/howtos/csq-calling.html).
    case bcsq = "BCSQ"

    /// The description in the header, in the words that tools look for.
    func description(_ fields: [CSQField]) -> String {
        switch self {
        case .csq:
            "\(CSQ.description), in the format of Ensembl VEP. Format: "
                + fields.map(\.rawValue).joined(separator: "|")
        case .ann: "Functional annotations: '\(ANN.fields.joined(separator: " | "))'"
        case .bcsq:
            "\(CSQ.description), in the format of bcftools csq. Format: "
                + "Consequence|gene|transcript|biotype|strand|amino_acid_change|dna_change"
        }
    }
}
