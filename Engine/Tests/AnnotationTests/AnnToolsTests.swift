import Foundation
import Testing

@testable import Annotation

/// AnnTools' keys for one alternate allele on one transcript, each value worked out by hand from the made-up gene:
///
///     6101 GGCTCAGTCC ATG GCT TGG AAA CTG CAG GAT TGT CCA TAT 6140 | intron | 6241 GGT AGC ... TAA 6270 | 3' UTR ... 6300
@Suite struct AnnToolsTests {
    /// A change of contig `f`, and the values that NM_1 has; those of NR_2 have a name of their own.
    struct Case: Sendable, CustomTestStringConvertible {
        let from: Int
        let to: Int
        let bases: String
        let expected: [String: String]
        let nonCoding: [String: String]
        var testDescription: String { "\(from)-\(to) \(bases)" }

        init(_ from: Int, _ to: Int, _ bases: String, _ expected: [String: String], _ nonCoding: [String: String]) {
            self.from = from
            self.to = to
            self.bases = bases
            self.expected = expected
            self.nonCoding = nonCoding
        }
    }

    static let cases: [Case] = [
        Case(
            6_121, 6_121, "G",
            [
                "positionType": "CDS", "exon": "ex1/2", "frame": "1", "mrnaCoord": "21", "codonCoord": "4",
                "spliceDist": "-20", "referenceCodon": "AAA", "referenceAA": "Lys", "variantCodon": "AGA",
                "variantAA": "Arg", "changesAA": "true", "functionalClass": "missense", "codingCoordStr": "c.11A>G",
                "proteinCoordStr": "p.K4R", "inCodingRegion": "true",
            ],
            [
                "positionType": "non_coding_exon", "non_coding_exon": "ex1/2", "mrnaCoord": "21", "spliceDist": "-20",
                "codingCoordStr": "n.21A>G",
            ]),
        Case(
            6_119, 6_119, "A",
            [
                "positionType": "CDS", "exon": "ex1/2", "frame": "2", "mrnaCoord": "19", "codonCoord": "3",
                "spliceDist": "-22", "referenceCodon": "TGG", "referenceAA": "Trp", "variantCodon": "TGA",
                "variantAA": "Stop", "changesAA": "true", "functionalClass": "nonsense", "codingCoordStr": "c.9G>A",
                "proteinCoordStr": "p.W3*", "inCodingRegion": "true",
            ],
            [
                "positionType": "non_coding_exon", "non_coding_exon": "ex1/2", "mrnaCoord": "19", "spliceDist": "-22",
                "codingCoordStr": "n.19G>A",
            ]),
        Case(
            6_116, 6_116, "C",
            [
                "positionType": "CDS", "exon": "ex1/2", "frame": "2", "mrnaCoord": "16", "codonCoord": "2",
                "spliceDist": "-25", "referenceCodon": "GCT", "referenceAA": "Ala", "variantCodon": "GCC",
                "variantAA": "Ala", "changesAA": "false", "functionalClass": "silent", "codingCoordStr": "c.6T>C",
                "proteinCoordStr": "p.A2A", "inCodingRegion": "true",
            ],
            [
                "positionType": "non_coding_exon", "non_coding_exon": "ex1/2", "mrnaCoord": "16", "spliceDist": "-25",
                "codingCoordStr": "n.16T>C",
            ]),
        Case(
            6_268, 6_268, "C",
            [
                "positionType": "CDS", "exon": "ex2/2", "frame": "0", "mrnaCoord": "68", "codonCoord": "20",
                "spliceDist": "28", "referenceCodon": "TAA", "referenceAA": "Stop", "variantCodon": "CAA",
                "variantAA": "Gln", "changesAA": "true", "functionalClass": "readthrough",
                "codingCoordStr": "c.58T>C", "proteinCoordStr": "p.*20Q", "inCodingRegion": "true",
            ],
            [
                "positionType": "non_coding_exon", "non_coding_exon": "ex2/2", "mrnaCoord": "68", "spliceDist": "28",
                "codingCoordStr": "n.68T>C",
            ]),
        // The last base of the first exon, and the first one of the second.
        Case(
            6_140, 6_140, "C",
            [
                "positionType": "CDS", "exon": "ex1/2", "frame": "2", "mrnaCoord": "40", "codonCoord": "10",
                "spliceDist": "-1", "spliceInfo": "splice-donor_-1", "referenceCodon": "TAT", "referenceAA": "Tyr",
                "variantCodon": "TAC", "variantAA": "Tyr", "changesAA": "false", "functionalClass": "silent",
                "codingCoordStr": "c.30T>C", "proteinCoordStr": "p.Y10Y", "inCodingRegion": "true",
            ],
            [
                "positionType": "non_coding_exon", "non_coding_exon": "ex1/2", "mrnaCoord": "40", "spliceDist": "-1",
                "spliceInfo": "splice-donor_-1", "codingCoordStr": "n.40T>C",
            ]),
        Case(
            6_241, 6_241, "C",
            [
                "positionType": "CDS", "exon": "ex2/2", "frame": "0", "mrnaCoord": "41", "codonCoord": "11",
                "spliceDist": "1", "spliceInfo": "splice-acceptor_1", "referenceCodon": "GGT", "referenceAA": "Gly",
                "variantCodon": "CGT", "variantAA": "Arg", "changesAA": "true", "functionalClass": "missense",
                "codingCoordStr": "c.31G>C", "proteinCoordStr": "p.G11R", "inCodingRegion": "true",
            ],
            [
                "positionType": "non_coding_exon", "non_coding_exon": "ex2/2", "mrnaCoord": "41", "spliceDist": "1",
                "spliceInfo": "splice-acceptor_1", "codingCoordStr": "n.41G>C",
            ]),
        // The first base of the 5' UTR, with no splice site before it, and the tenth of the 3' UTR.
        Case(
            6_101, 6_101, "T",
            [
                "positionType": "utr5", "exon": "ex1/2", "mrnaCoord": "1", "spliceDist": "-40",
                "codingCoordStr": "c.-10G>T", "inCodingRegion": "false",
            ],
            [
                "positionType": "non_coding_exon", "non_coding_exon": "ex1/2", "mrnaCoord": "1", "spliceDist": "-40",
                "codingCoordStr": "n.1G>T",
            ]),
        Case(
            6_280, 6_280, "C",
            [
                "positionType": "utr3", "exon": "ex2/2", "mrnaCoord": "80", "spliceDist": "40",
                "codingCoordStr": "c.*10G>C", "inCodingRegion": "false",
            ],
            [
                "positionType": "non_coding_exon", "non_coding_exon": "ex2/2", "mrnaCoord": "80", "spliceDist": "40",
                "codingCoordStr": "n.80G>C",
            ]),
        // In the intron GTAAGC ... CAG: the third base, and the last but one.
        Case(
            6_143, 6_143, "C",
            [
                "positionType": "intron", "spliceDist": "3", "spliceInfo": "splice-donor_3",
                "codingCoordStr": "c.30+3A>C", "inCodingRegion": "false",
            ],
            [
                "positionType": "non_coding_intron", "spliceDist": "3", "spliceInfo": "splice-donor_3",
                "codingCoordStr": "n.40+3A>C",
            ]),
        Case(
            6_239, 6_239, "C",
            [
                "positionType": "intron", "spliceDist": "-2", "spliceInfo": "splice-acceptor_-2",
                "codingCoordStr": "c.31-2A>C", "inCodingRegion": "false",
            ],
            [
                "positionType": "non_coding_intron", "spliceDist": "-2", "spliceInfo": "splice-acceptor_-2",
                "codingCoordStr": "n.41-2A>C",
            ]),
        // One base of AAA is lost, and the first half of a codon stays for the rest.
        Case(
            6_123, 6_123, "",
            [
                "positionType": "CDS", "exon": "ex1/2", "frame": "0", "mrnaCoord": "23", "codonCoord": "5",
                "spliceDist": "-18", "referenceCodon": "CTG", "referenceAA": "Leu", "variantCodon": "TG",
                "variantAA": "Xaa", "changesAA": "true", "functionalClass": "frameshift",
                "codingCoordStr": "c.13del", "inCodingRegion": "true",
            ],
            [
                "positionType": "non_coding_exon", "non_coding_exon": "ex1/2", "mrnaCoord": "23", "spliceDist": "-18",
                "codingCoordStr": "n.23del",
            ]),
        Case(
            6_117, 6_119, "",
            [
                "positionType": "CDS", "exon": "ex1/2", "frame": "0", "mrnaCoord": "17-19", "codonCoord": "3",
                "spliceDist": "-22", "referenceCodon": "TGG", "referenceAA": "Trp", "changesAA": "true",
                "functionalClass": "inframe_deletion", "codingCoordStr": "c.7_9del", "inCodingRegion": "true",
            ],
            [
                "positionType": "non_coding_exon", "non_coding_exon": "ex1/2", "mrnaCoord": "17-19",
                "spliceDist": "-22", "codingCoordStr": "n.17_19del",
            ]),
        // TGG AAA, with CAC between: two codons are touched, none of them changes.
        Case(
            6_120, 6_119, "CAC",
            [
                "positionType": "CDS", "exon": "ex1/2", "frame": "0", "mrnaCoord": "19-20", "codonCoord": "3-4",
                "spliceDist": "-21", "variantCodon": "CAC", "variantAA": "His", "changesAA": "true",
                "functionalClass": "inframe_insertion", "codingCoordStr": "c.9_10insCAC", "inCodingRegion": "true",
            ],
            [
                "positionType": "non_coding_exon", "non_coding_exon": "ex1/2", "mrnaCoord": "19-20",
                "spliceDist": "-21", "codingCoordStr": "n.19_20insCAC",
            ]),
        // Two bases on either side of the border of the first exon; HGVS describes the rightmost of the equal deletions.
        Case(
            6_139, 6_142, "",
            [
                "positionType": "CDS", "exon": "ex1/2", "frame": "1", "mrnaCoord": "39-?", "codonCoord": "10-?",
                "spliceDist": "0", "spliceInfo": "splice-donor_0", "codingCoordStr": "c.30_30+3del",
                "inCodingRegion": "true",
            ],
            [
                "positionType": "non_coding_exon", "non_coding_exon": "ex1/2", "mrnaCoord": "39-?",
                "spliceDist": "0", "spliceInfo": "splice-donor_0", "codingCoordStr": "n.40_40+3del",
            ]),
        // And of the second one.
        Case(
            6_240, 6_241, "",
            [
                "positionType": "CDS", "exon": "ex2/2", "mrnaCoord": "?-41", "codonCoord": "?-11",
                "spliceDist": "0", "spliceInfo": "splice-acceptor_0", "codingCoordStr": "c.31_32del",
                "inCodingRegion": "true",
            ],
            [
                "positionType": "non_coding_exon", "non_coding_exon": "ex2/2", "mrnaCoord": "?-41",
                "spliceDist": "0", "spliceInfo": "splice-acceptor_0", "codingCoordStr": "n.41_42del",
            ]),
    ]

