/// The tables of the UCSC Genome Browser's database that a reference can be built from, as the dumps `TABLE.txt` or
/// `TABLE.txt.gz` of https://hgdownload.soe.ucsc.edu/goldenPath/ hold them: tab-separated, no header, 0-based half-open.
public enum UCSCTable: String, Sendable, Codable, CaseIterable {
    /// Gene models with exon frames (genePredExt): `refGene`, `ncbiRefSeq` and its subsets, `ensGene`.
    case refGene
    /// dbSNP: `snp130` to `snp151`, with their subsets such as `snp151Common`.
    case snp
    /// CpG islands, which also tell the putative promoters.
    case cpgIslandExt
    /// Cytogenetic bands.
    case cytoBand
    /// The Genetic Association Database.
    case gadAll
    /// The NHGRI's and EBI's catalogue of genome-wide association studies.
    case gwasCatalog
    /// Names of genes: HGNC's own table (with a header that names `symbol` and `name`), or `kgXref`.
    case hgnc
    /// Conserved targets of microRNAs.
    case targetScanS
    /// Structural variants of the Database of Genomic Variants, as published.
    case dgv
    /// The same, merged by region.
    case dgvMerged
    /// Deletions found by McCarroll et al. 2006 (`delMccarroll`).
    case mcCarroll
    /// Deletions found by Conrad et al. 2006 (`delConrad`, `delConrad2`).
    case conrad
    /// Parts of antibodies and T-cell receptors, which are rearranged in lymphocytes.
    case abParts
    /// Segmental duplications.
    case genomicSuperDups
    /// Binding sites of transcription factors that man, mouse and rat share.
    case tfbsConsSites

    /// The table of that name; nil if it is none of them. Numbered tables and their subsets have the name of their kind.
    public init?(name: String) {
        let lower = name.lowercased()
        if let exact = UCSCTable.allCases.first(where: { $0.rawValue.lowercased() == lower }) {
            self = exact
        } else if lower.hasPrefix("snp") && lower.dropFirst(3).first?.isNumber == true {
            self = .snp
        } else if lower.hasPrefix("ncbirefseq") || ["ensgene", "xenorefgene"].contains(lower) {
            self = .refGene
        } else {
            let others: [String: UCSCTable] = [
                "kgxref": .hgnc, "hugo": .hgnc, "delmccarroll": .mcCarroll, "delconrad": .conrad, "delconrad2": .conrad,
                "cytobandideo": .cytoBand,
            ]
            guard let other = others[lower] else { return nil }
            self = other
        }
    }
}

/// A row of a table dump whose places are counted without the `bin` that most tables begin with.
struct UCSCRow {
    private let fields: Fields
    private let shift: Int

    /// - Parameter contig: where the contig stands, counted without the bin.
    /// - Parameter hasBin: whether the row begins with a bin.
    init(_ fields: Fields, hasBin: Bool) {
        self.fields = fields
        shift = hasBin ? 1 : 0
    }

    var count: Int { fields.count - shift }
    subscript(index: Int) -> UnsafeBufferPointer<UInt8> { fields[index + shift] }
    /// The text at a place; empty if the row ends before.
    func text(_ index: Int) -> String { index < count ? self[index].text : "" }
}

/// The rows of a table dump.
struct UCSCRows: ~Copyable {
    private var lines: LineReader
    let name: String
    var lineNumber: Int { lines.lineNumber }

    init(path: String) throws(AnnotationError) {
        name = path.split(separator: "/").last.map(String.init) ?? path
        lines = try LineReader(path: path, name: name)
    }

    /// The next row, valid until the next call; nil at the end. Comments and empty lines are left out.
    mutating func next() throws(AnnotationError) -> Fields? {
        while let line = try lines.next() {
            if !line.isEmpty && line[0] != UInt8(ascii: "#") { return Fields(line) }
        }
        return nil
    }

    func error(_ message: String) -> AnnotationError {
        AnnotationError(.badSource, "\(name) \(message)", line: lineNumber)
    }
}
