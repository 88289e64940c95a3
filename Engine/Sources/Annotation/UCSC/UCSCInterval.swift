/// How the tables whose rows are intervals become tracks: which columns are kept, under which keys.
struct UCSCInterval {
    /// A column of the track, made of a row.
    struct Column: Sendable {
        let key: String
        let description: String
        let text: @Sendable (UCSCRow) -> String
    }

    let columns: [Column]
    /// A row has at least this many fields, the bin not counted.
    let fieldCount: Int

    private static func column(_ key: String, _ description: String, _ index: Int) -> Column {
        Column(key: key, description: description) { $0.text(index) }
    }

    private init(_ fieldCount: Int, _ columns: [Column]) {
        self.fieldCount = fieldCount
        self.columns = columns
    }

    /// nil for the tables whose rows are no plain intervals. Places are those of UCSC's `.sql` files without `bin`:
    /// chrom, chromStart, chromEnd and name are 0 to 3.
    init?(_ table: UCSCTable) {
        switch table {
        case .cytoBand: self.init(4, [UCSCInterval.band])
        case .cpgIslandExt:
            self.init(4, [Column(key: "cpgIslandExt", description: "CpG island", text: UCSCInterval.islandName)])
        case .gwasCatalog: self.init(10, UCSCInterval.studies)
        case .targetScanS:
            self.init(
                5,
                [
                    UCSCInterval.column("targetScanS", "Conserved target of a microRNA: gene and microRNA", 3),
                    UCSCInterval.column("targetScanScore", "Score of that target", 4),
                ])
        case .dgv: self.init(4, [UCSCInterval.column("dgv_Cnv", "Structural variant", 3)])
        case .dgvMerged:
            self.init(
                10,
                [
                    UCSCInterval.column("dgv_Cnv", "Structural variant", 3),
                    UCSCInterval.column("dgv_Type", "Kind of that variant", 9),
                ])
        case .mcCarroll: self.init(4, [UCSCInterval.column("mcCarroll_Cnv", "Deletion of McCarroll et al. 2006", 3)])
        case .conrad: self.init(4, [UCSCInterval.column("conrad_Cnv", "Deletion of Conrad et al. 2006", 3)])
        case .abParts:
            self.init(
                4,
                [
                    UCSCInterval.column("abParts_IG_T_CelReceptors", "Part of antibodies or T-cell receptors", 3)
                ])
        case .genomicSuperDups: self.init(9, UCSCInterval.duplications)
        case .tfbsConsSites: self.init(7, UCSCInterval.bindingSites)
        case .refGene, .snp, .gadAll, .hgnc: return nil
        }
    }

    /// `22q11.21`: UCSC names the band alone, people the chromosome too.
    private static let band = Column(key: "cytoBand", description: "Cytogenetic band") { row in
        let chromosome = row.text(0)
        return (chromosome.hasPrefix("chr") ? String(chromosome.dropFirst(3)) : chromosome) + row.text(3)
    }

    /// `CpG: 116` is written without its space.
    static func islandName(_ row: UCSCRow) -> String { row.text(3).filter { $0 != " " } }

    private static let studies = [
        column("gwasCatalog", "PubMed identifier of a genome-wide association study", 4),
        column("gwasTrait", "Trait or disease of that study", 9),
        column("gwasSNP", "Identifier of the variant of that study", 3),
    ]

    private static let duplications = [
        column("genomicSuperDups", "Segmental duplication", 3), column("otherChrom", "Contig of the other copy", 6),
        column("otherStart", "Start of the other copy, 0-based", 7), column("otherEnd", "End of the other copy", 8),
        column("fracMatch", "Share of matching bases of the two copies", 25),
    ]

    private static let bindingSites = [
        Column(key: "tfbsRegion", description: "Conserved binding site of a transcription factor: name and place") {
            "\($0.text(3)).\($0.text(0)).\($0.text(1)).\($0.text(2))"
        },
        column("tfbsZScore", "Z score of that site", 6),
    ]

    /// Calls `add` with each interval of a known contig: number, 1-based closed start and end, the row.
    static func read(
        _ path: String, fieldCount: Int, numbers: [String: Int],
        add: (Int, Int, Int, UCSCRow) -> Void
    ) throws(AnnotationError) {
        var rows = try UCSCRows(path: path)
        while let fields = try rows.next() {
            guard fields.count >= 4 else { throw rows.error("has too few columns for this table.") }
            // Without a bin the second field is the start.
            let row = UCSCRow(fields, hasBin: fields[1].decimal == nil)
            guard row.count >= 3, let start = row[1].decimal, let end = row[2].decimal else {
                if rows.lineNumber == 1 { continue }
                throw rows.error("has a row without start and end.")
            }
            guard row.count >= fieldCount, start <= end, end < Int(Int32.max) else {
                throw rows.error("has a row that is not of this table.")
            }
            guard let number = numbers[row.text(0)], start < end else { continue }
            add(number, start + 1, end, row)
        }
    }
}
