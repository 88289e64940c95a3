import Testing

@testable import Annotation

/// `ANN` and `BCSQ`, beside CSQ or instead of it.
@Suite struct FormatTests {
    private static func annotated(
        _ records: String, _ formats: Set<ConsequenceFormat>,
        _ change: (inout AnnotationOptions) -> Void = { _ in }
    ) throws -> Annotated {
        try Annotated(MadeUpGenome.header + records, [ConsequenceTests.reference.get()]) {
            $0.hgvs = false
            $0.formats = formats
            change(&$0)
        }
    }

    private static func entries(_ result: Annotated, _ format: ConsequenceFormat, _ record: Int = 0) -> [String] {
        result.info(record)[format.rawValue]?.split(separator: ",").map(String.init) ?? []
    }

    // MARK: ANN

    /// Of the coding transcript, what stands behind the allele.
    @Test(arguments: [
        (6_115, 6_115, "G", "missense_variant|MODERATE", "1/2|c.5C>G|p.Ala2Gly|15/100|5/60|2/19||"),
        (6_116, 6_116, "A", "synonymous_variant|LOW", "1/2|c.6T>A|p.Ala2Ala|16/100|6/60|2/19||"),
        (6_118, 6_118, "A", "stop_gained|HIGH", "1/2|c.8G>A|p.Trp3*|18/100|8/60|3/19||"),
        (6_142, 6_142, "C", "splice_donor_variant&intron_variant|HIGH", "1/1|c.30+2T>C||||||"),
        (6_145, 6_145, "C", "splice_region_variant&intron_variant|LOW", "1/1|c.30+5G>C||||||"),
        (6_229, 6_229, "A", "intron_variant|MODIFIER", "1/1|c.31-12T>A||||||"),
        (
            6_139, 6_139, "C", "missense_variant&splice_region_variant|MODERATE",
            "1/2|c.29A>C|p.Tyr10Ser|39/100|29/60|10/19||"
        ),
        (6_123, 6_125, "", "conservative_inframe_deletion|MODERATE", "1/2|c.14_16del|p.Leu5del|23/100|13/60|5/19||"),
        (6_124, 6_126, "", "disruptive_inframe_deletion|MODERATE", "1/2|c.14_16del|p.Leu5del|24/100|14/60|5/19||"),
        (
            6_126, 6_125, "GCC", "conservative_inframe_insertion|MODERATE",
            "1/2|c.15_16insGCC|p.Leu5_Gln6insAla|25/100|15/60|5/19||"
        ),
        (
            6_125, 6_124, "GCC", "disruptive_inframe_insertion|MODERATE",
            "1/2|c.16_17insCGC|p.Leu5_Gln6insPro|24/100|14/60|5/19||"
        ),
        (
            6_138, 6_145, "", "splice_donor_variant&splice_region_variant&intron_variant&coding_sequence_variant|HIGH",
            "1/2|c.28_30+5del||38/100|28/60|10/19||"
        ),
        (6_105, 6_105, "T", "5_prime_UTR_variant|MODIFIER", "1/2|c.-6C>T||5/100|||6|"),
        (6_100, 6_100, "T", "upstream_gene_variant|MODIFIER", "||||||1|"),
    ])
    func writesSnpEffsFields(from: Int, to: Int, bases: String, terms: String, rest: String) throws {
        let record = MadeUpGenome.record("f", from, to, bases)
        let result = try Self.annotated(record, [.ann])
        let alternate = record.split(separator: "\t")[4]
        let entry = Self.entries(result, .ann).first { $0.contains("|CODING-f|") }
        #expect(
            entry == "\(alternate)|\(terms)|CODING|CODING-f|transcript|CODING-f|protein_coding|\(rest)")
        #expect(result.info(0)["CSQ"] == nil)
        for entry in Self.entries(result, .ann) {
            #expect(entry.split(separator: "|", omittingEmptySubsequences: false).count == ANN.fields.count)
        }
        #expect(
            result.output.contains(
                "##INFO=<ID=ANN,Number=.,Type=String,Description=\"Functional annotations: 'Allele | "))
        #expect(!result.output.contains("ID=CSQ"))
    }

    @Test func nothingNearIsAnIntergenicRegion() throws {
        let result = try Self.annotated(MadeUpGenome.record("f", 1_000, 1_000, "G"), [.ann])
        #expect(Self.entries(result, .ann) == ["G|intergenic_region|MODIFIER|||intergenic_region||||||||||"])
    }

    /// The worst terms of all alleles first, then canonical transcripts.
    @Test func sortsAsSnpEffDoes() throws {
        let result = try Self.annotated("f\t6118\t.\tG\tT,A\t.\t.\t.\n", [.ann])
        let order = Self.entries(result, .ann).map { $0.split(separator: "|").prefix(5).joined(separator: " ") }
        #expect(
            order == [
                "A stop_gained HIGH CODING CODING-f", "A stop_gained HIGH NMD NMD-f",
                "T missense_variant MODERATE CODING CODING-f", "T missense_variant MODERATE NMD NMD-f",
                "T non_coding_transcript_exon_variant MODIFIER NONCODING NONCODING-f",
                "A non_coding_transcript_exon_variant MODIFIER NONCODING NONCODING-f",
            ])
        let set = TranscriptSet(members: [
            TranscriptSet.Member(id: "T1"), TranscriptSet.Member(id: "T2", attributes: "tag=Ensembl_canonical"),
        ])
        let text = MadeUpGenome.header + MadeUpGenome.record("f", 6_115, 6_115, "G")
        let canonical = try Annotated(text, [set.build(in: Scratch())]) { $0.formats = [.ann] }
        #expect(Self.entries(canonical, .ann).map { $0.split(separator: "|")[6] } == ["T2", "T1"])
    }

    @Test func impactsOfSnpEffsTermsDoNotRise() {
        let impacts = ANN.Term.allCases.map { $0.impact.rawValue }
        #expect(impacts == impacts.sorted())
    }

    // MARK: BCSQ

    /// What bcftools csq 1.16 answers for these changes.
    @Test(arguments: [
        (6_115, 6_115, "G", ["missense|CODING|CODING-f|protein_coding|+|2A>2G|6115C>G"]),
        (6_116, 6_116, "A", ["synonymous|CODING|CODING-f|protein_coding|+|2A|6116T>A"]),
        (6_118, 6_118, "A", ["stop_gained|CODING|CODING-f|protein_coding|+|3W>3*|6118G>A"]),
        (6_112, 6_112, "C", ["start_lost|CODING|CODING-f|protein_coding|+"]),
        (6_105, 6_105, "T", ["5_prime_utr|CODING|CODING-f|protein_coding"]),
        (6_275, 6_275, "T", ["3_prime_utr|CODING|CODING-f|protein_coding"]),
        (6_141, 6_141, "A", ["splice_donor|CODING|CODING-f|protein_coding"]),
        (6_240, 6_240, "A", ["splice_acceptor|CODING|CODING-f|protein_coding"]),
        (6_145, 6_145, "C", ["splice_region|CODING|CODING-f|protein_coding"]),
        (6_180, 6_185, "", ["intron|CODING||protein_coding"]),
        (
            6_139, 6_139, "C",
            [
                "splice_region|CODING|CODING-f|protein_coding",
                "missense|CODING|CODING-f|protein_coding|+|10Y>10S|6139A>C",
            ]
        ),
        (6_268, 6_268, "C", ["stop_lost|CODING|CODING-f|protein_coding|+|20*>20Q|6268T>C"]),
        (6_269, 6_269, "G", ["stop_retained|CODING|CODING-f|protein_coding|+|20*|6269A>G"]),
        (6_123, 6_125, "", ["inframe_deletion|CODING|CODING-f|protein_coding|+|4KL>4K|6122ACTG>A"]),
        (6_126, 6_125, "GCC", ["inframe_insertion|CODING|CODING-f|protein_coding|+|5L>5LA|6125G>GGCC"]),
        (6_126, 6_125, "TAA", ["stop_gained&inframe_insertion|CODING|CODING-f|protein_coding|+|5L>5L*|6125G>GTAA"]),
        (6_131, 6_136, "", ["inframe_deletion|CODING|CODING-f|protein_coding|+|7DCP>7E|6130ATTGTCC>A"]),
        (6_135, 6_136, "GT", ["missense|CODING|CODING-f|protein_coding|+|9P>9V|6135CC>GT"]),
        (
            6_132, 6_131, "A",
            ["frameshift|CODING|CODING-f|protein_coding|+|7DCPYGSFNEIRTC*>7DMSIW*|6131T>TA"]
        ),
        (6_090, 6_310, "", ["5_prime_utr&3_prime_utr&coding_sequence|CODING|CODING-f|protein_coding"]),
        (6_100, 6_100, "T", []),
    ])
    func writesTheEntriesOfBcftools(from: Int, to: Int, bases: String, expected: [String]) throws {
        let result = try Self.annotated(MadeUpGenome.record("f", from, to, bases), [.bcsq])
        let entries = Self.entries(result, .bcsq)
        #expect(entries.filter { $0.contains("|CODING|") } == expected)
        #expect(
            result.output.contains("Format: Consequence|gene|transcript|biotype|strand|amino_acid_change|dna_change\""))
    }

    /// The same on the reverse strand, where the base that VCF puts in front lies behind the change.
    @Test(arguments: [
        (6_116, 6_116, "A", "synonymous|CODING|CODING-r|protein_coding|-|2A|6285A>T"),
        (6_126, 6_125, "GCC", "inframe_insertion|CODING|CODING-r|protein_coding|-|6Q>6AQ|6275G>GGGC"),
        (6_126, 6_125, "TAA", "stop_gained&inframe_insertion|CODING|CODING-r|protein_coding|-|6Q>6*|6275G>GTTA"),
        (6_131, 6_136, "", "inframe_deletion|CODING|CODING-r|protein_coding|-|7DCP>7E|6264TGGACAA>T"),
        (6_132, 6_131, "A", "frameshift|CODING|CODING-r|protein_coding|-|8CPYGSFNEIRTC*>8MSIW*|6269A>AT"),
    ])
    func writesTheEntriesOfBcftoolsInReverse(from: Int, to: Int, bases: String, expected: String) throws {
        let result = try Self.annotated(MadeUpGenome.record("r", from, to, bases), [.bcsq])
        #expect(Self.entries(result, .bcsq).filter { $0.contains("|CODING|") } == [expected])
    }

    /// Other strands and biotypes, and equal entries of two alleles.
    @Test func writesEqualEntriesOnce() throws {
        let result = try Self.annotated(
            MadeUpGenome.record("r", 6_115, 6_115, "G") + "f\t6150\t.\tN\tA,G,C,T\t.\t.\t.\n", [.bcsq])
        #expect(
            Self.entries(result, .bcsq) == [
                "missense|CODING|CODING-r|protein_coding|-|2A>2G|6286G>C",
                "missense|NMD|NMD-r|NMD|-|2A>2G|6286G>C", "non_coding|NONCODING||lncRNA",
            ])
        #expect(
            Self.entries(result, .bcsq, 1) == [
                "intron|CODING||protein_coding", "intron|NMD||NMD", "intron|NONCODING||lncRNA",
            ])
    }

    // MARK: together

    @Test func standsBesideCSQ() throws {
        let record = MadeUpGenome.record("f", 6_115, 6_115, "G")
        let all = try Self.annotated(record, Set(ConsequenceFormat.allCases))
        let plain = try Self.annotated(record, [.csq]) { $0.hgvs = true }
        #expect(all.info(0)["CSQ"] == plain.info(0)["CSQ"])
        #expect(all.info(0)["ANN"] == (try Self.annotated(record, [.ann]).info(0)["ANN"]))
        #expect(all.info(0)["BCSQ"] == (try Self.annotated(record, [.bcsq]).info(0)["BCSQ"]))
        #expect(all.records[0][7].hasPrefix("CSQ="))
        let none = try Self.annotated(record, [])
        #expect(none.records[0][7] == ".")
        #expect(none.summary.annotatedAlleles == 1)
    }

    /// Only fields that are written replace those of the input.
    @Test func keepsTheFieldsOfOthers() throws {
        let record = MadeUpGenome.record("f", 6_115, 6_115, "G").replacingOccurrences(
            of: "\t.\n", with: "\tCSQ=theirs;ANN=theirs\n")
        let result = try Self.annotated(record, [.ann])
        #expect(result.info(0)["CSQ"] == "theirs")
        #expect(result.info(0)["ANN"]?.contains("theirs") == false)
    }

    @Test func selectsForEveryFormat() throws {
        let record = MadeUpGenome.record("f", 6_115, 6_115, "G")
        for selection in [ConsequenceSelection.pick, .mostSevere] {
            let result = try Self.annotated(record, Set(ConsequenceFormat.allCases)) { $0.selection = selection }
            for format in ConsequenceFormat.allCases { #expect(Self.entries(result, format).count == 1) }
        }
    }

    @Test func structuralAllelesKeepTheirSymbol() throws {
        let base = Array(MadeUpGenome.forward)[6_049]
        let result = try Self.annotated("f\t6050\t.\t\(base)\t<DEL>\t.\t.\tEND=6350\n", [.ann, .bcsq])
        #expect(Self.entries(result, .ann).first?.hasPrefix("<DEL>|transcript_ablation|HIGH|CODING|") == true)
        #expect(result.info(0)["BCSQ"] == nil)
    }
}
