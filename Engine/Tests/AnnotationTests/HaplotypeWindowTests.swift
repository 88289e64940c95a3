import Foundation
import Testing

@testable import Annotation

/// Records are gathered gene by gene: the same result whatever the threads, within bounds, and said so where that fails.
@Suite struct HaplotypeWindowTests {
    private static func header(samples: Int) -> String {
        MadeUpGenome.header(samples: (1...samples).map { "S\($0)" })
    }

    private static func line(_ contig: String, _ from: Int, _ base: String, _ genotypes: [String]) -> String {
        MadeUpGenome.record(contig, from, from, base).dropLast() + "\tGT\t" + genotypes.joined(separator: "\t") + "\n"
    }

    private static func other(_ position: Int) -> String {
        let letters = Array(MadeUpGenome.forward)
        return letters[position - 1] == "A" ? "C" : "A"
    }

    private func annotated(_ text: String, _ change: (inout AnnotationOptions) -> Void = { _ in }) throws -> Annotated {
        try Annotated(text, [try MadeUpGenome.build(in: Scratch())]) {
            $0.haplotypes = true
            change(&$0)
        }
    }

    /// Lines of 120 kB, so that a chunk ends between the two changes of the codon.
    @Test func aCodonIsNotCutByAChunk() throws {
        let count = 30_000
        let genotypes = ["0|1"] + [String](repeating: "0|0", count: count - 2) + ["1|1"]
        let none = ["1|0"] + [String](repeating: "0|0", count: count - 1)
        var text = Self.header(samples: count)
        for position in [5_000, 5_100, 6_050] { text += Self.line("f", position, Self.other(position), none) }
        text += Self.line("f", 6_114, "A", genotypes) + Self.line("f", 6_115, "A", genotypes)
        for position in [6_400, 6_500] { text += Self.line("f", position, Self.other(position), none) }
        let results = try [1, 2, 5].map { threads in try annotated(text) { $0.threads = threads } }
        #expect(results[0].output == results[1].output)
        #expect(results[0].output == results[2].output)
        let found = (results[0].info(3)["GAS_HAP"] ?? "").split(separator: ",").map(HaplotypeEntry.init)
        #expect(found.first?["HGVSp"] == "CODING-P:p.Ala2Asn")
        #expect(found.first?["Haplotypes"] == "3")
        #expect(found.first?["Samples"] == "S1:2&S30000:1&S30000:2")
        #expect(results[0].info(4)["GAS_HAP"] != nil)
        #expect(results[0].records.count == 7)
        #expect(results[0].summary.haplotypes?.cuts == 0)
    }

    @Test func manyWindowsAndThreads() throws {
        let count = 200
        var text = Self.header(samples: count)
        for contig in ["f", "r"] {
            for position in 1...1_500 where (position * 7) % 3 != 0 {
                let place = contig == "f" ? 4_700 + position : MadeUpGenome.length - 6_300 + 1 + 1_500 - position
                let genotypes = (0..<count).map { ["0|0", "0|1", "1|0", "1|1", "0/1"][(position * 31 + $0 * 17) % 5] }
                let from = contig == "f" ? place : MadeUpGenome.length - place + 1
                text += Self.line(contig, from, Self.other(from), genotypes)
            }
        }
        // On contig r the records come in descending order so far.
        let lines = text.split(separator: "\n").map(String.init)
        let records = lines.dropFirst(2).enumerated().sorted {
            let (left, right) = ($0.element.split(separator: "\t"), $1.element.split(separator: "\t"))
            return (left[0], Int(left[1]) ?? 0, $0.offset) < (right[0], Int(right[1]) ?? 0, $1.offset)
        }.map(\.element)
        let sorted = (lines.prefix(2) + records).joined(separator: "\n") + "\n"
        let results = try [1, 4].map { threads in try annotated(sorted) { $0.threads = threads } }
        #expect(results[0].output == results[1].output)
        #expect(results[0].summary.haplotypes == results[1].summary.haplotypes)
        #expect((results[0].summary.haplotypes?.combinations ?? 0) > 20)
        #expect((results[0].summary.haplotypes?.unphasedGenotypes ?? 0) > 100)
        #expect(results[0].summary.problems == results[1].summary.problems)
        #expect(results[0].summary.records == records.count)
    }

    private static func codon(_ genotype: String) -> String {
        line("f", 6_114, "A", [genotype]) + line("f", 6_115, "A", [genotype])
    }

