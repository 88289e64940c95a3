import Foundation
import Testing

@testable import Annotation

/// What changes of one haplotype do together. Each is made on both strands and must mean the same.
@Suite struct HaplotypeTests {
    /// A change of contig `f` of the made-up genome, and the genotypes of its samples.
    struct Site {
        let from: Int
        let to: Int
        let bases: String
        let genotypes: [String]

        /// Replaces `from...to` (inserts before `from` if `to` is less).
        init(_ from: Int, _ to: Int, _ bases: String, _ genotypes: String...) {
            (self.from, self.to, self.bases, self.genotypes) = (from, to, bases, genotypes)
        }
        init(_ at: Int, _ base: String, _ genotypes: String...) {
            (from, to, bases, self.genotypes) = (at, at, base, genotypes)
        }
    }

    private static func vcf(_ contig: String, _ sites: [Site], format: String = "GT") -> String {
        let samples = (1...(sites.first?.genotypes.count ?? 1)).map { "S\($0)" }
        let lines = sites.map { site -> (Int, String) in
            let record = MadeUpGenome.record(contig, site.from, site.to, site.bases).dropLast()
            let position = record.split(separator: "\t").dropFirst().first.flatMap { Int($0) } ?? 0
            return (position, record + "\t" + format + "\t" + site.genotypes.joined(separator: "\t") + "\n")
        }
        return MadeUpGenome.header(samples: samples)
            + lines.sorted { $0.0 < $1.0 }.map(\.1).joined()
    }

    /// The entries of the coding transcript: of each record, in the order of contig `f`.
    private func entries(
        _ sites: [Site], on contig: String = "f", format: String = "GT", in scratch: Scratch? = nil,
        _ change: (inout AnnotationOptions) -> Void = { _ in }
    ) throws -> (entries: [[HaplotypeEntry]], result: Annotated) {
        let scratch = try scratch ?? Scratch()
        let result = try Annotated(
            Self.vcf(contig, sites, format: format), [try MadeUpGenome.build(in: scratch)]
        ) {
            $0.haplotypes = true
            change(&$0)
        }
        let found = result.records.indices.map { record in
            (result.info(record)["GAS_HAP"] ?? "").split(separator: ",").map(HaplotypeEntry.init)
                .filter { $0["Feature"].hasPrefix("CODING") }
        }
        return (contig == "f" ? found : found.reversed(), result)
    }

    @Test(arguments: ["f", "r"])
    func twoSubstitutionsInACodon(contig: String) throws {
        let (found, result) = try entries([Site(6_114, "A", "0|1"), Site(6_115, "A", "0|1")], on: contig)
        for entry in found {
            #expect(entry.count == 1)
            #expect(entry.first?["Consequence"] == "missense_variant")
            #expect(entry.first?["HGVSp"] == "CODING-P:p.Ala2Asn")
            #expect(entry.first?["FLAGS"] == "DIFFERS_PROTEIN")
            #expect(entry.first?["Haplotypes"] == "1")
            #expect(entry.first?["Samples"] == "S1:2")
            #expect(entry.first?["IMPACT"] == "MODERATE")
        }
        #expect(found.count == 2)
        if contig == "f" {
            #expect(found[0].first?["Members"] == "6114+G>A&6115+C>A")
            #expect(found[0].first?["Allele"] == "A")
        }
        // The nonsense-mediated transcript has one too; the non-coding one has none.
        let all = (result.info(0)["GAS_HAP"] ?? "").split(separator: ",").map(HaplotypeEntry.init)
        #expect(all.map { $0["Consequence"] } == ["missense_variant", "missense_variant&NMD_transcript_variant"])
        #expect(result.summary.haplotypes?.combinations == 2)
        #expect(result.summary.haplotypes?.differing == 2)
        #expect(result.output.contains("##INFO=<ID=GAS_HAP,Number=.,Type=String,"))
        #expect(result.summary.countLog().contains("Haplotypes"))
    }

