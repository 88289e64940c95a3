import Foundation

/// The INFO field of the haplotypes.
enum HaplotypeField {
    static let key = "GAS_HAP"
    static let fields = [
        "Allele", "Consequence", "IMPACT", "SYMBOL", "Gene", "Feature_type", "Feature", "BIOTYPE", "HGVSp", "Members",
        "Haplotypes", "Samples", "FLAGS",
    ]

    static let description =
        "What changes of one phased haplotype do together to a transcript, beside what each does alone. Members: the changes as "
        + "POS+REF>ALT; Haplotypes: how many have them; Samples: SAMPLE:HAPLOTYPE of the first ones; FLAGS: DIFFERS_CONSEQUENCE "
        + "(this allele alone has another most severe consequence), DIFFERS_PROTEIN (this allele alone has another HGVSp), "
        + "AFTER_STOP (the other members end the product before this allele: consequence and HGVSp are theirs). Format: "
        + fields.joined(separator: "|")

    /// The names of a file's samples, fit for the field.
    static func samples(_ header: VCFHeader) -> [[UInt8]] {
        let line = header.bytes[header.columnsStart...].prefix { $0 != 10 && $0 != 13 }
        return line.split(separator: 9, omittingEmptySubsequences: false).dropFirst(9).map { name in
            let text = CSQ.escaped(String(decoding: name, as: UTF8.self))
            return Array(text.replacingOccurrences(of: "&", with: "_").replacingOccurrences(of: ":", with: "_").utf8)
        }
    }
}
