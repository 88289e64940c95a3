import Foundation
import Testing

@testable import Annotation

/// HGVSg: the 3' rule on the contig, duplications, inversions, and the names of contigs.
@Suite struct GenomicDescriptionTests {
    //                          1        10        20        30        40
    private static let bases = "ACGTTTGCAACACACGGATCCTTAGCGATCAAGT"

    private func describe(_ records: [(Int, String, String)]) throws -> [String] {
        let scratch = try Scratch()
        let reference = try ReferenceBuilder(
            name: "g", fasta: try scratch.write("g.fa", ">1\n\(Self.bases)\n"), gff3: nil
        ).build(output: scratch.file("g.gasref"))
        let text = records.map { "chr1\t\($0.0)\t.\t\($0.1)\t\($0.2)\t.\t.\t.\n" }.joined()
        let result = try Annotated(MadeUpGenome.header + text, [reference]) { $0.hgvsGenomic = true }
        #expect(result.summary.referenceMismatches == 0)
        #expect(result.output.contains("|HGNC_ID|HGVSg\""))
        return result.records.indices.map { record in
            (result.info(record)["CSQ"] ?? "").split(separator: ",").map { entry in
                String(entry.split(separator: "|", omittingEmptySubsequences: false).last!)
            }.joined(separator: ",")
        }
    }

    @Test func substitutionsDeletionsAndInsertions() throws {
        let found = try describe([
            (3, "G", "A"), (3, "GT", "G"), (3, "G", "GT"), (3, "G", "GA"), (3, "GTTT", "G"), (10, "ACA", "A"),
            (12, "A", "AAC"), (12, "A", "ACA"), (14, "A", "AG"), (3, "GT", "AC"), (3, "G", "ACC"), (3, "GTT", "CT"),
            (34, "T", "TT"), (33, "G", "GT"), (3, "G", "N"), (3, "G", "A,C"), (3, "G", "G"),
        ])
        #expect(
            found == [
                "chr1:g.3G>A", "chr1:g.6del", "chr1:g.6dup", "chr1:g.3_4insA", "chr1:g.4_6del", "chr1:g.14_15del",
                "chr1:g.12_13insAC", "chr1:g.14_15dup", "chr1:g.14_15insG", "chr1:g.3_4inv", "chr1:g.3delinsACC",
                "chr1:g.3_4delinsC", "chr1:g.34dup", "chr1:g.34dup", "", "chr1:g.3G>A,chr1:g.3G>C", "",
            ])
    }

    /// Common bases are no part of the description, wherever the file puts them.
    @Test func sharedBasesAreTrimmed() throws {
        #expect(
            try describe([(2, "CGT", "CAT"), (2, "CGTTT", "CGTT"), (1, "A", "ATA"), (16, "GGATCC", "GGTCC")])
                == ["chr1:g.3G>A", "chr1:g.6del", "chr1:g.1_2insTA", "chr1:g.18del"])
    }

    @Test func mitochondrionAndAccession() throws {
        let text = MadeUpGenome.header + "chrM\t73\t.\tA\tG\t.\t.\t.\nchrM\t16568\t.\tTG\tT\t.\t.\t.\n"
        for (usesAccession, name) in [(false, "chrM"), (true, "NC_012920.1")] {
            let result = try Annotated(text, [MtDNA.reference.get()]) {
                ($0.hgvsGenomic, $0.hgvsGenomicAccession) = (true, usesAccession)
            }
            for (record, expected) in ["\(name):m.73A>G", "\(name):m.16569del"].enumerated() {
                let entries = result.info(record)["CSQ"]!.split(separator: ",")
                #expect(!entries.isEmpty)
                #expect(entries.allSatisfy { $0.hasSuffix("|" + expected) })
            }
        }
    }

    @Test func isLeftOutUnlessAskedFor() throws {
        let text = MadeUpGenome.header + "chrM\t73\t.\tA\tG\t.\t.\t.\n"
        let result = try Annotated(text, [MtDNA.reference.get()])
        #expect(!result.output.contains("HGVSg") && !result.output.contains(":m."))
    }
}
