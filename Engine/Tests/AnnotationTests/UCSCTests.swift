import Foundation
import Testing

@testable import Annotation

/// Tables in UCSC's own column orders, with and without the bin, become gene models, known variants and regions.
@Suite struct UCSCTests {
    private static let header = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"

    /// The made-up gene on contig chr7, and on chrX its reverse complement.
    static let genes = """
        585\tNM_1\tchr7\t+\t6100\t6300\t6110\t6270\t2\t6100,6240,\t6140,6300,\t0\tGENE1\tcmpl\tcmpl\t0,0,
        585\tNM_2\tchrX\t-\t\(MadeUpGenome.length - 6300)\t\(MadeUpGenome.length - 6100)\t\
        \(MadeUpGenome.length - 6270)\t\(MadeUpGenome.length - 6110)\t2\t\
        \(MadeUpGenome.length - 6300),\(MadeUpGenome.length - 6140),\t\
        \(MadeUpGenome.length - 6240),\(MadeUpGenome.length - 6100),\t0\tGENE2\tcmpl\tcmpl\t0,0,
        585\tNR_3\tchr7\t+\t8000\t8100\t8100\t8100\t1\t8000,\t8100,\t0\tRNA3\tunk\tunk\t-1,

        """

    static func fasta(in scratch: Scratch) throws -> String {
        try scratch.write(
            "g.fa", ">chr7\n\(MadeUpGenome.forward)\n>chrX\n\(MadeUpGenome.complement(MadeUpGenome.forward))\n")
    }

    private func build(_ tables: [(UCSCTable, String)], in scratch: Scratch) throws -> Reference {
        var sources: [ReferenceBuilder.UCSCSource] = []
        for (number, table) in tables.enumerated() {
            let path = try scratch.write("\(number).txt", table.1)
            sources.append(.init(table: table.0, path: path, version: "hg0"))
        }
        return try ReferenceBuilder(name: "u", fasta: Self.fasta(in: scratch), gff3: nil, ucsc: sources)
            .build(output: scratch.file("u.gasref"))
    }

    private static func base(_ contig: String, _ position: Int) -> String {
        let sequence = contig == "chr7" ? MadeUpGenome.forward : MadeUpGenome.complement(MadeUpGenome.forward)
        return String(Array(sequence)[position - 1])
    }

    /// A substitution of the base at a position.
    private static func record(_ contig: String, _ position: Int, _ alternate: String? = nil) -> String {
        let base = base(contig, position)
        return "\(contig)\t\(position)\t.\t\(base)\t\(alternate ?? (base == "A" ? "G" : "A"))\t.\t.\t.\n"
    }

    @Test(arguments: [true, false]) func geneModelsAgreeWithTheSameGenesInGFF3(hasBin: Bool) throws {
        let scratch = try Scratch()
        let table =
            hasBin ? Self.genes : Self.genes.split(separator: "\n").map { $0.dropFirst(4) }.joined(separator: "\n")
        let reference = try build([(.refGene, table)], in: scratch)
        let other = try MadeUpGenome.build(in: scratch)
        #expect(reference.transcriptCount == 3)
        for position in stride(from: 6_090, through: 6_310, by: 3) {
            let mine = try Annotated(Self.header + Self.record("chr7", position), [reference])
            let theirs = try Annotated(
                Self.header + Self.record("chr7", position).replacingOccurrences(of: "chr7", with: "f"), [other])
            let one = try #require(mine.entry(0, "NM_1"))
            let two = try #require(theirs.entry(0, "CODING-f"))
            for field in ["Consequence", "EXON", "INTRON", "CDS_position", "Amino_acids", "Codons"] {
                #expect(one[field] == two[field], "\(field) at \(position)")
            }
            #expect(one["SYMBOL"] == "GENE1")
        }
        let reverse = MadeUpGenome.length - 6_115 + 1
        let entry = try Annotated(Self.header + Self.record("chrX", reverse), [reference]).entry(0, "NM_2")
        #expect(entry?["CDS_position"] == "5")
        #expect(entry?["STRAND"] == "-1")
    }

