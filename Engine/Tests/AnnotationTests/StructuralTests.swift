import Testing

@testable import Annotation

/// Structural alternate alleles on both strands of ``MadeUpGenome``: contig `r` is `f` read backwards.
@Suite struct StructuralTests {
    /// A record whose symbolic allele begins after the base before `from...to` of contig `f`.
    private static func record(_ contig: String, _ from: Int, _ to: Int, _ symbol: String) -> String {
        let low = contig == "f" ? from : MadeUpGenome.length - to + 1
        let high = contig == "f" ? to : MadeUpGenome.length - from + 1
        let sequence = Array(contig == "f" ? MadeUpGenome.forward : MadeUpGenome.complement(MadeUpGenome.forward))
        return "\(contig)\t\(low - 1)\t.\t\(sequence[low - 2])\t<\(symbol)>\t.\t.\tEND=\(high)\n"
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let symbol: String
        let from: Int
        let to: Int
        let terms: String
        var testDescription: String { "\(symbol) \(from)-\(to)" }

        init(_ symbol: String, _ from: Int, _ to: Int, _ terms: String) {
            (self.symbol, self.from, self.to, self.terms) = (symbol, from, to, terms)
        }
    }

    // Exons 6,101-6,140 and 6,241-6,300; CDS 6,111-6,140 and 6,241-6,270.
    static let cases = [
        Case("DEL", 6_050, 6_350, "transcript_ablation"),
        Case("DUP", 6_050, 6_350, "transcript_amplification"),
        Case("DUP:TANDEM", 6_101, 6_300, "transcript_amplification"),
        Case("DEL", 6_120, 6_125, "feature_truncation&inframe_deletion"),
        Case("DEL", 6_120, 6_124, "frameshift_variant&feature_truncation"),
        Case("DEL", 6_050, 6_112, "start_lost&feature_truncation&coding_sequence_variant&5_prime_UTR_variant"),
        Case("DEL", 6_260, 6_280, "stop_lost&feature_truncation&coding_sequence_variant&3_prime_UTR_variant"),
        Case("DEL", 6_130, 6_250, "feature_truncation&coding_sequence_variant&intron_variant"),
        Case("DEL", 6_160, 6_200, "feature_truncation&intron_variant"),
        Case("DEL", 6_102, 6_108, "feature_truncation&5_prime_UTR_variant"),
        Case("DUP", 6_120, 6_125, "feature_elongation&coding_sequence_variant"),
        Case("DUP", 6_050, 6_125, "start_lost&coding_sequence_variant&5_prime_UTR_variant"),
        Case("INV", 6_120, 6_125, "coding_sequence_variant"),
        Case(
            "INV", 6_050, 6_350,
            "start_lost&coding_sequence_variant&5_prime_UTR_variant&3_prime_UTR_variant&intron_variant"),
        Case("CNV", 6_160, 6_200, "intron_variant"),
        Case("DEL", 5_000, 6_000, "upstream_gene_variant"),
        Case("CNV", 6_301, 7_000, "downstream_gene_variant"),
    ]

    @Test(arguments: cases, ["f", "r"])
    func predicts(case one: Case, strand: String) throws {
        let text = MadeUpGenome.header + Self.record(strand, one.from, one.to, one.symbol)
        let result = try Annotated(text, [ConsequenceTests.reference.get()])
        let entry = try #require(result.entry(0, "CODING-\(strand)"))
        #expect(entry["Consequence"] == one.terms)
        #expect(entry.values.count == CSQ.fields.count)
        #expect(result.summary.annotatedAlleles == 1)
    }

