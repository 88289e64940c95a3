import Foundation
import Testing

@testable import Annotation

@Suite struct MitochondrionTests {
    private static let header = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"

    @Test func describesItself() throws {
        let reference = try MtDNA.reference.get()
        #expect(
            reference.summaryLine
                == "rCRS: 1 contig, 16,569 bases, 37 transcripts, 40,451 known variants, 42 regions")
        let contig = try #require(reference.contigs.first)
        #expect(contig.isCircular)
        #expect(Set(contig.aliases).isSuperset(of: ["chrM", "M", "NC_012920.1"]))
    }

    @Test func sequenceIsTheRevisedCambridgeReference() throws {
        let store = try MtDNA.reference.get().store
        let contig = store.contig(0)
        let letters = (1...contig.length).map { store.base(contig, $0) }
        #expect(letters.count == 16_569)
        #expect(letters[3_106] == UInt8(ascii: "N"))
        // The text's CRC-32, computed from the file whose MD5 is c68f52674c9fb33aef52dcf399755519.
        let text = try String(contentsOfFile: Places.reference + "/mtdna/rCRS.fa", encoding: .utf8)
            .split(separator: "\n").dropFirst().joined()
        #expect(String(decoding: letters, as: UTF8.self) == text.uppercased())
    }

    /// 13 proteins, each from its start to one stop at its end; where the CDS stops short, the poly-A tail completes it.
    @Test func proteinsHaveNoStopInside() throws {
        let store = try MtDNA.reference.get().store
        var coding = 0
        var completed = 0
        for number in 0..<store.manifest.transcripts {
            let transcript = store.transcript(number)
            guard transcript.isCoding else { continue }
            coding += 1
            let code = GeneticCodes.shared.table(Int(transcript.record.pointee.geneticCode))
            let residues = (1...(transcript.codingLength / 3)).map { transcript.residue($0, code: code) }
            #expect(transcript.codingLength % 3 == 0)
            #expect(residues.last == UInt8(ascii: "*"))
            #expect(!residues.dropLast().contains(UInt8(ascii: "*")))
            #expect(!residues.contains(UInt8(ascii: "X")))
            if transcript.tailBases > 0 { completed += 1 }
        }
        #expect(coding == 13)
        #expect(completed == 6)
    }

    /// Changes that the literature names by both numbers.
    @Test(arguments: [
        (3_243, "A", "G", "MT-TL1-201", "non_coding_transcript_exon_variant", "n.14A>G", ""),
        (3_460, "G", "A", "MT-ND1-201", "missense_variant", "c.154G>A", "p.Ala52Thr"),
        (8_344, "A", "G", "MT-TK-201", "non_coding_transcript_exon_variant", "n.50A>G", ""),
        (8_993, "T", "G", "MT-ATP6-201", "missense_variant", "c.467T>G", "p.Leu156Arg"),
        (9_185, "T", "C", "MT-ATP6-201", "missense_variant", "c.659T>C", "p.Leu220Pro"),
        (11_778, "G", "A", "MT-ND4-201", "missense_variant", "c.1019G>A", "p.Arg340His"),
        (13_513, "G", "A", "MT-ND5-201", "missense_variant", "c.1177G>A", "p.Asp393Asn"),
        (14_484, "T", "C", "MT-ND6-201", "missense_variant", "c.190A>G", "p.Met64Val"),
        (15_257, "G", "A", "MT-CYB-201", "missense_variant", "c.511G>A", "p.Asp171Asn"),
        (4_261, "T", "C", "MT-ND1-201", "stop_lost", "c.955T>C", "p.Ter319GlnextTer?"),
    ])
    func namesKnownChanges(
        position: Int, reference: String, alternate: String, feature: String, terms: String, coding: String,
        protein: String
    ) throws {
        let record = "chrM\t\(position)\t.\t\(reference)\t\(alternate)\t.\t.\t.\n"
        let result = try Annotated(Self.header + record, [MtDNA.reference.get()])
        #expect(result.summary.referenceMismatches == 0)
        let entry = try #require(result.entry(0, feature))
        #expect(entry["Consequence"] == terms)
        #expect(entry["HGVSc"].hasSuffix(":" + coding))
        #expect(protein.isEmpty ? entry["HGVSp"].isEmpty : entry["HGVSp"].hasSuffix(":" + protein))
    }

    /// MT-ATP8 and MT-ATP6 overlap by 46 bases, in two frames.
    @Test func annotatesOverlappingGenes() throws {
        let result = try Annotated(Self.header + "MT\t8557\t.\tG\tA\t.\t.\t.\n", [MtDNA.reference.get()])
        #expect(result.entry(0, "MT-ATP8-201")?["HGVSp"] == "MT-ATP8-P:p.Leu64%3D")
        #expect(result.entry(0, "MT-ATP6-201")?["HGVSp"] == "MT-ATP6-P:p.Ala11Thr")
    }

    @Test func addsKnownVariantsAndRegions() throws {
        let result = try Annotated(
            Self.header + "MT\t3243\t.\tA\tC,G,T\t.\t.\tDP=9\nMT\t16519\t.\tT\tC\t.\t.\t.\n", [MtDNA.reference.get()])
        let first = result.info(0)
        #expect(first["DP"] == "9")
        #expect(first["MT_CLNSIG"]?.split(separator: ",", omittingEmptySubsequences: false).count == 3)
        #expect(first["MT_CLNSIG"]?.hasPrefix(".,Pathogenic") == true, "\(first)")
        #expect(result.info(1)["GAS_REGION"] == "MT-ATT,MT-DLOOP,MT-7SDNA")
        #expect(result.info(1)["MT_AF"] != nil)
        #expect(result.summary.known >= 2)
    }
}
