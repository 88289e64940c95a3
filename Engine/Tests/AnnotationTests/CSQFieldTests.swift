import Foundation
import Testing

@testable import Annotation

/// Fields of CSQ beyond the default ones, in any order.
@Suite struct CSQFieldTests {
    @Test func readsListsOfNames() throws {
        #expect(try CSQField.list("Feature, Consequence,TSL") == [.feature, .consequence, .supportLevel])
        let unknown = try #require(failure { _ = try CSQField.list("Feature,Sift") })
        #expect(unknown.code == .badOption)
        #expect(unknown.message.contains("'Sift'"))
        for field in CSQField.allCases { #expect(unknown.message.contains(field.rawValue)) }
        #expect(failure { _ = try CSQField.list("TSL,TSL") }?.message.contains("twice") == true)
        #expect(failure { _ = try CSQField.list("") }?.code == .badOption)
    }

    static let fields: [CSQField] = [
        .feature, .canonical, .mane, .maneSelect, .manePlusClinical, .appris, .supportLevel, .ccds, .protein, .symbol,
    ]

    static let members = [
        TranscriptSet.Member(
            id: "T1",
            attributes: "tag=basic,Ensembl_canonical,MANE_Select,appris_principal_1;ccdsid=CCDS1.2;"
                + "transcript_support_level=1 (assigned to previous version 5)"),
        TranscriptSet.Member(
            id: "T2", attributes: "tag=basic,MANE_Plus_Clinical,appris_alternative_2;transcript_support_level=5"),
        TranscriptSet.Member(id: "T3", attributes: "tag=basic;transcript_support_level=NA"),
        TranscriptSet.Member(
            id: "T4", attributes: "tag=MANE Select;Dbxref=GeneID:1,Ensembl:ENST7.3", coding: "Dbxref=CCDS:CCDS9.1"),
        TranscriptSet.Member(id: "T5", attributes: "tag=RefSeq Select", biotype: "lncRNA", isCoding: false),
    ]

    @Test func writesWhatTheGeneModelsSay() throws {
        let scratch = try Scratch()
        let reference = try TranscriptSet(members: Self.members).build(in: scratch)
        let text = MadeUpGenome.header + MadeUpGenome.record("f", 6_115, 6_115, "G")
        let result = try Annotated(text, [reference]) { $0.fields = Self.fields }
        #expect(
            TranscriptSet.values(result) == [
                ["T1", "YES", "MANE_Select", "YES", "", "P1", "1", "CCDS1.2", "T1-P", "GENE"],
                ["T2", "", "MANE_Plus_Clinical", "", "YES", "A2", "5", "", "T2-P", "GENE"],
                ["T3", "", "", "", "", "", "", "", "T3-P", "GENE"],
                ["T4", "YES", "MANE_Select", "ENST7.3", "", "", "", "CCDS9.1", "T4-P", "GENE"],
                ["T5", "YES", "", "", "", "", "", "", "", "GENE"],
            ])
        let names = Self.fields.map(\.rawValue).joined(separator: "|")
        #expect(result.output.contains("Format: \(names)\""))
    }

    @Test func namesEveryFieldInAnyOrder() throws {
        let text = MadeUpGenome.header + MadeUpGenome.record("f", 6_126, 6_125, "CTG")
        let plain = try Annotated(text, [ConsequenceTests.reference.get()])
        let fields = Array(CSQField.allCases.reversed())
        let result = try Annotated(text, [ConsequenceTests.reference.get()]) { $0.fields = fields }
        let entries = TranscriptSet.values(result)
        #expect(entries.count == 3)
        for (entry, values) in zip(plain.entries(0), entries) {
            #expect(values.count == fields.count)
            for (field, value) in zip(fields, values) where CSQField.standard.contains(field) {
                #expect(value == entry[field.rawValue], "\(field)")
            }
            #expect(values[fields.firstIndex(of: .alleleNumber)!] == "1")
        }
    }

    /// `CTG` before 6,126 can be moved by no base, `TGC` before 6,125 by one.
    @Test(arguments: [("f", "1"), ("r", "-1")])
    func tellsHowFarTheThreePrimeRuleMoves(strand: String, offset: String) throws {
        let record = MadeUpGenome.record(strand, 6_124, 6_126, "")
        let shifted = MadeUpGenome.record(strand, 6_123, 6_125, "")
        let result = try Annotated(MadeUpGenome.header + record + shifted, [ConsequenceTests.reference.get()]) {
            $0.hgvs = false
            $0.fields = [.hgvsOffset, .hgvsCoding, .feature]
        }
        let values = [0, 1].map { record in
            TranscriptSet.values(result, record).first { $0[2].hasPrefix("CODING") } ?? []
        }
        #expect(values.map { $0[1].split(separator: ":").last } == ["c.14_16del", "c.14_16del"])
        #expect(values.map { $0[0] } == ["", offset])
    }

    /// Against VEP's own HGVS_OFFSET; entry by entry.
    @Test(
        .enabled(if: Places.hasShared),
        arguments: [
            (
                "/chr21_two_pieces/chr21.fa.gz", "/chr21_two_pieces/genes.gff3.gz",
                "/chr21_two_pieces/1000G.vep115.vcf.gz", 824
            ),
            (
                "/hg38_pieces/hg38_tiny.fa.gz", "/hg38_pieces/hmf_genes.gff3.gz",
                "/hg38_pieces/clinvar_brca1.vep115.vcf.gz", 0
            ),
        ])
    func offsetsAreThoseOfVEP(fasta: String, gff: String, vcf: String, moved: Int) throws {
        let scratch = try Scratch()
        let reference = try ReferenceBuilder(name: "x", fasta: Places.shared + fasta, gff3: Places.shared + gff)
            .build(output: scratch.file("x.gasref"))
        var options = AnnotationOptions()
        options.fields = [.allele, .feature, .hgvsOffset]
        _ = try AnnotationRun(
            input: Places.shared + vcf, output: scratch.file("out.vcf"), references: [reference], options: options
        ).run()
        func offsets(_ path: String, _ places: [Int]) throws -> [String: String] {
            var lines = try LineReader(path: path, name: "answers")
            var found: [String: String] = [:]
            while let line = try lines.next() {
                if line.first == UInt8(ascii: "#") { continue }
                let fields = Fields(line)
                let info = fields[7].text.split(separator: ";").first { $0.hasPrefix("CSQ=") }
                for entry in (info ?? "CSQ=").dropFirst(4).split(separator: ",") {
                    let values = entry.split(separator: "|", omittingEmptySubsequences: false)
                    let key = [0, 1, 3, 4].map { fields[$0].text }.joined(separator: " ")
                    found["\(key) \(values[places[0]]) \(values[places[1]])"] = String(values[places[2]])
                }
            }
            return found
        }
        let theirs = try offsets(Places.shared + vcf, [0, 6, 24])
        let ours = try offsets(scratch.file("out.vcf"), [0, 1, 2])
        let agreeing = theirs.count { ours[$0.key] == $0.value }
        #expect(theirs.count { !$0.value.isEmpty } == moved)
        #expect(agreeing == theirs.count)
    }
}
