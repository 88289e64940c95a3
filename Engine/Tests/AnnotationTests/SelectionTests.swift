import Testing

@testable import Annotation

/// VEP's choice among the entries of a record.
@Suite struct SelectionTests {
    /// What wins against what would win by every later criterion, in VEP's order.
    static let order: [(TranscriptSet.Member, TranscriptSet.Member)] = {
        // Of the second transcript everything is as good as it can be that comes later in the order.
        func pair(_ winner: String, _ loser: String) -> (TranscriptSet.Member, TranscriptSet.Member) {
            (TranscriptSet.Member(id: "W", attributes: winner), TranscriptSet.Member(id: "A", attributes: loser))
        }
        return [
            pair("tag=MANE_Select", "tag=MANE_Plus_Clinical,Ensembl_canonical,appris_principal_1"),
            pair("tag=MANE_Plus_Clinical", "tag=Ensembl_canonical,appris_principal_1;transcript_support_level=1"),
            pair("tag=Ensembl_canonical", "tag=appris_principal_1;transcript_support_level=1"),
            pair("tag=appris_principal_2", "tag=appris_principal_3;transcript_support_level=1"),
            pair("tag=appris_principal_5", "tag=appris_alternative_1;transcript_support_level=1;ccdsid=CCDS1.1"),
            pair("tag=appris_alternative_2", "transcript_support_level=1;ccdsid=CCDS1.1"),
            pair("transcript_support_level=2", "transcript_support_level=3;ccdsid=CCDS1.1"),
            pair("transcript_support_level=5", "ccdsid=CCDS1.1"),
            (
                TranscriptSet.Member(id: "W"),
                TranscriptSet.Member(id: "A", attributes: "ccdsid=CCDS1.1", biotype: "nonsense_mediated_decay")
            ),
            pair("ccdsid=CCDS1.1", ""),
            // An exon that ends before the change makes it intronic: less severe, though the transcript is longer.
            (
                TranscriptSet.Member(id: "W"),
                TranscriptSet.Member(
                    id: "A", exons: [(6_101, 6_108), (6_130, 6_140), (6_241, 6_400)], isCoding: false)
            ),
            (TranscriptSet.Member(id: "W"), TranscriptSet.Member(id: "A", codingEnd: 6_258)),
            (TranscriptSet.Member(id: "A"), TranscriptSet.Member(id: "W")),
        ]
    }()

    @Test(arguments: order.indices)
    func picksInVEPsOrder(index: Int) throws {
        let (winner, loser) = Self.order[index]
        let reference = try TranscriptSet(members: [loser, winner]).build(in: Scratch())
        let text = MadeUpGenome.header + MadeUpGenome.record("f", 6_115, 6_115, "G")
        let result = try Annotated(text, [reference]) {
            $0.selection = .pick
            $0.fields = [.feature]
        }
        #expect(TranscriptSet.values(result) == [[winner.id]])
    }

    /// Two genes with two transcripts each; the second allele cuts a stop into one of them.
    static let members = [
        TranscriptSet.Member(id: "A1", gene: "A"),
        TranscriptSet.Member(id: "A2", attributes: "tag=Ensembl_canonical", gene: "A"),
        TranscriptSet.Member(id: "B1", biotype: "lncRNA", gene: "B", isCoding: false),
        TranscriptSet.Member(id: "B2", attributes: "transcript_support_level=1", gene: "B"),
    ]

    @Test(arguments: [
        (ConsequenceSelection.all, ["1 A1", "1 A2", "1 B1", "1 B2", "2 A1", "2 A2", "2 B1", "2 B2"]),
        (.pick, ["2 A2"]),
        (.pickAllele, ["1 A2", "2 A2"]),
        (.perGene, ["2 A2", "2 B2"]),
        (.pickAlleleGene, ["1 A2", "1 B2", "2 A2", "2 B2"]),
        (.flagPick, ["2 A2"]),
        (.flagPickAllele, ["1 A2", "2 A2"]),
        (.flagPickAlleleGene, ["1 A2", "1 B2", "2 A2", "2 B2"]),
    ])
    func groups(selection: ConsequenceSelection, expected: [String]) throws {
        let reference = try TranscriptSet(members: Self.members).build(in: Scratch())
        let text = MadeUpGenome.header + "f\t6118\t.\tG\tT,A\t.\t.\t.\n"
        let result = try Annotated(text, [reference]) {
            $0.selection = selection
            $0.fields = [.alleleNumber, .feature, .pick]
        }
        let entries = TranscriptSet.values(result)
        let isFlagging = selection.flagsOnly
        #expect(entries.count == (isFlagging ? 8 : expected.count))
        let picked = entries.filter { !isFlagging || $0[2] == "1" }.map { "\($0[0]) \($0[1])" }
        #expect(picked == expected)
    }

    @Test func flaggingAddsTheFieldWhereVEPHasIt() throws {
        let reference = try TranscriptSet(members: Self.members).build(in: Scratch())
        let text = MadeUpGenome.header + MadeUpGenome.record("f", 6_115, 6_115, "G")
        let plain = try Annotated(text, [reference])
        let result = try Annotated(text, [reference]) { $0.selection = .flagPick }
        #expect(result.output.contains("|STRAND|FLAGS|PICK|SYMBOL_SOURCE|HGNC_ID\""))
        for (entry, values) in zip(plain.entries(0), TranscriptSet.values(result)) {
            var expected = entry.values
            expected.insert(entry["Feature"] == "A2" ? "1" : "", at: 21)
            #expect(values == expected)
        }
    }

    @Test func theMostSevereTermStandsAlone() throws {
        let text = MadeUpGenome.header + "f\t6118\t.\tG\tT,A\t.\t.\t.\n" + MadeUpGenome.record("f", 1_000, 1_000, "G")
        let result = try Annotated(text, [ConsequenceTests.reference.get()]) { $0.selection = .mostSevere }
        #expect(result.info(0)["CSQ"] == "A|stop_gained|HIGH" + String(repeating: "|", count: 20))
        #expect(TranscriptSet.values(result, 1).map { $0[1] } == ["intergenic_variant"])
    }

    /// What is near no gene stays, whatever is picked.
    @Test(arguments: ConsequenceSelection.allCases)
    func intergenicChangesStay(selection: ConsequenceSelection) throws {
        let text = MadeUpGenome.header + MadeUpGenome.record("f", 1_000, 1_000, "G")
        let result = try Annotated(text, [ConsequenceTests.reference.get()]) { $0.selection = selection }
        #expect(result.entries(0).map { $0["Consequence"] } == ["intergenic_variant"])
    }

    @Test(arguments: ["f", "r"])
    func upstreamAndDownstreamReachAsFarAsAsked(strand: String) throws {
        let records = [6_091, 6_090, 6_320, 6_321].map { position in
            let other = Array(MadeUpGenome.forward)[position - 1] == "G" ? "A" : "G"
            return MadeUpGenome.record(strand, position, position, other)
        }
        let result = try Annotated(MadeUpGenome.header + records.joined(), [ConsequenceTests.reference.get()]) {
            $0.upstreamDistance = 10
            $0.downstreamDistance = 20
        }
        let terms = records.indices.map { Set(result.entries($0).map { $0["Consequence"] }) }
        #expect(
            terms == [
                ["upstream_gene_variant"], ["intergenic_variant"], ["downstream_gene_variant"], ["intergenic_variant"],
            ])
        #expect(result.output.contains("distance=10,20"))
    }
}