    @Test func knownVariantsOfDBSNPMatchByAllele() throws {
        let scratch = try Scratch()
        let (a, b) = (Self.base("chr7", 1_001), Self.base("chr7", 2_001))
        let alternate = a == "A" ? "G" : "A"
        let turned = MadeUpGenome.complement(a + alternate).reversed().map(String.init)
        func row(_ start: Int, _ end: Int, _ name: String, _ strand: String, _ reference: String, _ rest: String)
            -> String
        { "585\tchr7\t\(start)\t\(end)\t\(name)\t0\t\(strand)\t\(reference)\t\(reference)\t\(rest)\n" }
        let tail = "0.3\t0.1\tintron\texact\t1"
        let table =
            row(
                1_000, 1_001, "rs1", "-", a,
                "\(turned[1])/\(turned[0])\tgenomic\tsingle\tby-cluster,by-frequency\t\(tail)\t\t1\tX,\t2\t\(turned[1]),\(turned[0]),\t60,40,\t0.600000,0.400000,\t"
            )
            + row(2_001, 2_001, "rs2", "+", "-", "-/GATTACA\tgenomic\tinsertion\tunknown\t\(tail)")
            + row(2_000, 2_001, "rs3", "+", b, "-/\(b)\tgenomic\tdeletion\tunknown\t\(tail)")
            + row(3_000, 3_001, "rs4", "+", "A", "lengthTooLong\tgenomic\tnamed\tunknown\t\(tail)")
        let reference = try build([(.snp, table)], in: scratch)
        #expect(reference.knownVariantCount == 3)
        let before = Self.base("chr7", 2_000)
        let result = try Annotated(
            Self.header + Self.record("chr7", 1_001, alternate) + "chr7\t2001\t.\t\(b)\t\(b)GATTACA\t.\t.\t.\n"
                + "7\t2000\t.\t\(before)\(b)\t\(before)\t.\t.\t.\n"
                + Self.record("chr7", 1_001, ["A", "C", "G", "T"].first { $0 != a && $0 != alternate }),
            [reference])
        let info = result.info(0)
        #expect(info["SNP_ID"] == "rs1")
        #expect(info["SNP_VALID"] == "by-cluster%2Cby-frequency")
        #expect(info["SNP_VC"] == "SNV")
        // The frequencies are of the alleles as observed, on the reverse strand.
        #expect(info["SNP_AF"] == "0.600000")
        #expect(info["SNP_GMAF"] == "0.400000")
        #expect(result.info(1)["SNP_ID"] == "rs2")
        #expect(result.info(1)["SNP_VC"] == "DIV")
        #expect(result.info(2)["SNP_ID"] == "rs3")
        #expect(result.info(3)["SNP_ID"] == nil)
        #expect(result.entries(0).first?["Existing_variation"] == "rs1")
    }

