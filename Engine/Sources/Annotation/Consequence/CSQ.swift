/// The `CSQ` field as Ensembl VEP writes it.
enum CSQ {
    /// What its description in the header begins with.
    static let description = "Consequence annotations from GAS"
    /// VEP's default fields in VEP's order; `bcftools +split-vep` reads their names from the header.
    static let fields = CSQField.standard.map(\.rawValue)

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
