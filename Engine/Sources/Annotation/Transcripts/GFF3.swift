import Foundation

/// One feature of a GFF3 file (https://github.com/The-Sequence-Ontology/Specifications/blob/master/gff3.md).
struct GFF3Feature {
    var contig: Int
    var type: String
    /// 1-based, closed.
    var start: Int
    var end: Int
    var isForward: Bool
    /// Bases to skip to the next codon; nil if none is given.
    var phase: Int?
    var attributes: [String: String]

    var id: String? { attributes["ID"] }
    var parents: [String] { attributes["Parent"]?.split(separator: ",").map(String.init) ?? [] }
}

/// The features of a GFF3 file that gene models are made of, and what it says of its contigs.
struct GFF3File {
    private(set) var features: [GFF3Feature] = []
    /// Per contig name: other names, circularity and genetic code, from `region` and `chromosome` features.
    private(set) var aliases: [String: [String]] = [:]
    private(set) var circular: Set<String> = []
    private(set) var geneticCodes: [String: Int] = [:]

    private static let skipped: Set<String> = [
        "biological_region", "five_prime_UTR", "three_prime_UTR", "stem_loop", "start_codon", "stop_codon", "intron",
        "match", "cDNA_match", "repeat_region", "enhancer", "silencer", "sequence_feature",
    ]

    /// Reads the file; features on contigs that `contigNumber` does not know are left out.
    init(path: String, contigNumber: (String) -> Int?) throws(AnnotationError) {
        let name = (path as NSString).lastPathComponent
        var lines = try LineReader(path: path, name: name)
        while let line = try lines.next() {
            if line.hasPrefix("##FASTA") { break }
            if line.isEmpty || line[0] == UInt8(ascii: "#") { continue }
            let fields = Fields(line)
            guard fields.count == 9 else {
                throw AnnotationError(
                    .badSource,
                    "\(name) has \(fields.count) columns where GFF3 has 9.",
                    line: lines.lineNumber
                )
            }
            let type = fields[2].text
            if GFF3File.skipped.contains(type) { continue }
            guard let start = fields[3].decimal, let end = fields[4].decimal, start >= 1, start <= end else {
                throw AnnotationError(
                    .badSource,
                    "\(name) has start or end positions that are no numbers.",
                    line: lines.lineNumber,
                    column: 4
                )
            }
            let contig = fields[0].text
            let attributes = GFF3File.attributes(fields[8])
            if ["region", "chromosome"].contains(type) && attributes["Parent"] == nil {
                note(contig, attributes)
                continue
            }
            guard let number = contigNumber(contig) else { continue }
            features.append(
                GFF3Feature(
                    contig: number,
                    type: type,
                    start: start,
                    end: end,
                    isForward: !fields[6].equals("-"),
                    phase: fields[7].decimal.flatMap { (0...2).contains($0) ? $0 : nil },
                    attributes: attributes
                )
            )
        }
    }

    private mutating func note(_ contig: String, _ attributes: [String: String]) {
        if attributes["Is_circular"] == "true" { circular.insert(contig) }
        if let code = attributes["transl_table"].flatMap(Int.init) { geneticCodes[contig] = code }
        if attributes["genome"] == "mitochondrion" && contig.hasPrefix("NC_012920") { geneticCodes[contig] = 2 }
        var names = attributes["Alias"]?.split(separator: ",").map(String.init) ?? []
        if let chromosome = attributes["chromosome"], ContigNames.isChromosome(chromosome) { names.append(chromosome) }
        if attributes["genome"] == "mitochondrion" { names.append("MT") }
        aliases[contig, default: []] += names
    }

    /// `key=value;key=value`, percent-encoding undone.
    static func attributes(_ field: UnsafeBufferPointer<UInt8>) -> [String: String] {
        var found: [String: String] = [:]
        for pair in field.text.split(separator: ";") {
            guard let equals = pair.firstIndex(of: "=") else { continue }
            let key = String(pair[..<equals].drop { $0 == " " })
            let value = String(pair[pair.index(after: equals)...])
            found[key] = value.contains("%") ? value.removingPercentEncoding ?? value : value
        }
        return found
    }
}