    @Test(arguments: ["f", "r"])
    func aStopThatOnlyTheCombinationMakes(contig: String) throws {
        let (found, _) = try entries([Site(6_135, "T", "1|0"), Site(6_136, "A", "1|0")], on: contig)
        for entry in found {
            #expect(entry.first?["Consequence"] == "stop_gained")
            #expect(entry.first?["HGVSp"] == "CODING-P:p.Pro9Ter")
            #expect(entry.first?["FLAGS"] == "DIFFERS_CONSEQUENCE&DIFFERS_PROTEIN")
            #expect(entry.first?["Samples"] == "S1:1")
        }
    }

    @Test(arguments: ["f", "r"])
    func aStopThatTheCombinationRemoves(contig: String) throws {
        // CAG > TAG alone, TGG together.
        let (found, result) = try entries([Site(6_126, "T", "1|1"), Site(6_127, "G", "1|1")], on: contig)
        #expect(found.map { $0.first?["FLAGS"] } == ["DIFFERS_CONSEQUENCE&DIFFERS_PROTEIN", "DIFFERS_PROTEIN"])
        for entry in found {
            #expect(entry.first?["Consequence"] == "missense_variant")
            #expect(entry.first?["HGVSp"] == "CODING-P:p.Gln6Trp")
            #expect(entry.first?["Haplotypes"] == "2")
            #expect(entry.first?["Samples"] == "S1:1&S1:2")
        }
        let single = result.records.indices.compactMap { result.entry($0, "CODING-\(contig)")?["Consequence"] }
        #expect(single.contains("stop_gained"))
    }

    @Test(arguments: ["f", "r"])
    func aFrameshiftThatIsRestored(contig: String) throws {
        let (found, result) = try entries([Site(6_117, 6_117, "", "0|1"), Site(6_123, 6_122, "A", "0|1")], on: contig)
        for (record, entry) in found.enumerated() {
            #expect(entry.first?["Consequence"] == "missense_variant")
            #expect(entry.first?["HGVSp"] == "CODING-P:p.Trp3Gly")
            #expect(entry.first?["FLAGS"] == "DIFFERS_CONSEQUENCE&DIFFERS_PROTEIN")
            #expect(result.entry(record, "CODING-\(contig)")?["Consequence"] == "frameshift_variant")
        }
        #expect(found.flatMap { $0 }.map { $0["Allele"] }.sorted() == ["-", contig == "f" ? "A" : "T"])
    }

    /// The frame is restored the other way round: first an insertion, then a deletion.
    @Test(arguments: ["f", "r"])
    func anInsertionThatADeletionRestores(contig: String) throws {
        let (found, _) = try entries([Site(6_117, 6_116, "C", "0|1"), Site(6_125, 6_125, "", "0|1")], on: contig)
        for entry in found {
            #expect(entry.first?["Consequence"] == "missense_variant")
            #expect(entry.first?["HGVSp"] == "CODING-P:p.Trp3_Leu5delinsLeuGluThr")
            #expect(entry.first?["FLAGS"] == "DIFFERS_CONSEQUENCE&DIFFERS_PROTEIN")
        }
    }

    /// The frame is restored in the next exon.
    @Test(arguments: ["f", "r"])
    func aFrameshiftThatIsRestoredBehindAnIntron(contig: String) throws {
        let (found, _) = try entries([Site(6_139, 6_139, "", "0|1"), Site(6_242, 6_241, "C", "0|1")], on: contig)
        for entry in found {
            #expect(entry.first?["Consequence"].hasPrefix("missense_variant") == true)
            #expect(entry.first?["HGVSp"] == "CODING-P:p.Tyr10_Gly11delinsLeuArg")
        }
    }

    /// A change in the shifted frame, where it makes a stop that neither makes alone.
    @Test(arguments: ["f", "r"])
    func aStopInTheShiftedFrame(contig: String) throws {
        let (found, _) = try entries([Site(6_120, 6_120, "", "0|1"), Site(6_126, "A", "0|1")], on: contig)
        for entry in found {
            #expect(entry.first?["Consequence"].contains("frameshift_variant") == true)
            #expect(entry.first?["HGVSp"] == "CODING-P:p.Lys4AsnfsTer2")
        }
    }

