/// Amino acids in three letters, as HGVS writes them.
enum AminoAcid {
    /// One letter to three; `Ter` for a stop, `Xaa` for an unknown residue.
    static func threeLetters(_ letter: UInt8) -> StaticString {
        switch letter {
        case UInt8(ascii: "A"): "Ala"
        case UInt8(ascii: "C"): "Cys"
        case UInt8(ascii: "D"): "Asp"
        case UInt8(ascii: "E"): "Glu"
        case UInt8(ascii: "F"): "Phe"
        case UInt8(ascii: "G"): "Gly"
        case UInt8(ascii: "H"): "His"
        case UInt8(ascii: "I"): "Ile"
        case UInt8(ascii: "K"): "Lys"
        case UInt8(ascii: "L"): "Leu"
        case UInt8(ascii: "M"): "Met"
        case UInt8(ascii: "N"): "Asn"
        case UInt8(ascii: "P"): "Pro"
        case UInt8(ascii: "Q"): "Gln"
        case UInt8(ascii: "R"): "Arg"
        case UInt8(ascii: "S"): "Ser"
        case UInt8(ascii: "T"): "Thr"
        case UInt8(ascii: "U"): "Sec"
        case UInt8(ascii: "V"): "Val"
        case UInt8(ascii: "W"): "Trp"
        case UInt8(ascii: "Y"): "Tyr"
        case UInt8(ascii: "*"): "Ter"
        default: "Xaa"
        }
    }
}