    @Test(
        arguments: [
            { (limits: inout HaplotypeLimits) in limits.records = 1 },
            { (limits: inout HaplotypeLimits) in limits.bases = 0 },
            { (limits: inout HaplotypeLimits) in limits.bytes = 40 },
        ] as [@Sendable (inout HaplotypeLimits) -> Void])
    func beyondTheBoundsHaplotypesAreCut(change: @Sendable (inout HaplotypeLimits) -> Void) throws {
        let text = Self.header(samples: 1) + Self.codon("0|1")
        let result = try annotated(text) { change(&$0.haplotypeLimits) }
        #expect(!result.output.contains("GAS_HAP="))
        #expect(result.summary.haplotypes?.cuts == 1)
        #expect(result.summary.problems.contains { $0.line == 4 && $0.message.contains("haplotypes are cut here") })
        #expect(result.records.count == 2)
        #expect(result.info(1)["CSQ"] != nil)
    }

    @Test func textBeyondTheBoundIsLeftOut() throws {
        // One entry fits for each of the two windows' worth of text, then no more.
        let result = try annotated(Self.header(samples: 1) + Self.codon("0|1")) { $0.haplotypeLimits.bytes = 200 }
        #expect((result.summary.haplotypes?.omitted ?? 0) > 0)
        #expect(result.output.contains("GAS_HAP="))
    }

    @Test func namesAndMembersAreBounded() throws {
        let genotypes = [String](repeating: "1|1", count: 9)
        let text =
            Self.header(samples: 9) + Self.line("f", 6_114, "A", genotypes) + Self.line("f", 6_115, "A", genotypes)
        let result = try annotated(text) { ($0.haplotypeLimits.names, $0.haplotypeLimits.members) = (2, 1) }
        let entry = HaplotypeEntry((result.info(0)["GAS_HAP"] ?? "").split(separator: ",")[0])
        #expect(entry["Samples"] == "S1:1&S1:2&...")
        #expect(entry["Haplotypes"] == "18")
        #expect(entry["Members"] == "6114+G>A&...")
    }

    @Test func unsortedRecordsFallBack() throws {
        let text =
            Self.header(samples: 1) + Self.codon("0|1") + Self.line("f", 6_200, Self.other(6_200), ["0|1"])
            + Self.line("f", 6_135, "T", ["0|1"]) + Self.line("f", 6_136, "A", ["0|1"])
        let result = try annotated(text)
        #expect(result.info(0)["GAS_HAP"] != nil)
        #expect(result.info(3)["GAS_HAP"] == nil && result.info(4)["GAS_HAP"] == nil)
        #expect(result.info(4)["CSQ"] != nil)
        #expect(result.summary.problems.map(\.line) == [6])
        #expect(result.summary.problems.first?.message.contains("not sorted") == true)
        // A contig that comes back is out of order too.
        let again = try annotated(
            Self.header(samples: 1) + Self.line("f", 6_000, Self.other(6_000), ["0|1"])
                + MadeUpGenome.record("r", 100, 100, Self.other(100)).dropLast() + "\tGT\t0|1\n" + Self.codon("0|1"))
        #expect(again.summary.problems.contains { $0.line == 5 && $0.message.contains("not sorted") })
        #expect(!again.output.contains("GAS_HAP="))
    }

    @Test func nothingToFollowIsSaid() throws {
        let unphased = try annotated(Self.header(samples: 1) + Self.codon("0/1"))
        #expect(
            unphased.summary.problems.contains { $0.message.contains("no genotype in a coding sequence is phased") })
        #expect(unphased.summary.haplotypes?.unphasedGenotypes == 2)
        let bare = try annotated(MadeUpGenome.header + MadeUpGenome.record("f", 6_114, 6_114, "A"))
        #expect(bare.summary.problems.contains { $0.message.contains("no samples") })
        #expect(!bare.output.contains("GAS_HAP="))
    }

    @Test func isOffUnlessAskedForAndReplacedWhenDoneAgain() throws {
        let text = Self.header(samples: 1) + Self.codon("0|1")
        let plain = try annotated(text) { $0.haplotypes = false }
        #expect(!plain.output.contains("GAS_HAP"))
        #expect(plain.summary.haplotypes == nil)
        let once = try annotated(text)
        #expect(try annotated(once.output).output == once.output)
        #expect(try annotated(once.output) { $0.haplotypes = false }.output == plain.output)
    }

    @Test func malformedRecordsAreReportedAsEver() throws {
        let error = failure { _ = try annotated(Self.header(samples: 1) + Self.codon("0|1") + "f\tx\t.\tA\tC\n") }
        #expect(error?.line == 5)
        #expect(error?.code == .badColumns)
    }
}
