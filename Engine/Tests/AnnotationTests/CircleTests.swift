import Foundation
import Testing

@testable import Annotation

/// The mitochondrion's origin, its genes' ends and its start and stop codons.
@Suite struct CircleTests {
    private func annotated(_ records: [String]) throws -> Annotated {
        let lines = records.map { "MT\t" + $0.replacingOccurrences(of: " ", with: "\t") + "\t.\t.\t.\n" }.joined()
        return try Annotated(
            "##fileformat=VCFv4.2\n##contig=<ID=MT,length=16569>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
                + lines, [MtDNA.reference.get()])
    }

    // MARK: the origin

    @Test func readsReferenceBasesAroundTheOrigin() throws {
        let result = try annotated(["16568 . TGG T", "16568 . TGC T"])
        #expect(result.summary.referenceMismatches == 1)
        #expect(result.info(0)["GAS_REF_MISMATCH"] == nil)
        #expect(result.info(1)["GAS_REF_MISMATCH"] != nil)
        let regions = try #require(result.info(0)["GAS_REGION"]).split(separator: ",")
        #expect(Set(regions) == ["MT-ATT", "MT-DLOOP", "MT-7SDNA"])
        #expect(regions.count == 3)
    }

    @Test func findsNeighboursAcrossTheOriginOnce() throws {
        let result = try annotated(["16568 . TGG T", "100 . G A", "16500 . G A", "8000 . C A"])
        for record in 0..<4 {
            let features = result.entries(record).map { $0["Feature"] }
            #expect(Set(features).count == features.count)
        }
        for (record, feature, term, distance) in [
            (0, "MT-TF-201", "upstream_gene_variant", "576"), (0, "MT-TP-201", "upstream_gene_variant", "546"),
            (1, "MT-TF-201", "upstream_gene_variant", "477"), (1, "MT-TP-201", "upstream_gene_variant", "646"),
            (1, "MT-CYB-201", "downstream_gene_variant", "782"), (2, "MT-TF-201", "upstream_gene_variant", "646"),
        ] {
            let entry = try #require(result.entry(record, feature), "\(record) \(feature)")
            #expect(entry["Consequence"] == term)
            #expect(entry["DISTANCE"] == distance)
        }
        #expect(result.entry(3, "MT-TF-201") == nil)
    }

    // MARK: the ends of genes

    @Test func namesADuplicationAtATranscriptsEnd() throws {
        let entry = try #require(try annotated(["4261 . T TA"]).entry(0, "MT-ND1-201"))
        #expect(entry["HGVSc"].hasSuffix(":c.956dup"))
        #expect(entry["HGVSp"].hasSuffix(":p.Ter319%3D"))
    }

    @Test func oneChangeMeansTheSameHoweverItIsWritten() throws {
        let result = try annotated(["5905 . T TG", "5906 . G GG"])
        let both = try (0..<2).map { try #require(result.entry($0, "MT-CO1-201")) }
        for entry in both {
            #expect(entry["Consequence"] == "frameshift_variant")
            #expect(entry["HGVSc"].hasSuffix(":c.3dup"))
        }
        #expect(both[0]["HGVSp"] == both[1]["HGVSp"])
        #expect(both[0]["HGVSp"].contains("fsTer"))
    }

    /// Deletions that run out of a gene without untranslated regions.
    @Test(arguments: [
        ("7441 . CTAGAC C", "MT-CO1-201", "stop_lost"), ("14147 . AACC A", "MT-ND6-201", "stop_lost"),
        ("5902 . TGATG T", "MT-CO1-201", "start_lost"),
    ])
    func deletionsOverAGenesEnd(record: String, feature: String, terms: String) throws {
        let result = try annotated([record])
        #expect(result.summary.referenceMismatches == 0)
        let entry = try #require(result.entry(0, feature))
        #expect(entry["Consequence"] == terms)
        #expect(entry["IMPACT"] == "HIGH")
    }

    // MARK: codons and letters

    /// The codon table decides, as in VEP: another start codon of the code is another residue.
    @Test(arguments: [
        ("4472 . T A", "MT-ND2-201", "p.Ile1?"), ("4472 . T G", "MT-ND2-201", "p.Ile1?"),
        ("5904 . A G", "MT-CO1-201", "p.Met1?"),
    ])
    func anotherStartCodonIsALostStart(record: String, feature: String, protein: String) throws {
        let entry = try #require(try annotated([record]).entry(0, feature))
        #expect(entry["Consequence"] == "start_lost")
        #expect(entry["HGVSp"].hasSuffix(":" + protein))
    }

    @Test func namesTheGenomesBaseForAnUnknownOne() throws {
        let result = try annotated(["8993 . N G", "8992 . NN N", "8993 . T G"])
        #expect(result.summary.referenceMismatches == 0)
        let entry = try #require(result.entry(0, "MT-ATP6-201"))
        #expect(entry["HGVSc"].hasSuffix(":c.467T>G"))
        #expect(entry["HGVSp"].hasSuffix(":p.Leu156Arg"))
        #expect(result.entry(1, "MT-ATP6-201")?["HGVSc"].hasSuffix(":c.467del") == true)
        #expect(result.info(0) == result.info(2))
        #expect(result.records[0][3] == "N")
    }
}