    @Test(arguments: cases, ["f", "r"]) func valuesOfEachTranscript(_ one: Case, contig: String) throws {
        let scratch = try Scratch()
        let reference = try AnnToolsGenome.build(in: scratch)
        let text = MadeUpGenome.header + MadeUpGenome.record(contig, one.from, one.to, one.bases)
        let rows = AnnToolsRow.rows(of: try Annotated(text, [reference]) { $0.profile = .anntools }.info(0))
        #expect(rows.count == 2)
        for (name, expected) in [("NM_1", one.expected), ("NR_2", one.nonCoding)] {
            var row = try #require(rows.first { $0["name"] == name })
            #expect(row.removeValue(forKey: "name2") == "GENE1")
            #expect(row.removeValue(forKey: "transcriptStrand") == (contig == "f" ? "+" : "-"))
            #expect(row.removeValue(forKey: "ALLELE_NUM") == "1")
            row["name"] = nil
            #expect(row == expected)
        }
    }

    @Test(arguments: ["f", "r"]) func everyAlternateAlleleHasItsRows(contig: String) throws {
        let scratch = try Scratch()
        let reference = try AnnToolsGenome.build(in: scratch)
        let record = MadeUpGenome.record(contig, 6_121, 6_121, "G")
        let letters = contig == "f" ? ("G", "G,<DEL>,T") : ("C", "C,<DEL>,A")
        let text = record.replacingOccurrences(of: "\t\(letters.0)\t.\t.", with: "\t\(letters.1)\t.\t.")
        let result = try Annotated(MadeUpGenome.header + text, [reference]) { $0.profile = .anntools }
        let info = result.info(0)
        #expect(info["ALLELE_NUM"] == "1,1,3,3")
        #expect(info["name"] == "NM_1,NR_2,NM_1,NR_2")
        #expect(info["variantCodon"] == "AGA,.,ATA,.")
        #expect(info["variantAA"] == "Arg,.,Ile,.")
        #expect(info["non_coding_exon"] == ".,ex1/2,.,ex1/2")
        #expect(info["CSQ"] == nil)
        // The summary counts what it would count beside CSQ.
        var other = try Annotated(MadeUpGenome.header + text, [reference]).summary
        other.seconds = result.summary.seconds
        other.recordsPerSecond = result.summary.recordsPerSecond
        #expect(result.summary == other)
    }