    private static let intervals: [(UCSCTable, String, [String: String])] = [
        (.cytoBand, "chr7\t0\t5000\tp22.3\tgneg\n", ["cytoBand": "7p22.3"]),
        (.cpgIslandExt, "585\tchr7\t900\t1100\tCpG: 16\t200\t16\t120\t16\t60\t0.9\n", ["cpgIslandExt": "CpG:16"]),
        (
            .gwasCatalog,
            "585\tchr7\t1000\t1001\trs9\t17463246\tA B\t2007-05-01\tNature\tA title; of, sorts\tType 2 diabetes; early, "
                + "fast\t1\t2\t7p22\tGENE1\trs9-A\t0.3\t1E-8\t\t1.2\t[1-2]\tIllumina\tN\n",
            ["gwasCatalog": "17463246", "gwasTrait": "Type%202%20diabetes%3B%20early%2C%20fast", "gwasSNP": "rs9"]
        ),
        (
            .targetScanS, "585\tchr7\t900\t1100\tGENE1:miR-7\t85\t+\n",
            ["targetScanS": "GENE1:miR-7", "targetScanScore": "85"]
        ),
        (.dgv, "585\tchr7\t900\t1100\tdgv1\t0\t\t900\t1100\t0\tCopyNumber\n", ["dgv_Cnv": "dgv1"]),
        (
            .dgvMerged,
            "585\tchr7\t900\t1100\tdgv2\t0\t+\t900\t1100\t200\tLoss\tRef2010\t1\tSequencing\t\t\tesv1\t9\t0\t1\t\t\tS1\n",
            ["dgv_Cnv": "dgv2", "dgv_Type": "Loss"]
        ),
        (.mcCarroll, "585\tchr7\t900\t1100\tdel1\n", ["mcCarroll_Cnv": "del1"]),
        (.conrad, "chr7\t900\t1100\tdel2\n", ["conrad_Cnv": "del2"]),
        (.abParts, "585\tchr7\t900\t1100\tIGK\n", ["abParts_IG_T_CelReceptors": "IGK"]),
        (
            .genomicSuperDups,
            "585\tchr7\t900\t1100\tchrX:5000\t0\t-\tchrX\t5000\t5200\t9000\t12\t1000\tN/A\tN/A\tN/A\tN/A\talign/1\t201"
                + "\t1\t1\t200\t198\t2\t1\t1\t0.99\t0.985\t0.01\t0.01\n",
            [
                "genomicSuperDups": "chrX:5000", "otherChrom": "chrX", "otherStart": "5000", "otherEnd": "5200",
                "fracMatch": "0.99",
            ]
        ),
        (
            .tfbsConsSites, "585\tchr7\t990\t1010\tV$ARNT_01\t850\t+\t2.10\n",
            ["tfbsRegion": "V$ARNT_01.chr7.990.1010", "tfbsZScore": "2.10"]
        ),
        (
            .gadAll,
            "1\tY\tdiabetes, type 2\tMETABOLIC\tMET\t7\t7p22\tGENE1\t900\t1100\t0.01\tref\t12345\t\n2\tN\tnone\tX\tX\t7\t\tG\t900\t1100\t\t\t1\n",
            ["gadAll": "METABOLIC", "gadPhenotype": "diabetes%2C%20type%202", "gadGene": "GENE1", "gadPubMed": "12345"]
        ),
        (
            .gadAll,
            "1\tY\tasthma\tIMMUNE\tIMM\tAsthma|Lung\t7\t7p22\tGENE1\t900\t1100\t0.01\tref\t54321\t\n",
            ["gadAll": "IMMUNE", "gadPhenotype": "asthma", "gadGene": "GENE1", "gadPubMed": "54321"]
        ),
    ]

    @Test(arguments: intervals) func readsTheColumnsOfEachTable(
        table: UCSCTable, rows: String, expected: [String: String]
    ) throws {
        let scratch = try Scratch()
        let reference = try build([(table, rows)], in: scratch)
        let result = try Annotated(
            Self.header + Self.record("chr7", 1_001) + Self.record("chr7", 5_001) + Self.record("chrX", 1_001),
            [reference])
        var info = result.info(0)
        info["CSQ"] = nil
        #expect(info == expected)
        for key in expected.keys {
            #expect(result.output.contains("##INFO=<ID=\(key),Number=.,Type=String,"))
            #expect(result.info(1)[key] == nil)
            #expect(result.info(2)[key] == nil)
        }
        #expect(result.output.contains("\(table.rawValue) hg0"))
    }

    @Test func genesHaveNamesAssociationsAndPromoters() throws {
        let scratch = try Scratch()
        let islands =
            "585\tchr7\t5900\t6150\tCpG: 20\t250\t20\t1\t1\t1\t1\n585\tchrX\t\(MadeUpGenome.length - 6_105)\t\(MadeUpGenome.length - 5_000)\tCpG: 30\t1\t1\t1\t1\t1\t1\n"
        let names = "hgnc_id\tsymbol\tname\nHGNC:1\tGENE1\tgene one; the first, of many\nHGNC:9\tOTHER\tno\n"
        let kgXref = "uc1\tm\ts\td\tGENE2\tNM_2\tNP_2\tgene two\t\t\n"
        let gad = "1\tY\tasthma\tIMMUNE\tIMM\t\t\tGENE2\t\t\t0.01\tref\t7\t\n"
        let reference = try build(
            [(.refGene, Self.genes), (.cpgIslandExt, islands), (.hgnc, names), (.gadAll, gad)], in: scratch)
        let far = MadeUpGenome.length
        let result = try Annotated(
            Self.header
                + [5_950, 6_100, 6_101, 5_890].map { Self.record("chr7", $0) }.joined()
                + [far - 6_100 + 1, far - 5_601 + 1, far - 5_600 + 1, far - 6_150].map { Self.record("chrX", $0) }
                .joined(),
            [reference])
        let promoters = (0..<8).map { result.info($0)["putativePromoterRegion"] }
        #expect(promoters == ["CpG:20", "CpG:20", nil, nil, "CpG:30", "CpG:30", nil, nil])
        #expect(result.info(0)["putativePromoterGene"] == "GENE1")
        #expect(result.info(2)["hugo"] == "gene%20one%3B%20the%20first%2C%20of%20many")
        #expect(result.info(1)["hugo"] == nil)
        #expect(result.info(7)["gadAll"] == "IMMUNE")
        let second = try build([(.refGene, Self.genes), (.hgnc, kgXref)], in: scratch)
        let named = try Annotated(Self.header + Self.record("chrX", far - 6_150), [second])
        #expect(named.info(0)["hugo"] == "gene%20two")
    }

