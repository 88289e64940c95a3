import Foundation
import Testing

@testable import Annotation

/// Seeded random changes and damage: nothing crashes, and both strands say the same.
@Suite struct RandomTests {
    private struct Generator {
        var state: UInt64
        mutating func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        mutating func bases(_ count: Int) -> String { String((0..<count).map { _ in Array("ACGT")[next(4)] }) }
    }

    /// Substitutions, insertions, deletions and mixtures in and around the genes of the made-up genome, on both strands.
    @Test func strandsAgreeOnRandomChanges() throws {
        var generator = Generator(state: 2_026)
        var changes: [(Int, Int, String)] = []
        for _ in 0..<1_500 {
            let from = 6_080 + generator.next(240)
            let deleted = generator.next(3) == 0 ? 0 : 1 + generator.next(generator.next(8) == 0 ? 120 : 7)
            let inserted = generator.next(3) == 0 ? 0 : 1 + generator.next(7)
            if deleted + inserted > 0 { changes.append((from, from + deleted - 1, generator.bases(inserted))) }
        }
        let reference = try ConsequenceTests.reference.get()
        // Longer alleles that begin alike lose their first base, as VEP has it; that base is another one on the other
        // strand, so that such records are left out.
        let sequence = Array(MadeUpGenome.forward)
        let comparable = changes.filter { from, to, bases in
            guard to >= from, !bases.isEmpty, bases.count != to - from + 1 else { return true }
            return bases.first != sequence[from - 1] && bases.last != sequence[to - 1]
        }
        #expect(comparable.count > 1_000)
        let results = try ["f", "r"].map { strand in
            let text = comparable.map { MadeUpGenome.record(strand, $0.0, $0.1, $0.2) }.joined()
            return try Annotated(MadeUpGenome.header + text, [reference])
        }
        for index in comparable.indices {
            for feature in ["CODING", "NMD", "NONCODING"] {
                let forward = results[0].entry(index, feature + "-f")
                let reverse = results[1].entry(index, feature + "-r")
                #expect((forward == nil) == (reverse == nil))
                guard let forward, let reverse else { continue }
                for field in ["EXON", "INTRON", "cDNA_position", "CDS_position", "Amino_acids", "Codons", "HGVSp"] {
                    #expect(forward[field] == reverse[field], "\(comparable[index]) \(feature) \(field)")
                }
                #expect(forward["HGVSc"].split(separator: ":").last == reverse["HGVSc"].split(separator: ":").last)
                // VEP compares the alleles of a mixture from the left of the genome, which is not the same on both strands.
                let (from, to, bases) = comparable[index]
                if bases.isEmpty || to < from || bases.count == to - from + 1 {
                    #expect(forward["Consequence"] == reverse["Consequence"], "\(comparable[index])")
                }
            }
        }
    }

    /// Bases that REF and ALT share, in front or behind, change no name: HGVS names the change.
    @Test(arguments: ["f", "r"])
    func paddingChangesNoName(strand: String) throws {
        var generator = Generator(state: 41)
        let sequence = Array(MadeUpGenome.forward)
        var records: [[String]] = [[], []]
        var shown: [String] = []
        for _ in 0..<1_500 {
            let from = 6_090 + generator.next(220)
            let deleted = generator.next(3) == 0 ? 0 : 1 + generator.next(7)
            let inserted = generator.next(3) == 0 ? 0 : 1 + generator.next(7)
            if deleted + inserted == 0 { continue }
            let bases = generator.bases(inserted)
            let (left, right) = (generator.next(9), generator.next(9))
            let to = from + deleted - 1
            let padded =
                String(sequence[from - 1 - left..<from - 1]) + bases + String(sequence[to..<to + right])
            records[0].append(MadeUpGenome.record(strand, from, to, bases))
            records[1].append(MadeUpGenome.record(strand, from - left, to + right, padded))
            shown.append("\(from)-\(to) \(bases) +\(left) +\(right)")
        }
        let reference = try ConsequenceTests.reference.get()
        let results = try records.map { try Annotated(MadeUpGenome.header + $0.joined(), [reference]) }
        var compared = 0
        for index in shown.indices {
            for feature in ["CODING", "NMD", "NONCODING"].map({ "\($0)-\(strand)" }) {
                guard let plain = results[0].entry(index, feature), let padded = results[1].entry(index, feature)
                else { continue }
                // A run of equal bases may be written on either side of a border; there only one of them is in the exon.
                for field in ["HGVSc", "HGVSp"] where !plain[field].isEmpty && !padded[field].isEmpty {
                    #expect(plain[field] == padded[field], "\(shown[index]) \(feature)")
                    compared += 1
                }
                #expect(!plain["HGVSp"].contains("Xaa"), "\(shown[index])")
            }
        }
        #expect(compared > 3_000)
    }

    /// A file with bytes changed, dropped or doubled at random ends in a summary or in one sentence.
    @Test func survivesDamage() throws {
        let reference = try MtDNA.reference.get()
        let text = try String(contentsOfFile: Places.reference + "/samples/mtdna-small.vcf", encoding: .utf8)
        var generator = Generator(state: 7)
        var sentences = 0
        for _ in 0..<300 {
            var bytes = Array(text.utf8)
            for _ in 0...generator.next(6) {
                let place = generator.next(bytes.count)
                switch generator.next(4) {
                case 0: bytes[place] = UInt8(generator.next(256))
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(bytes[generator.next(bytes.count)], at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + generator.next(40)))
                }
            }
            let error = failure { _ = try Annotated(data: Data(bytes), [reference]) }
            if let error {
                sentences += 1
                #expect(error.message.count > 10)
            }
        }
        #expect(sentences > 50)
    }
}
