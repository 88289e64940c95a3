/// The fields that a result can have besides the columns of VCF, taken from the header lines that declare them.
struct OutputColumns: Sendable {
    /// One key that we write into INFO.
    struct Column: Sendable {
        let key: [UInt8]
        /// One value for each alternate allele, separated by commas (Number=A).
        let isPerAllele: Bool
        let isFlag: Bool
    }

    /// The columns of VCF that a table begins with.
    static let fixed = ["CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER"]

    /// The parts of an entry of CSQ, in order.
    let consequence: [[UInt8]]
    /// The other keys, in the order in which they are written.
    let others: [Column]

    /// - Parameters:
    ///   - declarations: the header lines that declare the fields.
    ///   - perAllele: keys that have a value for each alternate allele, which VCF 3.3 cannot declare.
    init(declarations: [String], perAllele: Set<String>) {
        var consequence: [[UInt8]] = []
        var others: [Column] = []
        for line in declarations where line.hasPrefix("##INFO=") {
            let (key, number, type, description) = OutputColumns.parts(of: line)
            if key == ConsequenceFormat.csq.rawValue, let format = description.range(of: "Format: ") {
                let names = description[format.upperBound...].split(separator: "|", omittingEmptySubsequences: false)
                consequence = names.map { Array($0.utf8) }
            } else {
                others.append(
                    Column(
                        key: Array(key.utf8), isPerAllele: number == "A" || perAllele.contains(key),
                        isFlag: type == "Flag"))
            }
        }
        self.consequence = consequence
        self.others = others
    }

    /// Key, number, type and description of `##INFO=<ID=...>` or of VCF 3.3's `##INFO=KEY,number,type,"..."`.
    private static func parts(of line: String) -> (key: String, number: String, type: String, description: String) {
        if line.hasPrefix("##INFO=<") {
            var line = line
            let found = line.withUTF8 { HeaderDeclaration($0) }
            return (found?["ID"] ?? "", found?["Number"] ?? "", found?["Type"] ?? "", found?["Description"] ?? "")
        }
        let words = line.dropFirst(7).split(separator: ",", maxSplits: 3, omittingEmptySubsequences: false).map(
            String.init)
        guard words.count == 4 else { return ("", "", "", "") }
        return (words[0], words[1], words[2], words[3].filter { $0 != "\"" })
    }

    /// The first line of a table.
    var tableHeader: [UInt8] {
        let names = OutputColumns.fixed + (consequence + others.map(\.key)).map { String(decoding: $0, as: UTF8.self) }
        return Array((names.joined(separator: "\t") + "\n").utf8)
    }
}
