import Foundation
import Testing

@testable import Annotation

/// An ATG that comes or goes in a 5' UTR, on both strands.
///
///     1 ... 20 | 21 CCATGACATCCC 32 | 33 ATGAAATAA 41 | CCCC 45 | ... 65
@Suite struct UpstreamORFTests {
    private static let forward =
        String(repeating: "T", count: 20) + "CCATGACATCCC" + "ATGAAATAA" + "CCCC" + String(repeating: "T", count: 20)
    private static let reverse = MadeUpGenome.complement(forward)

    private static func record(_ contig: String, _ from: Int, _ to: Int, _ bases: String) -> String {
        let sequence = Array(contig == "f" ? forward : reverse)
        let (low, high) = contig == "f" ? (from, to) : (66 - to, 66 - from)
        // With the base before it, as insertions and deletions need it.
        let reference = String(sequence[(low - 2)..<high])
        let alternate = String(sequence[low - 2]) + (contig == "f" ? bases : MadeUpGenome.complement(bases))
        return "\(contig)\t\(low - 1)\t.\t\(reference)\t\(alternate)\t.\t.\t.\n"
    }

    private static let cases: [(from: Int, to: Int, bases: String, change: String?)] = [
        (23, 23, "C", "-1"),  // CCATG > CCCTG
        (30, 30, "G", "+1"),  // CATCC > CATGC
        (26, 26, "G", nil),  // ATGA > ATGG
        (21, 21, "", nil),
        (24, 25, "", "-1"),
        (28, 27, "ATG", "+1"),
        (25, 24, "C", "-1"),  // ATG > ATCG
        (23, 27, "CCATG", "-1"),  // ATGAC > CCATG: one is lost, another gained
        (33, 33, "G", nil),  // the start codon is none of them
    ]

    @Test(arguments: cases, ["f", "r"])
    func startsComeAndGo(_ one: (from: Int, to: Int, bases: String, change: String?), contig: String) throws {
        let scratch = try Scratch()
        let genes =
            "585\tNM_1\tf\t+\t20\t45\t32\t41\t1\t20,\t45,\t0\tG\tcmpl\tcmpl\t0,\n"
            + "585\tNM_1\tr\t-\t20\t45\t24\t33\t1\t20,\t45,\t0\tG\tcmpl\tcmpl\t0,\n"
        let source = ReferenceBuilder.UCSCSource(table: .refGene, path: try scratch.write("refGene.txt", genes))
        let fasta = try scratch.write("u.fa", ">f\n\(Self.forward)\n>r\n\(Self.reverse)\n")
        let reference = try ReferenceBuilder(name: "u", fasta: fasta, gff3: nil, ucsc: [source])
            .build(output: scratch.file("u.gasref"))
        let text = MadeUpGenome.header + Self.record(contig, one.from, one.to, one.bases)
        let info = try Annotated(text, [reference]) { $0.profile = .anntools }.info(0)
        #expect(info["uorfChange"] == one.change)
        #expect(info["positionType"] == (one.from == 33 ? "CDS" : "utr5"))
    }
}
