/// The `CSQ` field as Ensembl VEP writes it.
enum CSQ {
    static let key = "CSQ"
    /// VEP's default fields in VEP's order; `bcftools +split-vep` reads their names from the header.
    static let fields = [
        "Allele", "Consequence", "IMPACT", "SYMBOL", "Gene", "Feature_type", "Feature", "BIOTYPE", "EXON", "INTRON",
        "HGVSc", "HGVSp", "cDNA_position", "CDS_position", "Protein_position", "Amino_acids", "Codons",
        "Existing_variation", "DISTANCE", "STRAND", "FLAGS", "SYMBOL_SOURCE", "HGNC_ID",
    ]

    /// VEP's escapes: what would end an entry or a field becomes `&`, `;` its percent code, white space `_`.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case ",", "|": result += "&"
            case ";": result += "%3B"
            case "=": result += "%3D"
            case " ", "\t", "\n", "\r": result += "_"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
