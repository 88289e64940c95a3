import Foundation
import Testing

@testable import Annotation

/// Our combinations against those of `bcftools csq -p a` over the real genome and genes of yeast, with phased changes made up
/// on them: pairs of substitutions in a codon, and frameshifts that are restored further on.
///
/// Skipped without the real data beside the repository; the comparison also without bcftools.
///
/// Where the two differ, known reasons are:
/// - bcftools goes on behind a lost start; we do not. Transcripts with one are left out here.
/// - bcftools lists the changes behind a stop in a shifted frame as members; we flag them `AFTER_STOP`.
/// - bcftools joins a deletion of whole codons with a change in the next codon; they act by themselves here.
/// - bcftools sees a few stops in shifted frames where there are none, and nothing behind them.
/// - bcftools counts residues on the changed protein, we on the reference's, as HGVS does.
@Suite(.enabled(if: Places.hasShared)) struct HaplotypeConcordanceTests {
    private static let contigs = ["chrI", "chrII", "chrIII"]

    /// A combination on a transcript: its changes as `POS+REF>ALT`.
    private struct Key: Hashable, CustomStringConvertible {
        let transcript: String
        let members: [String]
        var description: String { "\(transcript) \(members.joined(separator: "&"))" }
        var isOfSubstitutions: Bool {
            members.allSatisfy { $0.drop { $0 != "+" }.count == 4 }
        }
    }

    /// What becomes of the protein: the consequence without splice regions, and of one residue what comes there.
    private struct Answer: Equatable {
        let terms: Set<String>
        let residue: String

        /// What all namings of indels have in common: whether the product ends, the frame shifts, or neither.
        var kind: String {
            if terms.contains("stop_gained") { return "stop" }
            return terms.contains("frameshift_variant") ? "frameshift" : "in frame"
        }
    }

    // MARK: the input

    private static func sequences() throws -> [(name: String, bases: [UInt8])] {
        var lines = try LineReader(path: Places.shared + "/yeast/sacCer3.fa.gz", name: "fa")
        var found: [(name: String, bases: [UInt8])] = []
        var isWanted = false
        while let line = try lines.next() {
            if line.first == UInt8(ascii: ">") {
                let name = String(line.slice(1, line.count).text.split(separator: " ")[0])
                isWanted = contigs.contains(name)
                if isWanted { found.append((name, [])) }
            } else if isWanted {
                found[found.count - 1].bases += line.map { $0 & 0xdf }
            }
        }
        return found
    }

    private static func models() throws -> String {
        var lines = try LineReader(path: Places.shared + "/yeast/R64-1-1.96.gff3.gz", name: "gff3")
        var text = "##gff-version 3\n"
        while let line = try lines.next() {
            let row = line.text
            if contigs.contains(String(row.prefix { $0 != "\t" })) { text += row + "\n" }
        }
        return text
    }

    /// Phased records of one sample: clusters of changes that lie on the same haplotype, every hundred bases or so.
    private static func vcf(_ sequences: [(name: String, bases: [UInt8])]) -> String {
        var state: UInt64 = 2_024
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var text = "##fileformat=VCFv4.2\n##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n"
        for sequence in sequences { text += "##contig=<ID=\(sequence.name),length=\(sequence.bases.count)>\n" }
        text += "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n"
        for (name, bases) in sequences {
            func base(_ position: Int) -> String { String(decoding: [bases[position - 1]], as: UTF8.self) }
            func run(_ from: Int, _ to: Int) -> String { String(decoding: bases[(from - 1)..<to], as: UTF8.self) }
            func other(_ position: Int) -> String {
                ["A", "C", "G", "T"].filter { $0 != base(position) }[random(3)]
            }
            func add(_ position: Int, _ reference: String, _ alternate: String, _ genotype: String) {
                text += "\(name)\t\(position)\t.\t\(reference)\t\(alternate)\t.\t.\t.\tGT\t\(genotype)\n"
            }
            var position = 50
            while position < bases.count - 200 {
                let genotype = ["0|1", "1|0", "1|1"][random(3)]
                switch random(10) {
                case 0..<7:
                    let next = position + 1 + random(2)
                    add(position, base(position), other(position), genotype)
                    add(next, base(next), other(next), genotype)
                case 7:
                    let count = 1 + random(2)
                    let next = position + 6 + random(20)
                    add(position, run(position, position + count), base(position), genotype)
                    add(next, base(next), base(next) + String("GATC".prefix(count)), genotype)
                case 8:
                    let next = position + 4 + random(2)
                    add(position, run(position, position + 3), base(position), genotype)
                    add(next, base(next), other(next), genotype)
                default:
                    add(position, base(position), other(position), genotype)
                }
                position += 40 + random(120)
            }
        }
        return text
    }

    // MARK: the answers

    private static let terms = [
        "missense": "missense_variant", "synonymous": "synonymous_variant", "frameshift": "frameshift_variant",
        "inframe_altering": "protein_altering_variant", "stop_retained": "stop_retained_variant",
    ]

    /// Also collects into `lost` the transcripts with a lost start.
    private static func theirs(_ path: String, _ lost: inout Set<String>) throws -> [Key: Answer] {
        var found: [Key: Answer] = [:]
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") where !line.hasPrefix("#")
        {
            let info = line.split(separator: "\t")[7].split(separator: ";")
            guard let field = info.first(where: { $0.hasPrefix("BCSQ=") }) else { continue }
            for entry in field.dropFirst(5).split(separator: ",") {
                let values = entry.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
                // A gene's name may hold a comma, so that its entry falls apart.
                if values.count > 2, values[0].hasSuffix("start_lost") { lost.insert(values[2]) }
                guard values.count > 6, values[6].contains("+"), !values[0].hasPrefix("*") else { continue }
                let members = values[6].split(separator: "+").map { member in
                    let position = member.prefix { $0.isNumber }
                    return String(position) + "+" + String(member.dropFirst(position.count))
                }
                let change = String(values[5].split(separator: ">").last?.drop { $0.isNumber } ?? "")
                let names = values[0].split(separator: "&").map(String.init).filter { $0 != "splice_region" }
                found[Key(transcript: values[2], members: members.sorted())] = Answer(
                    terms: Set(names.map { terms[$0] ?? $0 }), residue: change)
            }
        }
        return found
    }

    private static func ours(_ result: Annotated) -> [Key: (answer: Answer, protein: String)] {
        var found: [Key: (answer: Answer, protein: String)] = [:]
        for record in result.records.indices {
            for entry in (result.info(record)["GAS_HAP"] ?? "").split(separator: ",").map(HaplotypeEntry.init)
            where !entry["FLAGS"].contains("AFTER_STOP") {
                let members = entry["Members"].split(separator: "&").map(String.init)
                let names = entry["Consequence"].split(separator: "&").map(String.init)
                    .filter { $0 != "splice_region_variant" }
                let key = Key(
                    transcript: entry["Feature"], members: members.sorted())
                let protein = entry["HGVSp"]
                found[key] = (Answer(terms: Set(names), residue: residue(protein)), protein)
            }
        }
        return found
    }

    /// The residue that comes with `p.Ala12Asn`: `N`.
    private static func residue(_ text: String) -> String {
        let letters = TranslatedGenes.letters
        guard let start = text.range(of: ":p.")?.upperBound else { return "" }
        let description = text[start...]
        let position = description.dropFirst(3).prefix { $0.isNumber }
        let rest = description.dropFirst(3 + position.count)
        let old = letters[String(description.prefix(3))] ?? "?"
        return rest == "%3D" ? old : letters[String(rest.prefix(3))] ?? "?"
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// The result, and the files that it is made of.
    private static func annotate(_ sequences: [(name: String, bases: [UInt8])], _ models: String, in scratch: Scratch)
        throws -> (result: Annotated, fasta: String, models: String)
    {
        let fasta = try scratch.write(
            "g.fa",
            sequences.map { name, bases in
                ">\(name)\n"
                    + stride(from: 0, to: bases.count, by: 60).map {
                        String(decoding: bases[$0..<min($0 + 60, bases.count)], as: UTF8.self) + "\n"
                    }.joined()
            }.joined())
        let file = try scratch.write("g.gff3", models)
        let reference = try ReferenceBuilder(name: "yeast", fasta: fasta, gff3: file)
            .build(output: scratch.file("yeast.gasref"))
        let result = try Annotated(vcf(sequences), [reference]) { ($0.haplotypes, $0.hgvs) = (true, false) }
        #expect(result.summary.referenceMismatches == 0)
        return (result, fasta, file)
    }

    @Test(.enabled(if: Places.bcftools != nil)) func agreesWithBcftools() throws {
        let scratch = try Scratch()
        let sequences = try Self.sequences()
        let (result, fasta, models) = try Self.annotate(sequences, try Self.models(), in: scratch)
        let input = try scratch.write("phased.vcf", Self.vcf(sequences))
        let output = scratch.file("theirs.vcf")
        let status = try Self.run(
            #require(Places.bcftools), ["csq", "-p", "a", "-f", fasta, "-g", models, "-Ov", "-o", output, input])
        #expect(status == 0)
        var lost: Set<String> = ["YBR208C_mRNA"]  // its gene's name, DUR1,2, is not readable in BCSQ
        let theirs = try Self.theirs(output, &lost)
        let ours = Self.ours(result).mapValues(\.answer)
        for (key, answer) in ours where answer.terms.contains("start_lost") { lost.insert(key.transcript) }
        func part(_ answers: [Key: Answer], _ isOfSubstitutions: Bool) -> [Key: Answer] {
            answers.filter { $0.key.isOfSubstitutions == isOfSubstitutions && !lost.contains($0.key.transcript) }
        }
        let pairs = (theirs: part(theirs, true), ours: part(ours, true))
        let common = Set(pairs.theirs.keys).intersection(pairs.ours.keys)
        let differing = common.filter { pairs.theirs[$0] != pairs.ours[$0] }
        report("substitutions", pairs.theirs, pairs.ours, differing)
        #expect(common.count > 1_500)
        #expect(Double(common.count) >= 0.995 * Double(pairs.theirs.count))
        #expect(Double(common.count) >= 0.98 * Double(pairs.ours.count))
        #expect(differing.isEmpty)
        let indels = (theirs: part(theirs, false), ours: part(ours, false))
        let shared = Set(indels.theirs.keys).intersection(indels.ours.keys)
        let others = shared.filter { indels.theirs[$0]?.kind != indels.ours[$0]?.kind }
        report("indels", indels.theirs, indels.ours, others)
        #expect(shared.count > 400)
        #expect(Double(shared.count) >= 0.98 * Double(indels.ours.count))
        #expect(Double(others.count) <= 0.01 * Double(shared.count))
    }

    /// HGVSp of each combination, applied to the protein, gives what the changed coding sequence is translated to; genes of one chromosome.
    @Test func proteinsAreThoseOfTheChangedSequences() throws {
        let scratch = try Scratch()
        let sequences = try Self.sequences()
        let models = try Self.models()
        let (result, _, _) = try Self.annotate(sequences, models, in: scratch)
        let genes = TranslatedGenes(sequences, models)
        var right = 0
        var wrong: [String] = []
        for (key, found) in Self.ours(result)
        where key.transcript.hasPrefix("YA") && !found.answer.terms.contains("start_lost") {
            guard let isRight = genes.explains(found.protein, key.transcript, key.members) else { continue }
            if isRight { right += 1 } else { wrong.append("\(key) \(found.protein)") }
        }
        print("Haplotypes: \(right) proteins are right, \(wrong.count) wrong")
        #expect(wrong.isEmpty)
        #expect(right > 300)
    }

    /// Prints how many combinations both found, and the first that differ.
    private func report(_ what: String, _ theirs: [Key: Answer], _ ours: [Key: Answer], _ differing: Set<Key>) {
        let common = Set(theirs.keys).intersection(ours.keys)
        print(
            "Haplotypes, \(what): \(theirs.count) of bcftools, \(ours.count) of ours, \(common.count) in common, "
                + "\(differing.count) of these differ")
        for key in differing.sorted(by: { $0.description < $1.description }).prefix(5) {
            print("  \(key): \(theirs[key]?.terms.sorted() ?? []) / \(ours[key]?.terms.sorted() ?? [])")
        }
    }
}

extension Places {
    static let bcftools = ["/usr/bin/bcftools", "/usr/local/bin/bcftools", "/opt/homebrew/bin/bcftools"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }
}