    @Test func namesTheKindOfTranscript() throws {
        let text = MadeUpGenome.header + Self.record("f", 6_120, 6_125, "DEL") + Self.record("f", 6_160, 6_170, "INV")
        let result = try Annotated(text, [ConsequenceTests.reference.get()])
        let terms = [0, 1].map { record in
            ["NMD-f", "NONCODING-f"].map { result.entry(record, $0)?["Consequence"] ?? "" }
        }
        #expect(
            terms == [
                [
                    "feature_truncation&inframe_deletion&NMD_transcript_variant",
                    "feature_truncation&non_coding_transcript_exon_variant",
                ], ["intron_variant&NMD_transcript_variant", "intron_variant&non_coding_transcript_variant"],
            ])
    }

    @Test func writesFieldsAsVEPDoes() throws {
        let text =
            MadeUpGenome.header + Self.record("f", 6_130, 6_250, "DEL") + Self.record("f", 5_000, 6_000, "DEL")
            + Self.record("f", 1_000, 1_005, "INV")
        let result = try Annotated(text, [ConsequenceTests.reference.get()])
        let entry = try #require(result.entry(0, "CODING-f"))
        let expected = [
            "Allele": "deletion", "IMPACT": "HIGH", "SYMBOL": "CODING", "EXON": "1-2/2", "INTRON": "1/1", "HGVSc": "",
            "cDNA_position": "30-50", "CDS_position": "20-40", "Protein_position": "7-14", "Amino_acids": "",
            "Codons": "", "DISTANCE": "", "STRAND": "1",
        ]
        for (field, value) in expected { #expect(entry[field] == value, "\(field)") }
        #expect(result.entry(1, "CODING-f")?["DISTANCE"] == "101")
        #expect(result.info(2)["CSQ"] == "inversion|intergenic_variant|MODIFIER" + String(repeating: "|", count: 20))
    }

    @Test(arguments: [
        ("<DEL:ME:ALU>", "SVTYPE=DEL", "mobile_element_deletion"), ("<INS:ME>", "", "mobile_element_insertion"),
        ("<INS>", "", "insertion"), ("<DUP:TANDEM>", "", "tandem_duplication"), ("<CNV:TR>", "", "tandem_duplication"),
        ("<CN0>", "", "deletion"), ("<CN2>", "", "duplication"), ("<CN7>", "", "copy_number_variation"),
        ("<X>", "SVTYPE=INV", "inversion"), ("N[r:1000[", "", "chromosome_breakpoint"),
        ("]r:1000]N", "SVTYPE=BND", "chromosome_breakpoint"), ("N.", "", "chromosome_breakpoint"),
        ("<BND>", "", "chromosome_breakpoint"),
    ])
    func knowsTheClasses(alternate: String, type: String, allele: String) throws {
        let base = Array(MadeUpGenome.forward)[6_119]
        let symbol = alternate.replacingOccurrences(of: "N", with: String(base))
        let record = "f\t6120\t.\t\(base)\t\(alternate.contains("<") ? alternate : symbol)\t.\t.\tEND=6125;\(type)\n"
        let result = try Annotated(MadeUpGenome.header + record, [ConsequenceTests.reference.get()])
        let entry = try #require(result.entry(0, "CODING-f"))
        #expect(entry["Allele"] == allele)
        #expect(entry["Consequence"].contains("coding_sequence_variant") || allele.contains("deletion"))
        if allele.contains("insertion") {
            #expect(entry["Consequence"] == "feature_elongation&coding_sequence_variant")
            #expect(entry["cDNA_position"] == "20-21")
        }
    }

    /// Lengths by allele; sequences beside symbols; in the order of ALT.
    @Test func readsLengthsOfSeveralAlleles() throws {
        let base = Array(MadeUpGenome.forward)[6_119]
        let other = base == "G" ? "A" : "G"
        let record = "f\t6120\t.\t\(base)\t<DEL>,\(other),<DEL>\t.\t.\tSVTYPE=DEL;END=6126;SVLEN=-5,.,6\n"
        let result = try Annotated(MadeUpGenome.header + record, [ConsequenceTests.reference.get()])
        let entries = result.entries(0).filter { $0["Feature"] == "CODING-f" }
        #expect(entries.map { $0["Allele"] } == ["deletion", other, "deletion"])
        #expect(entries.map { $0["cDNA_position"] } == ["21-25", "20", "21-26"])
        #expect(entries[0]["Consequence"].hasPrefix("frameshift_variant"))
        #expect(entries[2]["Consequence"].contains("inframe_deletion"))
    }

    @Test func passesThroughWhatHasNoPlace() throws {
        let base = Array(MadeUpGenome.forward)[6_119]
        let records = [
            "f\t6120\t.\t\(base)\t<DEL>\t.\t.\tSVTYPE=DEL\n", "f\t6120\t.\t\(base)\t<*>\t.\t.\tEND=6130\n",
            "f\t6120\t.\t\(base)\t<NON_REF>\t.\t.\tEND=6130;SVTYPE=DEL\n",
            "f\t6120\t.\t\(base)\t<DUP>\t.\t.\tSVLEN=9223372036854775807\n",
            "f\t6120\t.\t\(base)\t<DUP>\t.\t.\tEND=6200\n",
        ]
        let result = try Annotated(MadeUpGenome.header + records.joined(), [ConsequenceTests.reference.get()]) {
            $0.limits.structuralLength = 50
        }
        for (number, record) in records.enumerated() {
            #expect(result.records[number].joined(separator: "\t") + "\n" == record)
        }
        #expect(result.summary.problems.map(\.line) == [3, 6, 7])
        #expect(result.summary.problems.first?.message.contains("neither END nor SVLEN") == true)
        #expect(result.summary.problems.last?.message.contains("80 bases") == true)
    }

    @Test func isPickedFromAsWell() throws {
        let text = MadeUpGenome.header + Self.record("f", 6_120, 6_125, "DEL")
        let result = try Annotated(text, [ConsequenceTests.reference.get()]) {
            $0.selection = .pick
            $0.fields = [.feature, .allele]
        }
        #expect(TranscriptSet.values(result) == [["CODING-f", "deletion"]])
    }

    /// What ends before its start or beyond its contig is no allele; a mate that is not there is remarked.
    @Test func rejectsWhatCannotBe() throws {
        let base = Array(MadeUpGenome.forward)[6_119]
        func record(_ allele: String, _ info: String) -> String { "f\t6120\t.\t\(base)\t\(allele)\t.\t.\t\(info)\n" }
        let end = MadeUpGenome.length + 1
        let text = [
            record("<DEL>", "END=6000"), record("<DEL>", "END=\(end)"), record("<DEL>", "SVLEN=\(end)"),
            record("<DEL>", "END=999999999999999999"), record("\(base)[f:\(end + 1)[", "."),
            record("\(base)[f:\(end)[", "."),
            record("]elsewhere:1]\(base)", "."), record("\(base)[<scaffold:7>:9[", "."),
        ]
        let result = try Annotated(MadeUpGenome.header + text.joined(), [ConsequenceTests.reference.get()])
        let account = try #require(result.summary.accounting)
        #expect(account.rejected == 4 && account.annotated == 4)
        #expect(account.reasons == ["end_before_start": 1, "end_outside_contig": 3])
        #expect(result.summary.problems.map(\.line) == [3, 4, 5, 6, 7, 9])
        #expect(result.summary.problems[4].message.contains("outside its contig"))
        #expect(result.summary.problems[5].message.contains("elsewhere, which the reference lacks"))
    }

    @Test func remarksLettersThatStandForSeveralBases() throws {
        let base = Array(MadeUpGenome.forward)[6_119]
        let text = ["R", "n", "N", "\(base)y"].map { "f\t6120\t.\t\(base)\t\($0)\t.\t.\t.\n" }
        let result = try Annotated(MadeUpGenome.header + text.joined(), [ConsequenceTests.reference.get()])
        #expect(result.summary.problems.map(\.line) == [3, 6])
    }
}