    @Test(arguments: ["f", "r"]) func promotersAndTheSpaceBetweenGenes(contig: String) throws {
        let scratch = try Scratch()
        let islands = "585\t" + AnnToolsGenome.interval(contig, 5_900, 6_150) + "\tCpG: 20\t250\t20\t1\t1\t1\t1\n"
        let reference = try AnnToolsGenome.build([(.cpgIslandExt, islands)], in: scratch)
        let plain = try AnnToolsGenome.build(in: Scratch())
        func info(_ position: Int, _ reference: Reference) throws -> [String: String] {
            let base = String(Array(MadeUpGenome.forward)[position - 1])
            let record = MadeUpGenome.record(contig, position, position, base == "A" ? "C" : "A")
            return try Annotated(MadeUpGenome.header + record, [reference]) {
                $0.profile = .anntools
                $0.upstreamDistance = 0
            }.info(0)
        }
        let inIsland = try info(6_100, reference)
        #expect(inIsland["positionType"] == "putativePromoter,putativePromoter")
        #expect(inIsland["name"] == "NM_1,NR_2")
        #expect(inIsland["inCpGIsland"] == "true,true")
        #expect(inIsland["putativePromoterRegion"] == "CpG:20")
        #expect(inIsland["putativePromoterGene"] == "GENE1")
        #expect(inIsland["cpgIslandExt"] == "CpG:20")
        #expect(inIsland["spliceDist"] == nil)
        let outside = try info(5_601, reference)
        #expect(outside["positionType"] == "putativePromoter,putativePromoter")
        #expect(outside["inCpGIsland"] == "false,false")
        #expect(outside["putativePromoterRegion"] == nil)
        #expect(try info(5_601, plain)["inCpGIsland"] == nil)
        for position in [5_600, 6_301] {
            #expect(try info(position, reference) == ["ALLELE_NUM": "1", "positionType": "interGenic"])
        }
    }

