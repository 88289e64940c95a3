import Testing

@testable import Annotation

/// Where the ribosome slips back by one base, as in the first gene of coronaviruses, that base is read twice.
@Suite struct SlippageTests {
    /// `ATG AAT TTA AAC`, and on from its last base `C GG GTT TAA`.
    private static let gene = "ATGAATTTAAACGGGTTTAA"

    private func annotate(_ record: String, isReverse: Bool = false) throws -> Entry? {
        let scratch = try Scratch()
        let complement: [Character: Character] = ["A": "T", "C": "G", "G": "C", "T": "A"]
        let bases = isReverse ? String(Self.gene.reversed().compactMap { complement[$0] }) : Self.gene
        let parts = isReverse ? [(19, 30), (11, 19)] : [(11, 22), (22, 30)]
        let strand = isReverse ? "-" : "+"
        let coding = parts.map {
            "1\tx\tCDS\t\($0)\t\($1)\t.\t\(strand)\t0\tID=cds-P;Parent=gene-G;exception=ribosomal slippage;protein_id=P\n"
        }
        let reference = try ReferenceBuilder(
            name: "slip", fasta: scratch.write("g.fa", ">1\nGGCCGGCCGG\(bases)CCGGCCGGCC\n"),
            gff3: scratch.write(
                "g.gff3",
                "##gff-version 3\n1\tx\tgene\t11\t30\t.\t\(strand)\t.\tID=gene-G;Name=G;gene_biotype=protein_coding\n"
                    + coding.joined())
        ).build(output: scratch.file("slip.gasref"))
        let head = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        return try Annotated(head + record + "\t.\t.\t.\n", [reference]).entries(0).first
    }

    @Test(arguments: [false, true])
    func aSubstitutionThereChangesBothReadings(isReverse: Bool) throws {
        let entry = try #require(
            try annotate(isReverse ? "1\t19\t.\tG\tA" : "1\t22\t.\tC\tT", isReverse: isReverse))
        #expect(entry["Consequence"] == "missense_variant")
        #expect(entry["HGVSp"] == "P:p.Arg5Trp")
        #expect(entry["Amino_acids"] == "NR/NW" && entry["Codons"] == "aaCCgg/aaTTgg")
    }

    @Test(arguments: [false, true])
    func soDoesOneOfSeveralBasesAround(isReverse: Bool) throws {
        // ACG to GTA: AAC CGG is AGT TAG then.
        let entry = try #require(
            try annotate(isReverse ? "1\t18\t.\tCGT\tTAC" : "1\t21\t.\tACG\tGTA", isReverse: isReverse))
        #expect(entry["Consequence"] == "stop_gained")
        #expect(entry["HGVSp"] == "P:p.Asn4_Arg5delinsSerTer")
    }

    @Test func neighboursAreReadOnce() throws {
        #expect(try annotate("1\t21\t.\tA\tG")?["HGVSp"] == "P:p.Asn4Ser")
        #expect(try annotate("1\t23\t.\tG\tA")?["HGVSp"] == "P:p.Arg5Gln")
        #expect(try annotate("1\t24\t.\tG\tA")?["Consequence"] == "synonymous_variant")
    }
}