    @Test(arguments: ["f", "r"])
    func changesBehindAStopAreToldSo(contig: String) throws {
        let sites = [Site(6_115, "A", "0|1"), Site(6_126, "T", "0|1"), Site(6_135, "T", "0|1")]
        let (found, result) = try entries(sites, on: contig)
        #expect(found[0].isEmpty && found[1].isEmpty)
        #expect(found[2].first?["Consequence"] == "stop_gained")
        #expect(found[2].first?["HGVSp"] == "CODING-P:p.Gln6Ter")
        #expect(found[2].first?["FLAGS"] == "AFTER_STOP")
        if contig == "f" { #expect(found[2].first?["Members"] == "6126+C>T&6135+C>T") }
        #expect(result.summary.haplotypes?.differing == 2)
    }

    /// Changes of different codons are what they are alone, and so are changes of different haplotypes.
    @Test(arguments: ["f", "r"])
    func whatDoesNotActTogetherHasNoEntry(contig: String) throws {
        for sites in [
            [Site(6_114, "A", "0|1"), Site(6_118, "A", "0|1")], [Site(6_114, "A", "0|1"), Site(6_115, "A", "1|0")],
            [Site(6_114, "A", "0|1", "0|0"), Site(6_115, "A", "0|0", "0|1")],
            [Site(6_114, "A", "0|1"), Site(6_115, "A", "0/1")], [Site(6_114, "A", "./."), Site(6_115, "A", "1|1")],
            [Site(6_117, 6_116, "GCA", "0|1"), Site(6_118, "A", "0|1")],
            [Site(6_105, "A", "1"), Site(6_106, "A", "1")],
        ] {
            let (found, _) = try entries(sites, on: contig)
            #expect(found.flatMap { $0 }.isEmpty)
        }
    }

    @Test(arguments: [
        ("0|1:7", "0|1:7", 1), ("0|1:7", "0|1:8", 0), ("0|1:7", "1|1:8", 1), ("0|1:.", "0|1", 1), ("0|1:7", "0|1:.", 0),
        ("1:7", "1", 1), ("1|0:6114", "1|0:6114", 1), ("0|1|1:1", "0|1|0:1", 1), ("1/1", "1|1:4", 1),
        ("/1/1", "1/1", 1),
    ])
    func phaseSets(first: String, second: String, count: Int) throws {
        let (found, _) = try entries([Site(6_114, "A", first), Site(6_115, "A", second)], format: "GT:PS")
        for entry in found { #expect(entry.count == count, "\(first) \(second)") }
    }

    @Test func onlyTheAllelesOfAHaplotypeCount() throws {
        let text =
            MadeUpGenome.header(samples: ["A b", "C|d;e"])
            + "f\t6114\t.\tG\tC,A\t.\t.\t.\tGT\t1|2\t0|1\n" + "f\t6115\t.\tC\tA,G\t.\t.\t.\tGT\t2|1\t0|1\n"
        let result = try Annotated(text, [try MadeUpGenome.build(in: Scratch())]) { $0.haplotypes = true }
        let found = (result.info(0)["GAS_HAP"] ?? "").split(separator: ",").map(HaplotypeEntry.init)
            .filter { $0["Feature"] == "CODING-f" }
        #expect(found.map { $0["Allele"] } == ["C", "A", "C"])
        #expect(found.map { $0["HGVSp"] } == ["p.Ala2Arg", "p.Ala2Asn", "p.Ala2His"].map { "CODING-P:" + $0 })
        #expect(found.map { $0["Samples"] } == ["A_b:1", "A_b:2", "C_d%3Be:2"])
        // Samples and alleles are counted; the field stays one field.
        #expect(result.records.allSatisfy { $0.count == 11 })
    }

    /// Haplotypes that hit a splice site, reach out of the coding sequence or hold no sequence are not judged.
    @Test(arguments: ["f", "r"])
    func brokenHaplotypes(contig: String) throws {
        let pair = [Site(6_114, "A", "0|1"), Site(6_115, "A", "0|1")]
        for site in [
            Site(6_141, "A", "0|1"), Site(6_240, "A", "0|1"), Site(6_138, 6_145, "", "0|1"),
            Site(6_105, 6_112, "", "0|1"),
        ] {
            let (found, result) = try entries(pair + [site], on: contig)
            #expect(found.flatMap { $0 }.isEmpty)
            #expect(result.summary.haplotypes?.broken == 2)
        }
        // On the other haplotype they do no harm; neither do introns, untranslated regions and spanning deletions.
        for site in [Site(6_141, "A", "1|0"), Site(6_160, "A", "0|1"), Site(6_103, "A", "0|1")] {
            let (found, _) = try entries(pair + [site], on: contig)
            #expect(found.flatMap { $0 }.count == 2)
        }
    }

    @Test func allelesThatAreNoSequence() throws {
        for (alternate, count) in [("<DEL>", 0), ("*", 2)] {
            let text =
                Self.vcf("f", [Site(6_114, "A", "0|1"), Site(6_115, "A", "0|1")])
                + "f\t6120\t.\tA\t\(alternate)\t.\t.\tEND=6125\tGT\t0|1\n"
            let result = try Annotated(text, [try MadeUpGenome.build(in: Scratch())]) { $0.haplotypes = true }
            #expect(result.records.filter { $0[7].contains("GAS_HAP=") }.count == count)
        }
    }

    @Test func changesThatContradictEachOther() throws {
        let (found, result) = try entries([Site(6_114, 6_116, "", "0|1"), Site(6_115, "A", "0|1")])
        #expect(found.flatMap { $0 }.isEmpty)
        #expect(result.summary.haplotypes?.contradictory == 2)
    }

    /// Opposite changes leave the protein as it is.
    @Test func aCombinationThatChangesNothing() throws {
        let (found, _) = try entries([Site(6_120, 6_120, "", "0|1"), Site(6_123, 6_122, "A", "0|1")])
        for entry in found {
            #expect(entry.first?["Consequence"] == "synonymous_variant")
            #expect(entry.first?["HGVSp"].hasSuffix("%3D") == true)
            #expect(entry.first?["FLAGS"] == "DIFFERS_CONSEQUENCE&DIFFERS_PROTEIN")
        }
    }

    @Test func aLostStartEndsTheMatter() throws {
        let (found, _) = try entries([
            Site(6_111, "G", "1|0"), Site(6_112, "C", "1|0"), Site(6_135, "T", "1|0"), Site(6_136, "A", "1|0"),
        ])
        #expect(found[0].first?["Consequence"] == "start_lost")
        #expect(found[0].first?["HGVSp"] == "CODING-P:p.Met1?")
        #expect(found[2].isEmpty && found[3].isEmpty)
    }

    /// In the mitochondrion's genetic code AGA is a stop; genotypes are haploid.
    @Test func theMitochondrialCode() throws {
        let text =
            MadeUpGenome.header(samples: ["S"]) + "MT\t6340\t.\tC\tG\t.\t.\t.\tGT\t1\n"
            + "MT\t6341\t.\tC\tA\t.\t.\t.\tGT\t1\n"
        let result = try Annotated(text, [MtDNA.reference.get()]) { $0.haplotypes = true }
        #expect(result.summary.referenceMismatches == 0)
        let found = (result.info(0)["GAS_HAP"] ?? "").split(separator: ",").map(HaplotypeEntry.init)
        #expect(found.map { $0["SYMBOL"] } == ["MT-CO1"])
        #expect(found.first?["Consequence"] == "stop_gained")
        #expect(found.first?["FLAGS"].contains("DIFFERS_CONSEQUENCE") == true)
    }
}

extension MadeUpGenome {
    static func header(samples: [String]) -> String {
        String(header.dropLast()) + "\tFORMAT\t" + samples.joined(separator: "\t") + "\n"
    }
}

/// What one entry of GAS_HAP says.
struct HaplotypeEntry {
    let values: [String]
    init(_ text: Substring) {
        values = text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    }
    subscript(field: String) -> String {
        HaplotypeField.fields.firstIndex(of: field).map { $0 < values.count ? values[$0] : "(missing)" } ?? "(no field)"
    }
}
