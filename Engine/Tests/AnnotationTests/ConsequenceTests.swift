import Testing

@testable import Annotation

/// Every consequence, on both strands of a made-up genome; with HGVS.
@Suite struct ConsequenceTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let from: Int
        let to: Int
        let bases: String
        let terms: String
        var coding = ""
        var protein = ""
        var testDescription: String { "\(from)-\(to) \(bases.isEmpty ? "-" : bases)" }

        init(_ from: Int, _ to: Int, _ bases: String, _ terms: String, _ coding: String = "", _ protein: String = "") {
            (self.from, self.to, self.bases, self.terms) = (from, to, bases, terms)
            (self.coding, self.protein) = (coding, protein)
        }
    }

    // Coding positions: c.1 is 6111, c.30 is 6140, c.31 is 6241, c.60 is 6270; c.-1 is 6110, c.*1 is 6271.
    static let cases: [Case] = [
        // one base for another
        Case(6_115, 6_115, "G", "missense_variant", "c.5C>G", "p.Ala2Gly"),
        Case(6_116, 6_116, "A", "synonymous_variant", "c.6T>A", "p.Ala2%3D"),
        Case(6_118, 6_118, "A", "stop_gained", "c.8G>A", "p.Trp3Ter"),
        Case(6_112, 6_112, "C", "start_lost", "c.2T>C", "p.Met1?"),
        Case(6_268, 6_268, "C", "stop_lost", "c.58T>C", "p.Ter20GlnextTer?"),
        Case(6_269, 6_269, "G", "stop_retained_variant", "c.59A>G", "p.Ter20%3D"),
        Case(6_105, 6_105, "T", "5_prime_UTR_variant", "c.-6C>T"),
        Case(6_275, 6_275, "T", "3_prime_UTR_variant", "c.*5A>T"),
        // splice sites
        Case(6_141, 6_141, "A", "splice_donor_variant", "c.30+1G>A"),
        Case(6_142, 6_142, "C", "splice_donor_variant", "c.30+2T>C"),
        Case(6_143, 6_143, "C", "splice_donor_region_variant&intron_variant", "c.30+3A>C"),
        Case(6_145, 6_145, "C", "splice_donor_5th_base_variant&intron_variant", "c.30+5G>C"),
        Case(6_146, 6_146, "T", "splice_donor_region_variant&intron_variant", "c.30+6C>T"),
        Case(6_240, 6_240, "A", "splice_acceptor_variant", "c.31-1G>A"),
        Case(6_239, 6_239, "G", "splice_acceptor_variant", "c.31-2A>G"),
        Case(
            6_238, 6_238, "T", "splice_region_variant&splice_polypyrimidine_tract_variant&intron_variant", "c.31-3C>T"),
        Case(6_229, 6_229, "A", "splice_polypyrimidine_tract_variant&intron_variant", "c.31-12T>A"),
        Case(6_139, 6_139, "C", "missense_variant&splice_region_variant", "c.29A>C", "p.Tyr10Ser"),
        Case(6_241, 6_241, "A", "missense_variant&splice_region_variant", "c.31G>A", "p.Gly11Ser"),
        Case(6_243, 6_243, "C", "splice_region_variant&synonymous_variant", "c.33T>C", "p.Gly11%3D"),
        // insertions and deletions
        Case(6_121, 6_121, "", "frameshift_variant", "c.12del", "p.Lys4AsnfsTer20"),
        Case(6_123, 6_125, "", "inframe_deletion", "c.14_16del", "p.Leu5del"),
        Case(6_124, 6_126, "", "inframe_deletion", "c.14_16del", "p.Leu5del"),
        Case(6_126, 6_125, "GCC", "inframe_insertion", "c.15_16insGCC", "p.Leu5_Gln6insAla"),
        Case(6_126, 6_125, "CTG", "inframe_insertion", "c.14_16dup", "p.Leu5dup"),
        Case(6_126, 6_125, "TAA", "stop_gained&inframe_insertion", "c.15_16insTAA", "p.Leu5_Gln6insTer"),
        Case(6_132, 6_131, "A", "frameshift_variant", "", ""),
        Case(6_135, 6_137, "GTTGTT", "protein_altering_variant", "c.25_27delinsGTTGTT", "p.Pro9delinsValVal"),
        Case(6_135, 6_136, "GT", "missense_variant", "c.25_26delinsGT", "p.Pro9Val"),
        Case(6_131, 6_136, "", "inframe_deletion", "", ""),
        Case(6_268, 6_270, "", "stop_lost&inframe_deletion", "", ""),
        Case(6_271, 6_270, "GG", "3_prime_UTR_variant", "c.60_*1insGG"),
        Case(6_111, 6_110, "GG", "5_prime_UTR_variant", ""),
        Case(6_265, 6_275, "", "stop_lost&3_prime_UTR_variant", "c.55_*5del"),
        Case(
            6_138, 6_145, "",
            "splice_donor_variant&splice_donor_5th_base_variant&coding_sequence_variant&intron_variant", ""),
        Case(6_180, 6_185, "", "intron_variant", ""),
        // around
        Case(6_100, 6_100, "", "upstream_gene_variant"),
        Case(1_201, 1_201, "", "upstream_gene_variant"),
        Case(6_301, 6_301, "", "downstream_gene_variant"),
        Case(11_200, 11_200, "", "downstream_gene_variant"),
        Case(1_000, 1_000, "", "intergenic_variant"),
    ]

    static let genome = Result { try Scratch() }
    static let reference = Result { try MadeUpGenome.build(in: genome.get()) }

    @Test(arguments: cases, ["f", "r"])
    func predicts(case one: Case, strand: String) throws {
        let record = MadeUpGenome.record(strand, one.from, one.to, one.bases)
        let result = try Annotated(MadeUpGenome.header + record, [Self.reference.get()])
        if one.terms == "intergenic_variant" {
            #expect(result.entries(0).map { $0["Consequence"] } == [one.terms])
            return
        }
        let entry = try #require(result.entry(0, "CODING-\(strand)"))
        #expect(entry["Consequence"] == one.terms, "\(record)")
        let description = entry["HGVSc"].split(separator: ":").last.map(String.init) ?? ""
        if !one.coding.isEmpty { #expect(description == one.coding) }
        let protein = entry["HGVSp"].split(separator: ":").last.map(String.init) ?? ""
        if !one.protein.isEmpty { #expect(protein == one.protein) }
    }

    /// What is asked of one strand must hold of the other, field by field.
    @Test(arguments: cases)
    func mirrors(case one: Case) throws {
        let both = try ["f", "r"].map { strand in
            let record = MadeUpGenome.record(strand, one.from, one.to, one.bases)
            return try Annotated(MadeUpGenome.header + record, [Self.reference.get()])
        }
        for feature in ["CODING", "NMD", "NONCODING"] {
            guard let forward = both[0].entry(0, feature + "-f"), let reverse = both[1].entry(0, feature + "-r") else {
                #expect(one.terms == "intergenic_variant")
                continue
            }
            for field in CSQ.fields where !["Allele", "Gene", "Feature", "STRAND", "HGVSc"].contains(field) {
                #expect(forward[field] == reverse[field], "\(feature) \(field)")
            }
            #expect(forward["HGVSc"].split(separator: ":").last == reverse["HGVSc"].split(separator: ":").last)
        }
    }

    @Test(arguments: [
        (6_115, "missense_variant&NMD_transcript_variant", "non_coding_transcript_exon_variant"),
        (6_141, "splice_donor_variant&NMD_transcript_variant", "splice_donor_variant&non_coding_transcript_variant"),
        (6_180, "intron_variant&NMD_transcript_variant", "intron_variant&non_coding_transcript_variant"),
        (6_105, "5_prime_UTR_variant&NMD_transcript_variant", "non_coding_transcript_exon_variant"),
    ])
    func namesTheKindOfTranscript(position: Int, nmd: String, nonCoding: String) throws {
        let sequence = Array(MadeUpGenome.forward)
        let other = sequence[position - 1] == "G" ? "A" : "G"
        let record = MadeUpGenome.record("f", position, position, other)
        let result = try Annotated(MadeUpGenome.header + record, [Self.reference.get()])
        #expect(result.entry(0, "NMD-f")?["Consequence"] == nmd)
        #expect(result.entry(0, "NONCODING-f")?["Consequence"] == nonCoding)
        #expect(result.entry(0, "NONCODING-f")?["HGVSc"].contains(":n.") == true)
    }

    @Test func deletingATranscriptAblatesIt() throws {
        let record = MadeUpGenome.record("f", 6_090, 6_310, "")
        let result = try Annotated(MadeUpGenome.header + record, [Self.reference.get()])
        #expect(result.entry(0, "CODING-f")?["Consequence"] == "transcript_ablation")
        #expect(result.entry(0, "CODING-f")?["IMPACT"] == "HIGH")
    }

    @Test func writesPositionsAndCodonsAsVEPDoes() throws {
        let record = MadeUpGenome.record("f", 6_115, 6_115, "G")
        let entry = try #require(
            try Annotated(MadeUpGenome.header + record, [Self.reference.get()]).entry(0, "CODING-f"))
        #expect(entry.values.count == CSQ.fields.count)
        let expected = [
            "Allele": "G", "IMPACT": "MODERATE", "SYMBOL": "CODING", "Feature_type": "Transcript",
            "BIOTYPE": "protein_coding", "EXON": "1/2", "INTRON": "", "cDNA_position": "15", "CDS_position": "5",
            "Protein_position": "2", "Amino_acids": "A/G", "Codons": "gCt/gGt", "STRAND": "1", "DISTANCE": "",
        ]
        for (field, value) in expected { #expect(entry[field] == value, "\(field)") }
    }

    @Test func impactsNeverRiseAsSeverityFalls() {
        let impacts = Consequence.allCases.map { $0.impact.rawValue }
        #expect(impacts == impacts.sorted())
        #expect(Consequence.allCases.count < 64)
    }
}