    @Test func severalRegionsStandInOneOrder() throws {
        let scratch = try Scratch()
        let rows =
            "585\tchr7\t900\t1100\ta,b\t0\t+\tchr1\t10\t20\n585\tchr7\t950\t1200\tc\t0\t+\tchr2\t30\t40\n"
            + "585\tchr7\t960\t1200\tc\t0\t+\tchr2\t30\t40\n"
        let reference = try build([(.genomicSuperDups, rows)], in: scratch)
        let info = try Annotated(Self.header + Self.record("chr7", 1_001), [reference]).info(0)
        #expect(info["genomicSuperDups"] == "a%2Cb,c")
        #expect(info["otherChrom"] == "chr1,chr2")
        #expect(info["otherEnd"] == "20,40")
        #expect(info["fracMatch"] == nil)
    }

    @Test func knowsTablesByTheirNames() {
        let names: [(String, UCSCTable?)] = [
            ("snp138Common", .snp), ("refGene", .refGene), ("ncbiRefSeqCurated", .refGene), ("kgXref", .hgnc),
            ("delConrad2", .conrad), ("cytoBandIdeo", .cytoBand), ("snpless", nil), ("rmsk", nil),
        ]
        for (name, table) in names { #expect(UCSCTable(name: name) == table, "\(name)") }
    }

    @Test(arguments: [
        (UCSCTable.refGene, "585\tNM_1\tchr7\t?\t1\t2\t1\t2\t1\t1,\t2,\n"),
        (.refGene, "585\tNM_1\tchr7\t+\t10\t30\t10\t30\t2\t10,\t20,30,\t0\tG\tcmpl\tcmpl\t0,0,\n"),
        (.refGene, "585\tNM_1\tchr7\t+\t10\t99999999\t10\t30\t1\t10,\t99999999,\t0\tG\tcmpl\tcmpl\t0,\n"),
        (.cytoBand, "chr7\t0\t9\tp1\tgneg\nchr7\tx\ty\tp2\tgneg\n"), (.snp, "585\tchr7\t1\t2\trs\n"),
        (.genomicSuperDups, "585\tchr7\t1\t2\tchr1:3\n"), (.gadAll, "1\tY\tx\n"), (.hgnc, "a\tb\n"),
    ])
    func refusesWhatIsNotTheTable(table: UCSCTable, rows: String) throws {
        let scratch = try Scratch()
        #expect(failure { _ = try build([(table, rows)], in: scratch) }?.code == .badSource)
    }

    /// The real bands, which a header line precedes. Skipped without the real data beside the repository.
    @Test(.enabled(if: Places.hasShared)) func readsTheRealBands() throws {
        let scratch = try Scratch()
        let source = ReferenceBuilder.UCSCSource(
            table: .cytoBand, path: Places.shared + "/ucsc/bioframe.hg38.cytoband.tsv")
        let fasta = try scratch.write("c.fa", ">22\n" + String(repeating: "ACGT", count: 4_200_000) + "\n")
        let reference = try ReferenceBuilder(name: "c", fasta: fasta, gff3: nil, ucsc: [source])
            .build(output: scratch.file("c.gasref"))
        let result = try Annotated(
            Self.header + "chr22\t13700000\t.\tA\tC\t.\t.\t.\n22\t1\t.\tA\tC\t.\t.\t.\n", [reference])
        #expect(result.info(0)["cytoBand"] == "22p11.2")
        #expect(result.info(1)["cytoBand"] == "22p13")
    }
}
