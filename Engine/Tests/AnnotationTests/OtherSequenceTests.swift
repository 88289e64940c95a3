import Foundation
import Testing

@testable import Annotation

/// Accessions whose version tells the assembly, and contigs that are another sequence than the reference's of that name.
@Suite struct OtherSequenceTests {
    private static func random(_ count: Int, seed: UInt64) -> String {
        var state = seed
        return String(
            (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Array("ACGT")[Int(state >> 60) & 3]
            })
    }

    private static let nuclear = random(400, seed: 1)
    private static let mitochondrion = random(16_569, seed: 2)
    /// Two bases longer near its beginning, as NC_001807 is.
    private static let former = mitochondrion.prefix(310) + "CT" + mitochondrion.dropFirst(310)

    private func build(_ name: String, _ contigs: [(String, any StringProtocol)], in scratch: Scratch) throws
        -> Reference
    {
        let fasta = contigs.map { ">\($0.0)\n\($0.1)\n" }.joined()
        return try ReferenceBuilder(name: name, fasta: scratch.write("\(name).fa", fasta), gff3: nil)
            .build(output: scratch.file("\(name).gasref"))
    }

    private func records(_ contig: String, _ bases: some StringProtocol, _ positions: [Int]) -> String {
        let letters = Array(bases)
        return positions.map {
            "\(contig)\t\($0)\t.\t\(letters[$0 - 1])\t\(letters[$0 - 1] == "A" ? "C" : "A")\t.\t.\t.\n"
        }.joined()
    }

