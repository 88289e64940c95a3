import Foundation
import Testing

@testable import Annotation

/// Same input, same reference: the same bytes, whatever the number of threads, in every form of output.
@Suite struct DeterminismTests {
    /// Records of every kind over several chunks, on both strands of the made-up genome and outside it.
    private static let text: String = {
        var state: UInt64 = 3
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        let bases = Array(MadeUpGenome.forward)
        var text = MadeUpGenome.header
        for number in 0..<4_000 {
            let position = 6_050 + number / 16
            let base = bases[position - 1]
            let other = base == "A" ? "C" : "A"
            let info = "N=\(number);P=\(String(repeating: "x", count: random(200)))"
            switch random(12) {
            case 0: text += "f\t\(position)\t.\t\(base)\t<DEL>,\(other)\t.\t.\tEND=\(position + 9)\n"
            case 1: text += "f\t\(position)\t.\t\(base)\t.\t.\t.\t\(info)\n"
            case 2:
                text +=
                    "f\t\(position)\t.\t\(base)\t\(base)\(String(repeating: "CAG", count: random(9) + 1))\t.\t.\t.\n"
            case 3:
                text +=
                    "f\t\(position)\t.\t\(String(bases[(position - 1)..<(position + random(20))]))\t\(base)\t9\tPASS\t.\n"
            default: text += "f\t\(position)\t.\t\(base)\t\(other)\t50\tPASS\t\(info)\n"
            }
        }
        for number in 0..<500 { text += "u\(number)\t\(number)\t.\tA\tG\t.\t.\t.\n" }
        return text
    }()

    @Test(arguments: ["out.vcf", "out.vcf.gz", "out.tsv", "out.tsv.gz", "out.jsonl", "out.jsonl.gz"])
    func bytesDoNotDependOnThreads(name: String) throws {
        let scratch = try Scratch()
        let reference = try MadeUpGenome.build(in: scratch)
        let input = try scratch.write("in.vcf", Self.text)
        #expect(Self.text.utf8.count > 3 * ChunkReader.chunkSize)
        var first: [String: Data] = [:]
        var firstSummary: AnnotationSummary?
        for threads in [1, 2, 3, 8] {
            var options = AnnotationOptions()
            options.threads = threads
            options.hgvs = true
            options.outputFormat = OutputFormat(fileName: name)
            options.writesIndex = true
            options.problemsPath = scratch.file("problems.tsv")
            var summary = try AnnotationRun(
                input: input, output: scratch.file(name), references: [reference], options: options
            ).run()
            (summary.seconds, summary.recordsPerSecond) = (0, 0)
            var files: [String: Data] = [:]
            for file in [name, name + ".tbi", "problems.tsv"] {
                files[file] = try? Data(contentsOf: URL(fileURLWithPath: scratch.file(file)))
            }
            #expect(files.keys.contains(name + ".tbi") == (name == "out.vcf.gz"))
            if threads == 1 {
                (first, firstSummary) = (files, summary)
                #expect(summary.records == 4_500)
            }
            #expect(files == first, "\(threads) threads")
            #expect(summary == firstSummary, "\(threads) threads")
        }
    }
}
