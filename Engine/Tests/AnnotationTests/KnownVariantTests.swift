import Foundation
import Testing

@testable import Annotation

/// Known variants match by what they change, not by how they are written.
@Suite struct KnownVariantTests {
    //                              1234567890123456789012345
    private static let sequence = "GATTTTTCACACACAGGTCCATGCA"

    private func reference(_ records: String, in scratch: Scratch) throws -> Reference {
        let header =
            "##fileformat=VCFv4.3\n##INFO=<ID=AF,Number=A,Type=Float,Description=\"f\">\n"
            + "##INFO=<ID=DIS,Number=.,Type=String,Description=\"d\">\n##INFO=<ID=OLD,Number=0,Type=Flag,Description=\"o\">\n"
            + "##INFO=<ID=NEVER,Number=1,Type=String,Description=\"n\">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        return try ReferenceBuilder(
            name: "k", fasta: scratch.write("g.fa", ">1\n\(Self.sequence)\n"), gff3: nil,
            known: [.init(path: scratch.write("known.vcf", header + records), name: "Test", prefix: "K")],
            regions: [.init(path: scratch.write("r.bed", "chr1\t0\t3\ta b;c\n1\t2\t9\n2\t0\t9\tno\n"), name: "zone")]
        ).build(output: scratch.file("k.gasref"))
    }

    private static let query = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"

    @Test(arguments: [
        ("1\t3\trs1\tTT\tT", "1\t6\t.\tTT\tT"),  // one T of a run, at either end
        ("1\t2\trs1\tAT\tA", "1\t2\t.\tATTT\tATT"),
        ("1\t7\trs1\tT\tTCA", "1\t13\t.\tA\tACA"),  // a repeat unit more
        ("1\t8\trs1\tCAC\tC", "1\t12\t.\tCAC\tC"),
        ("1\t19\trs1\tC\tG", "1\t17\t.\tGTC\tGTG"),  // a substitution with padding
        ("1\t19\trs1\tCC\tGG", "1\t18\t.\tTCCA\tTGGA"),
        ("chr1\t19\trs1\tc\tg", "1\t19\t.\tC\tG"),
    ])
    func matchesHoweverWritten(known: String, query: String) throws {
        let scratch = try Scratch()
        let reference = try reference(known + "\t.\t.\tAF=0.5\n", in: scratch)
        let result = try Annotated(Self.query + query + "\t.\t.\t.\n", [reference])
        #expect(result.info(0)["K_AF"] == "0.5")
        #expect(result.entries(0).first?["Existing_variation"] == "rs1")
        #expect(result.summary.known == 1)
    }

    @Test func givesAValueForEachAllele() throws {
        let scratch = try Scratch()
        let reference = try reference(
            "1\t19\trs1;rs2\tC\tA,G\t.\t.\tAF=0.1,0.2;OLD\n1\t19\t.\tC\tT\t.\t.\tDIS=a,b%2Cc d\n", in: scratch)
        let result = try Annotated(
            Self.query + "1\t19\t.\tC\tG,T\t.\t.\tK_AF=stale;X=1\n1\t20\t.\tC\tG\t.\t.\t.\n", [reference])
        let info = result.info(0)
        #expect(info["K_AF"] == "0.2,.")
        #expect(info["K_OLD"] == "1,.")
        #expect(info["K_DIS"] == ".,a%2Cb%2Cc%20d")
        #expect(info["X"] == "1")
        #expect(result.entries(0).map { $0["Existing_variation"] } == ["rs1&rs2", ""])
        #expect(result.info(1)["K_AF"] == nil)
        #expect(!result.output.contains("K_NEVER"))
        #expect((result.summary.known, result.summary.novel) == (2, 1))
    }

    @Test func namesRegions() throws {
        let scratch = try Scratch()
        let reference = try reference("1\t19\t.\tC\tA\t.\t.\tAF=1\n", in: scratch)
        let result = try Annotated(
            Self.query
                + "1\t1\t.\tG\tA\t.\t.\t.\n1\t3\t.\tT\tA\t.\t.\t.\n1\t9\t.\tA\tC\t.\t.\t.\n1\t10\t.\tC\tA\t.\t.\t.\n",
            [reference])
        let expected = ["a%20b%3Bc", "a%20b%3Bc,zone", "zone", nil]
        for (record, regions) in expected.enumerated() { #expect(result.info(record)["GAS_REGION"] == regions) }
    }

    @Test func joinsTheIdentifiersOfTheSameChange() throws {
        let scratch = try Scratch()
        let reference = try reference(
            "1\t19\trs1\tC\tA\t.\t.\tAF=0.1\n1\t19\trs2\tC\tG,A\t.\t.\tDIS=b\n1\t19\trs1\tC\tA\t.\t.\tAF=0.3\n"
                + "1\t3\trs4\tTT\tT\t.\t.\t.\n1\t6\trs5\tTT\tT\t.\t.\tAF=0.5\n", in: scratch)
        #expect(reference.knownVariantCount == 3)
        let result = try Annotated(
            Self.query + "1\t5\t.\tTT\tT\t.\t.\t.\n1\t19\t.\tC\tA\t.\t.\t.\n", [reference])
        #expect(result.entries(0).first?["Existing_variation"] == "rs4&rs5")
        #expect(result.info(0)["K_AF"] == "0.5")
        #expect(result.entries(1).first?["Existing_variation"] == "rs1&rs2")
        #expect((result.info(1)["K_AF"], result.info(1)["K_DIS"]) == ("0.1", "b"))
    }

    @Test func leavesOutWhatDoesNotFitTheGenomeAndSaysSo() throws {
        let scratch = try Scratch()
        let reference = try reference(
            "1\t19\t.\tC\tA\t.\t.\tAF=1\n1\t20\t.\tG\tA\t.\t.\tAF=1\n1\t21\t.\tA\tG\t.\t.\tAF=1\n"
                + "1\t23\t.\tG\tA\t.\t.\tAF=1\n9\t1\t.\tA\tG\t.\t.\t.\n1\t26\t.\tA\tG\t.\t.\t.\n", in: scratch)
        #expect(reference.knownVariantCount == 3)
        #expect(
            reference.leftOut == [
                "3 records of Test left out: 1 on contigs that the genome lacks; 1 outside their contig; "
                    + "1 whose REF is not the genome's, the first on line 8."
            ])
    }

    @Test func refusesASourceOfAnotherAssembly() throws {
        let scratch = try Scratch()
        let error = failure {
            _ = try reference(
                "1\t19\t.\tC\tA\t.\t.\t.\n1\t20\t.\tG\tA\t.\t.\t.\n1\t21\t.\tC\tG\t.\t.\t.\n", in: scratch)
        }
        #expect(
            "\(try #require(error))"
                == "Line 8: known.vcf: Test is of another assembly: 2 of 3 REF alleles disagree with the genome.")
    }
}
