import Foundation
import Testing

@testable import Annotation

/// Random changes in and around the made-up gene: AnnTools' keys say the same on both strands, agree with CSQ, and measure
/// the way to the splice sites as one would by counting.
@Suite struct AnnToolsRandomTests {
    private struct Change {
        let from: Int
        let to: Int
        let bases: String
        /// Neither an insertion, nor a deletion, nor as long as what it replaces.
        var isMixture: Bool { to >= from && !bases.isEmpty && bases.count != to - from + 1 }
    }

    /// Mixtures that begin or end alike are left out: VCF knows them under another position on each strand.
    private static let changes: [Change] = {
        var state: UInt64 = 1_955
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let sequence = Array(MadeUpGenome.forward)
        var changes: [Change] = []
        for _ in 0..<1_500 {
            let from = 6_080 + next(240)
            let deleted = next(3) == 0 ? 0 : 1 + next(next(8) == 0 ? 120 : 7)
            let inserted = next(3) == 0 ? 0 : 1 + next(7)
            let bases = String((0..<inserted).map { _ in Array("ACGT")[next(4)] })
            let change = Change(from: from, to: from + deleted - 1, bases: bases)
            if deleted + inserted == 0 { continue }
            if change.isMixture && (bases.first == sequence[from - 1] || bases.last == sequence[change.to - 1]) {
                continue
            }
            changes.append(change)
        }
        return changes
    }()

    private static func annotate(_ contig: String, _ profile: OutputProfile) throws -> Annotated {
        let scratch = try Scratch()
        let text = changes.map { MadeUpGenome.record(contig, $0.from, $0.to, $0.bases) }.joined()
        return try Annotated(MadeUpGenome.header + text, [AnnToolsGenome.build(in: scratch)]) {
            $0.profile = profile
        }
    }

    @Test func strandsAgree() throws {
        let results = try ["f", "r"].map { try Self.annotate($0, .anntools) }
        for (index, change) in Self.changes.enumerated() {
            var rows = results.map { AnnToolsRow.rows(of: $0.info(index)) }
            for place in 0..<2 {
                rows[place].sort { $0["name"] ?? "" < $1["name"] ?? "" }
                for row in rows[place].indices {
                    let strand = rows[place][row].removeValue(forKey: "transcriptStrand")
                    #expect(strand == nil || strand == ["+", "-"][place])
                    // VEP compares the alleles of a mixture from the left of the genome.
                    if change.isMixture { rows[place][row]["functionalClass"] = nil }
                }
            }
            #expect(rows[0] == rows[1], "\(change)")
        }
    }

    @Test(arguments: ["f", "r"]) func valuesAreThoseOfCSQ(contig: String) throws {
        let mine = try Self.annotate(contig, .anntools)
        let theirs = try Self.annotate(contig, .gas)
        var compared = 0
        for (index, change) in Self.changes.enumerated() {
            for row in AnnToolsRow.rows(of: mine.info(index)) {
                guard let name = row["name"], row["positionType"] != "putativePromoter" else { continue }
                guard let entry = theirs.entry(index, name) else { continue }
                compared += 1
                #expect(row["mrnaCoord"] ?? "" == entry["cDNA_position"], "\(change)")
                let description = entry["HGVSc"].split(separator: ":").last.map(String.init) ?? ""
                #expect(row["codingCoordStr"] ?? "" == description, "\(change)")
                if row["positionType"] == "CDS" {
                    #expect(row["codonCoord"] ?? "" == entry["Protein_position"], "\(change)")
                    let codons = entry["Codons"].uppercased().split(separator: "/").map { $0 == "-" ? "" : String($0) }
                    #expect(row["referenceCodon"] ?? "" == codons.first ?? "", "\(change)")
                    #expect(row["variantCodon"] ?? "" == codons.last ?? "", "\(change)")
                }
                let exon = row["exon"] ?? row["non_coding_exon"]
                if !entry["EXON"].isEmpty { #expect(exon == "ex" + entry["EXON"], "\(change)") }
                let terms = entry["Consequence"]
                if row["functionalClass"] == "nonsense" { #expect(terms.contains("stop_gained")) }
                if row["functionalClass"] == "silent" { #expect(!terms.contains("missense"), "\(change)") }
                if row["positionType"] == "utr5" { #expect(!terms.contains("3_prime")) }
            }
        }
        #expect(compared > 1_500)
    }

    @Test func spliceDistancesAreThoseThatOneCounts() throws {
        let result = try Self.annotate("f", .anntools)
        // The last bases before the two borders.
        let borders = [6_140, 6_240]
        for (index, change) in Self.changes.enumerated() {
            let low = max(6_101, min(change.from, change.to))
            let high = min(6_300, max(change.from, change.to))
            var expected = 0
            if !borders.contains(where: { low <= $0 && high > $0 }) {
                let distances = borders.flatMap { border in
                    [low, high].map { $0 > border ? $0 - border : $0 - border - 1 }
                }
                // Of two at the same distance the one before the change, to which the distance is positive.
                expected = distances.min { (abs($0), -$0) < (abs($1), -$1) }!
            }
            for row in AnnToolsRow.rows(of: result.info(index)) {
                guard let distance = row["spliceDist"] else { continue }
                #expect(distance == "\(expected)", "\(change)")
            }
        }
    }

    @Test func threadsDoNotMatter() throws {
        let scratch = try Scratch()
        let reference = try AnnToolsGenome.build(in: scratch)
        let records = Self.changes.map { MadeUpGenome.record("f", $0.from, $0.to, $0.bases) }.joined()
        let text = MadeUpGenome.header + String(repeating: records, count: 40)
        let outputs = try [1, 2, 5].map { threads in
            try Annotated(text, [reference]) {
                $0.profile = .anntools
                $0.threads = threads
            }.output
        }
        #expect(outputs[0] == outputs[1])
        #expect(outputs[0] == outputs[2])
    }
}
