import Foundation
import Testing

@testable import Annotation

/// The assembly is decided by evidence; a file that fits none is refused with a sentence that says what it looks like.
@Suite struct DetectionTests {
    private func reference(_ name: String, _ contig: String, _ bases: String, in scratch: Scratch) throws -> Reference {
        try ReferenceBuilder(name: name, fasta: scratch.write("\(name).fa", ">\(contig)\n\(bases)\n"), gff3: nil)
            .build(output: scratch.file("\(name).gasref"))
    }

    private static let columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"

    private func records(_ contig: String, _ bases: String) -> String {
        zip(1..., bases).map { "\(contig)\t\($0)\t.\t\($1)\t\($1 == "A" ? "C" : "A")\t.\t.\t.\n" }.joined()
    }

    @Test func choosesTheReferenceWhoseBasesAgree() throws {
        let scratch = try Scratch()
        let one = String(repeating: "ACGTTGCA", count: 10)
        let two = String(repeating: "TGCAACGT", count: 10)
        let references = [try reference("one", "1", one, in: scratch), try reference("two", "1", two, in: scratch)]
        for (name, bases) in [("one", one), ("two", two)] {
            let result = try Annotated("##fileformat=VCFv4.1\n" + Self.columns + records("chr1", bases), references)
            #expect(result.summary.reference == name)
            #expect(result.summary.assemblyEvidence.contains("80 of 80 REF alleles agree"))
        }
        let neither = failure {
            _ = try Annotated(
                "##fileformat=VCFv4.1\n" + Self.columns + records("1", String(repeating: "G", count: 80)), references)
        }
        #expect(neither?.code == .wrongAssembly)
        #expect(neither?.message.contains("Installed here: one, two.") == true)
    }

    @Test func contigLengthsDecide() throws {
        let scratch = try Scratch()
        let bases = String(repeating: "ACGTTGCA", count: 10)
        let references = [
            try reference("short", "1", bases, in: scratch), try reference("long", "1", bases + "ACGT", in: scratch),
        ]
        for (name, length) in [("short", 80), ("long", 84)] {
            let header = "##fileformat=VCFv4.1\n##contig=<ID=1,length=\(length)>\n"
            let result = try Annotated(header + Self.columns + records("1", bases), references)
            #expect(result.summary.reference == name)
        }
        let header = "##fileformat=VCFv4.1\n##contig=<ID=1,length=99>\n"
        #expect(
            failure { _ = try Annotated(header + Self.columns + records("1", bases), references) }?.code
                == .wrongAssembly)
    }

    @Test(arguments: [
        ("##reference=human_b36_both.fasta\n", "NCBI36"), ("##reference=1000GenomesPilot-NCBI36 \n", "NCBI36"),
        ("##contig=<ID=1,length=249250621>\n", "GRCh37"), ("##reference=file:///x/hg19.fa\n", "GRCh37"),
        ("##contig=<ID=chr1,length=248956422>\n", "GRCh38"),
        ("##caller=\"-R /data/human_g1k_v37.fasta\"\n", "GRCh37"),
    ])
    func saysWhatAFileLooksLike(line: String, name: String) throws {
        let error = failure {
            _ = try Annotated(
                "##fileformat=VCFv4.1\n" + line + Self.columns + records("1", "ACGT"), [MtDNA.reference.get()])
        }
        #expect(error?.code == .noReference)
        #expect(error?.message.contains(name) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("rCRS") == true)
    }

    @Test func refusesWithoutReferences() {
        let error = failure { _ = try Annotated("##fileformat=VCFv4.1\n" + Self.columns + records("1", "ACGT"), []) }
        #expect(error?.code == .noReference)
    }

    @Test func noticesADisagreementThatComesLate() throws {
        let scratch = try Scratch()
        let bases = String(repeating: "ACGTTGCA", count: 10)
        let one = try reference("one", "1", bases, in: scratch)
        let text =
            "##fileformat=VCFv4.1\n" + Self.columns + records("1", bases)
            + records("1", String(repeating: "G", count: 80))
        let error = failure { _ = try Annotated(text, [one]) { $0.detectionRecords = 50 } }
        #expect(error?.code == .wrongAssembly)
        #expect(
            try Annotated(text, [one]) { ($0.detectionRecords, $0.referenceMismatchThreshold) = (50, 0.9) }
                .summary.referenceMismatches > 0)
    }

    /// Skipped without the real data beside the repository.
    @Test(
        .enabled(if: Places.hasShared),
        arguments: [
            ("test.vcf", "rCRS"), ("free_1.vcf", "rCRS"), ("free_2.vcf", "NCBI36"), ("premium_1.vcf", "NCBI36"),
            ("premium_2.vcf", "GRCh37"), ("premium_3.vcf", "NCBI36"),
        ])
    func decidesTheOriginalsSamples(file: String, expected: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: Places.shared + "/samples/" + file))
        if expected == "rCRS" {
            let result = try Annotated(data: data, [MtDNA.reference.get()])
            #expect(result.summary.reference == "rCRS")
            #expect(result.summary.referenceMismatches == 0)
        } else {
            let error = failure { _ = try Annotated(data: data, [MtDNA.reference.get()]) }
            #expect(error?.code == .noReference)
            #expect(error?.message.contains(expected) == true)
        }
    }
}