    /// Of two borders at the same distance the one before counts.
    @Test(arguments: ["f", "r"]) func theMiddleOfAnIntronBelongsToItsDonor(contig: String) throws {
        let scratch = try Scratch()
        let reference = try AnnToolsGenome.build(in: scratch)
        let records = [(6_190, 6_190), (6_191, 6_191), (6_190, 6_191)].map { place in
            MadeUpGenome.record(contig, place.0, place.1, "")
        }
        let result = try Annotated(MadeUpGenome.header + records.joined(), [reference]) { $0.profile = .anntools }
        #expect((0..<3).map { result.info($0)["spliceDist"] } == ["50,50", "-50,-50", "50,50"])
        #expect(result.info(0)["spliceInfo"] == nil)
    }
}

/// The values that stand in one place of the lists; missing ones are left out.
enum AnnToolsRow {
    static func rows(of info: [String: String]) -> [[String: String]] {
        let count = info["ALLELE_NUM"]?.split(separator: ",").count ?? 0
        return (0..<count).map { index in
            var row: [String: String] = [:]
            for key in AnnToolsKey.allCases.map(\.key) {
                let values = info[key]?.split(separator: ",").map(String.init) ?? []
                if index < values.count, values[index] != "." { row[key] = values[index] }
            }
            return row
        }
    }
}
