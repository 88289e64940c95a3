import Testing

@testable import Annotation

/// Every term of VEP's is found somewhere.
@Suite struct TermTests {
    /// A coding transcript whose last codon has one base, and a microRNA with its mature part.
    private static func build(_ scratch: Scratch) throws -> Reference {
        let set = TranscriptSet(members: [
            TranscriptSet.Member(id: "OPEN", attributes: "tag=cds_end_NF", codingEnd: 6_268)
        ])
        _ = try set.build(in: scratch)
        func line(_ type: String, _ start: Int, _ end: Int, _ attributes: String) -> String {
            "f\ttest\t\(type)\t\(start)\t\(end)\t.\t+\t.\t\(attributes)\n"
        }
        let models =
            try scratch.read("g.gff3") + line("gene", 6_110, 6_180, "ID=gene:MIR;biotype=miRNA")
            + line("pre_miRNA", 6_110, 6_180, "ID=transcript:MIR;Parent=gene:MIR;biotype=miRNA")
            + line("exon", 6_110, 6_180, "Parent=transcript:MIR")
            + line("miRNA", 6_120, 6_140, "ID=mature:MIR;Parent=transcript:MIR")
        return try ReferenceBuilder(
            name: "terms", fasta: scratch.file("g.fa"), gff3: try scratch.write("terms.gff3", models)
        ).build(output: scratch.file("terms.gasref"))
    }

    @Test(arguments: [
        (6_268, 6_268, "OPEN", "incomplete_terminal_codon_variant&coding_sequence_variant"),
        (6_130, 6_130, "MIR", "mature_miRNA_variant"),
        (6_115, 6_115, "MIR", "non_coding_transcript_exon_variant"),
    ])
    func findsTermsOfSpecialTranscripts(from: Int, to: Int, feature: String, terms: String) throws {
        let reference = try Self.build(Scratch())
        let other = Array(MadeUpGenome.forward)[from - 1] == "G" ? "A" : "G"
        let text = MadeUpGenome.header + MadeUpGenome.record("f", from, to, other)
        #expect(try Annotated(text, [reference]).entry(0, feature)?["Consequence"] == terms)
    }

    /// A base of the 5' UTR goes and the start codon stays: `CA>A` over their border. VEP says both, as no ATG stands any
    /// longer where one stood.
    @Test func startIsRetained() throws {
        let text = MadeUpGenome.header + "f\t6110\t.\tCA\tA\t.\t.\t.\n"
        let entry = try Annotated(text, [ConsequenceTests.reference.get()]).entry(0, "CODING-f")
        #expect(entry?["Consequence"] == "start_lost&start_retained_variant&5_prime_UTR_variant")
    }

    /// The terms of this file's tests, of ``ConsequenceTests`` and of ``StructuralTests`` are all that there are, but for
    /// `coding_transcript_variant`, which VEP gives to no change that has another term.
    @Test func everyTermHasATest() {
        let here = [
            "incomplete_terminal_codon_variant", "mature_miRNA_variant", "start_retained_variant",
            "NMD_transcript_variant", "non_coding_transcript_exon_variant", "non_coding_transcript_variant",
            "coding_transcript_variant",
        ]
        let terms = ConsequenceTests.cases.map(\.terms) + StructuralTests.cases.map(\.terms) + here
        let tested = Set(terms.flatMap { $0.split(separator: "&").map(String.init) })
        #expect(tested == Set(Consequence.allCases.map { "\($0.term)" }))
    }
}
