import Foundation
import Testing

@testable import Annotation

/// The index that is written along with a packed VCF, judged by the tools that read it.
@Suite struct TabixIndexTests {
    private static let tools = ["/usr/bin/tabix", "/usr/bin/bcftools"]
    static let hasTools = tools.allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }

    /// A contig of two megabases and one of a few bases, so that bins of several sizes are used.
    private struct Genome {
        let scratch: Scratch
        let reference: Reference
        let bases: [UInt8]

        init() throws {
            scratch = try Scratch()
            var state: UInt64 = 7
            bases = (0..<2_000_000).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Array("ACGT".utf8)[Int(state >> 60) & 3]
            }
            let text = String(decoding: bases, as: UTF8.self)
            reference = try ReferenceBuilder(
                name: "two", fasta: try scratch.write("g.fa", ">a\n\(text)\n>b\n\(text.prefix(1_000))\n"), gff3: nil
            ).build(output: scratch.file("two.gasref"))
        }

        /// Records every 40 bases, some over several bins, some with END; then a few on `b` and on a contig that is not there.
        func records() -> [(contig: String, start: Int, end: Int, line: String)] {
            var result: [(String, Int, Int, String)] = []
            var number = 0
            for position in stride(from: 21, to: 1_990_000, by: 40) {
                number += 1
                let base = String(decoding: [bases[position - 1]], as: UTF8.self)
                let other = base == "A" ? "C" : "A"
                if number % 997 == 0 {
                    let end = position + 5_000
                    result.append(("a", position, end, "a\t\(position)\t.\t\(base)\t<DEL>\t.\t.\tX=1;END=\(end)\n"))
                } else if number % 101 == 0 {
                    let long = String(decoding: bases[(position - 1)..<(position + 99)], as: UTF8.self)
                    result.append(("a", position, position + 99, "a\t\(position)\t.\t\(long)\t\(base)\t.\t.\t.\n"))
                } else {
                    result.append(
                        ("a", position, position, "a\t\(position)\t.\t\(base)\t\(other)\t.\t.\tN=\(number)\n"))
                }
            }
            for position in [5, 900] { result.append(("b", position, position, "b\t\(position)\t.\tN\tA\t.\t.\t.\n")) }
            result.append(("zz", 77, 77, "zz\t77\t.\tN\tA\t.\t.\t.\n"))
            return result
        }

        func annotate(_ text: String, threads: Int = 2, name: String = "out.vcf.gz") throws -> AnnotationSummary {
            var options = AnnotationOptions()
            options.threads = threads
            options.writesIndex = true
            return try AnnotationRun(
                input: scratch.write("in.vcf", MadeUpGenome.header + text), output: scratch.file(name),
                references: [reference], options: options
            ).run()
        }
    }

    private func output(_ tool: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: tool)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: data, as: UTF8.self)
    }

    /// Skipped without Debian's tabix and bcftools.
    @Test(.enabled(if: hasTools)) func tabixAndBcftoolsFindEveryRecord() throws {
        let genome = try Genome()
        let records = genome.records()
        let summary = try genome.annotate(records.map(\.line).joined())
        #expect(summary.index == "A tabix index of \(Phrase.grouped(records.count)) records was made.")
        let path = genome.scratch.file("out.vcf.gz")
        let count = records.filter { $0.contig == "a" }.count
        let stats = try output(Self.tools[1], ["index", "--stats", path]).split(separator: "\n").map {
            $0.split(separator: "\t").map(String.init)
        }
        #expect(stats.map { [$0[0], $0[2]] } == [["a", "\(count)"], ["b", "2"], ["zz", "1"]])
        #expect(try output(Self.tools[0], ["-l", path]) == "a\nb\nzz\n")
        for (contig, from, to) in [
            ("a", 1, 20), ("a", 1, 21), ("a", 16_384, 16_385), ("a", 500_000, 500_400), ("a", 40_000, 40_001),
            ("a", 1_048_570, 1_048_580), ("a", 1_989_900, 2_000_000), ("a", 800_000, 1_400_000), ("b", 1, 4),
            ("b", 5, 5),
            ("b", 6, 1_000), ("zz", 1, 100),
        ] {
            let expected = records.filter { $0.contig == contig && $0.start <= to && $0.end >= from }.map(\.start)
            let found = try output(Self.tools[0], [path, "\(contig):\(from)-\(to)"]).split(separator: "\n").map {
                Int($0.split(separator: "\t")[1]) ?? 0
            }
            #expect(found == expected, "\(contig):\(from)-\(to)")
        }
    }

    @Test func bytesDoNotDependOnThreads() throws {
        let genome = try Genome()
        let text = genome.records().map(\.line).joined()
        let files = try [1, 2, 3, 8].map { threads in
            _ = try genome.annotate(text, threads: threads)
            return try ["out.vcf.gz", "out.vcf.gz.tbi"].map {
                try Data(contentsOf: URL(fileURLWithPath: genome.scratch.file($0)))
            }
        }
        for other in files.dropFirst() { #expect(other == files[0]) }
    }

    @Test func whatIsNotSortedHasNoIndex() throws {
        let genome = try Genome()
        let a = "a\t5\t.\tN\tA\t.\t.\t.\n"
        let later = "a\t6\t.\tN\tA\t.\t.\t.\n"
        let b = "b\t5\t.\tN\tA\t.\t.\t.\n"
        for (text, reason) in [
            (later + a, "it is not sorted by position"),
            (a + b + later, "the records of contig a do not stand together"),
            ("a\t9\t.\tN\t<DEL>\t.\t.\tEND=600000000\n", "512 megabases"),
        ] {
            let summary = try genome.annotate(text)
            #expect(summary.index?.hasPrefix("No index was made: ") == true)
            #expect(summary.index?.contains(reason) == true, "\(summary.index ?? "nil")")
            #expect(!FileManager.default.fileExists(atPath: genome.scratch.file("out.vcf.gz.tbi")))
            #expect(FileManager.default.fileExists(atPath: genome.scratch.file("out.vcf.gz")))
        }
        #expect(try genome.annotate(a, name: "out.vcf").index == "No index was made: only a packed VCF can have one.")
    }

    @Test func endsAreReadAsToolsReadThem() {
        func end(_ info: String) -> Int {
            var entries = IndexEntries()
            Array("c\t100\t.\tACG\t<X>\t.\t.\t\(info)\tGT\tEND=9\n\n".utf8).withUnsafeBufferPointer { entries.read($0) }
            return entries.entries[0].end
        }
        #expect(end(".") == 102)
        #expect(end("END=500") == 500)
        #expect(end("CIEND=700;XEND=800;END=500;A=1") == 500)
        #expect(end("END=50") == 102)
        #expect(end("SVLEN=-200") == 300)
        #expect(end("SVLEN=10,-300,x") == 400)
        #expect(end("END=99999999999999999999999") > TabixIndex.longest)
        #expect(end("END") == 102 && end("END=") == 102 && end(";") == 102)
    }
}