    private static func header(_ contigs: [(String, Int)]) -> String {
        "##fileformat=VCFv4.2\n" + contigs.map { "##contig=<ID=\($0.0),length=\($0.1)>\n" }.joined()
            + "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    }

    // MARK: accessions

    @Test func theVersionOfAnAccessionDecides() throws {
        let scratch = try Scratch()
        let references = [
            try build("old", [("NC_000022.10", Self.nuclear)], in: scratch),
            try build("new", [("NC_000022.11", Self.nuclear)], in: scratch),
        ]
        for (contig, name) in [
            ("NC_000022.10", "old"), ("CM000684.1", "old"), ("NC_000022.11", "new"), ("CM000684.2", "new"),
        ] {
            let result = try Annotated(Self.header([]) + records(contig, Self.nuclear, [5, 9]), references)
            #expect(result.summary.reference == name)
            #expect(result.summary.annotatedAlleles == 2)
        }
        let undecided = failure {
            _ = try Annotated(Self.header([]) + records("chr22", Self.nuclear, [5, 9]), references)
        }
        #expect(undecided?.message.contains("new or old") == true)
    }

    @Test(arguments: [
        ("NC_000001.9", "NCBI36"), ("NC_000002.11", "GRCh37"), ("NC_000001.11", "GRCh38"), ("CM000663.2", "GRCh38"),
        ("NC_060925.1", "T2T"),
    ])
    func saysWhatAnAccessionIsOf(contig: String, name: String) throws {
        let error = failure {
            _ = try Annotated(Self.header([]) + records(contig, "ACGT", [1, 2]), [MtDNA.reference.get()])
        }
        #expect(error?.code == .noReference)
        #expect(error?.message.contains("human \(name)") == true, "\(error?.message ?? "")")
    }

    // MARK: the mitochondrion of UCSC's hg19

    @Test func theLengthInTheHeaderTellsTheMitochondria() throws {
        let scratch = try Scratch()
        let reference = try build(
            "human", [("chr1", Self.nuclear), ("chrM", Self.mitochondrion)], in: scratch)
        let lines = records("chr1", Self.nuclear, [7]) + records("chrM", Self.former, [100, 9_000, 12_000])
        let result = try Annotated(Self.header([("chr1", 400), ("chrM", 16_571)]) + lines, [reference])
        #expect(result.info(0)["CSQ"] != nil)
        for record in 1...3 { #expect(result.records[record][7] == ".") }
        #expect(result.summary.otherSequences == ["chrM": 3])
        #expect(result.summary.passedThrough == 3)
        #expect(result.summary.accounting?.reasons == ["other_sequence": 3])
        #expect(result.summary.referenceMismatches == 0)
        #expect(result.summary.problems.count == 1)
        #expect(result.summary.problems.first?.message.contains("NC_001807.4") == true)
        #expect(result.summary.countLog().contains("another sequence"))
        // The other way round, and with the right length.
        let both = try build("former", [("chr1", Self.nuclear), ("chrM", Self.former)], in: scratch)
        let header = Self.header([("chr1", 400), ("chrM", 16_569)])
        let rest = records("chr1", Self.nuclear, [7]) + records("chrM", Self.mitochondrion, [9_000])
        #expect(try Annotated(header + rest, [both]).summary.otherSequences == ["chrM": 1])
        #expect(try Annotated(header + rest, [reference, both]).summary.reference == "human")
        #expect(try Annotated(header + rest, [reference, both]).summary.otherSequences.isEmpty)
    }

    @Test func theAllelesTellTheMitochondriaWithoutALength() throws {
        let scratch = try Scratch()
        let reference = try build(
            "human", [("chr1", Self.nuclear), ("chrM", Self.mitochondrion)], in: scratch)
        let positions = Array(stride(from: 1_000, to: 16_000, by: 100))
        let nuclear = records("chr1", Self.nuclear, Array(1...40))
        let wrong = try Annotated(Self.header([]) + records("chrM", Self.former, positions) + nuclear, [reference])
        #expect(wrong.summary.otherSequences == ["chrM": positions.count])
        #expect(wrong.summary.annotatedAlleles == 40)
        #expect(wrong.summary.problems.count == 1)
        #expect(wrong.summary.problems.first?.line == 3)
        #expect(wrong.summary.problems.first?.message.contains("NC_001807") == true)
        let right = try Annotated(
            Self.header([]) + records("chrM", Self.mitochondrion, positions) + nuclear, [reference])
        #expect(right.summary.otherSequences.isEmpty)
        #expect(right.summary.annotatedAlleles == positions.count + 40)
        // The same whatever the number of threads, over many chunks.
        let many = nuclear + String(repeating: records("chrM", Self.former, positions), count: 120)
        let outputs = try [1, 3].map { threads in
            try Annotated(Self.header([]) + many, [reference]) { $0.threads = threads }
        }
        #expect(outputs[0].output == outputs[1].output)
        #expect(outputs[0].summary.problems == outputs[1].summary.problems)
        #expect(outputs[0].summary.otherSequences == ["chrM": positions.count * 120])
    }

    @Test func theRCRSKeepsARecordThatDisagrees() throws {
        let text = Self.header([]) + "chrM\t73\t.\tA\tG\t.\t.\t.\n" + "chrM\t74\t.\tC\tG\t.\t.\t.\n"
        let result = try Annotated(text, [MtDNA.reference.get()])
        #expect(result.summary.referenceMismatches == 1)
        #expect(result.summary.otherSequences.isEmpty)
        let alone = try Annotated(
            Self.header([]) + "chrM\t74\t.\tC\tG\t.\t.\t.\n", [MtDNA.reference.get()])
        #expect(alone.summary.otherSequences == ["chrM": 1])
        #expect(alone.records[0][7] == ".")
    }

    @Test func anyContigOfAnotherLengthPassesThrough() throws {
        let scratch = try Scratch()
        let reference = try build(
            "pair", [("1", Self.nuclear), ("2", Self.nuclear), ("3", Self.nuclear)], in: scratch)
        let lines = records("1", Self.nuclear, [5]) + records("2", Self.nuclear, [5])
        let result = try Annotated(Self.header([("1", 400), ("2", 401)]) + lines, [reference])
        #expect(result.info(0)["CSQ"] != nil)
        #expect(result.records[1][7] == ".")
        #expect(result.summary.problems.first?.message.contains("401 bases") == true)
    }
}
