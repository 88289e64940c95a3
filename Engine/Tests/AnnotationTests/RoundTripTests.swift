import Foundation
import Testing

@testable import Annotation

/// What goes in comes out: the same bytes once our additions are taken away, however it was packed and shared out.
@Suite struct RoundTripTests {
    /// Takes away what was added: the header's block from `##GAS` up to `#CHROM`, and our fields of INFO.
    private func stripped(_ output: String) -> String {
        let manifest = (try? MtDNA.reference.get().store.manifest)!
        let keys = Set(["CSQ", "GAS_REGION", "GAS_REF_MISMATCH"] + manifest.known.flatMap(\.columns).map(\.outputKey))
        var isAdded = false
        var lines: [String] = []
        // Split bytes: to Swift's strings a carriage return and a line feed are one character.
        for bytes in output.utf8.split(separator: 10, omittingEmptySubsequences: false) {
            let line = String(decoding: bytes, as: UTF8.self)
            if line.hasPrefix("##GAS=") { isAdded = true }
            if line.hasPrefix("#CHROM") { isAdded = false }
            if isAdded { continue }
            var fields = line.components(separatedBy: "\t")
            if !line.hasPrefix("#") && fields.count >= 8 {
                let end = fields[7].hasSuffix("\r") ? "\r" : ""
                let kept = fields[7].dropLast(end.count).split(separator: ";")
                    .filter { !keys.contains(String($0.prefix { $0 != "=" })) }
                fields[7] = (kept.isEmpty ? "." : kept.joined(separator: ";")) + end
            }
            lines.append(fields.joined(separator: "\t"))
        }
        return lines.joined(separator: "\n")
    }

    private static let header = "##fileformat=VCFv4.2\n##reference=rCRS\n##odd line, kept as it is \u{e9}\n"
    private static let columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
    private static let body =
        "MT\t73\trs1\tA\tG\t50\tPASS\tDP=10;DB\nMT\t263\t.\ta\tg\t.\t.\t.\nMT\t310\t.\tT\tTC,TCC\t-1\tq10\tX=1,2\n"
        + "MT\t3243\t.\tA\t<DEL>,*,G\t.\t.\tEND=4000\nMT\t8270\t.\tCACCCCCTCT\tC\t.\t.\tA=b=c\nMT\t16000\t.\tN\t.\t.\t.\t.\n"

    private static let cases: [(String, String)] = [
        ("sites", header + columns + "\n" + body),
        ("carriage returns", (header + columns + "\n" + body).replacingOccurrences(of: "\n", with: "\r\n")),
        ("no end of line", String((header + columns + "\n" + body).dropLast())),
        (
            "samples",
            header + columns + "\tFORMAT\tone\ttwo\n"
                + body.replacingOccurrences(of: "\n", with: "\tGT:DP\t0/1:3\t./.:.\n")
        ),
        (
            "version 3.3",
            "##fileformat=VCFv3.3\n##INFO=DP,1,Integer,\"Total, Depth\"\n" + columns
                + "\nMT\t73\t.\tA\tG\t-1\t0\tDP=1\nMT\t310\t.\tT\tIC,D2\t-1\t0\tDP=1\n"
        ),
        ("empty lines at the end", header + columns + "\n" + body + "\n\n"),
    ]

    @Test(arguments: cases)
    func stripsBackToTheInput(name: String, text: String) throws {
        let result = try Annotated(text, [MtDNA.reference.get()])
        #expect(result.output.contains("CSQ="))
        #expect(stripped(result.output) == text)
    }

    @Test func samplesOfTheRepositoryStripBack() throws {
        let folder = Places.reference + "/samples"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".vcf") }
        #expect(names.count >= 2)
        for name in names {
            let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
            let result = try Annotated(text, [MtDNA.reference.get()])
            #expect(stripped(result.output) == text)
            #expect(result.summary.referenceMismatches == 0)
        }
    }

    /// Skipped without the real data beside the repository.
    @Test(.enabled(if: Places.hasShared), arguments: ["test.vcf", "free_1.vcf"])
    func theOriginalsSamplesStripBack(name: String) throws {
        let text = try String(contentsOfFile: Places.shared + "/samples/" + name, encoding: .utf8)
        #expect(stripped(try Annotated(text, [MtDNA.reference.get()]).output) == text)
    }

    @Test func annotatingTwiceReplacesTheFirst() throws {
        let once = try Annotated(Self.cases[0].1, [MtDNA.reference.get()])
        let twice = try Annotated(once.output, [MtDNA.reference.get()])
        #expect(once.output == twice.output)
    }

    // MARK: packing and threads

    private static func large() -> String {
        var lines = [header + columns + "\tFORMAT\tone"]
        let store = try! MtDNA.reference.get().store
        let contig = store.contig(0)
        for round in 0..<40 {
            for position in stride(from: 1 + round, to: 16_500, by: 41) {
                let base = Character(Unicode.Scalar(store.base(contig, position)))
                let other = base == "A" ? "G" : "A"
                lines.append(
                    "MT\t\(position)\t.\t\(base)\t\(other)\t.\t.\tN=\(round);P=\(String(repeating: "x", count: 150))\tGT\t0/1"
                )
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func blocks(_ data: Data) -> Data {
        var output = ByteBuffer()
        data.withUnsafeBytes { BlockWriter().pack($0.bindMemory(to: UInt8.self), into: &output) }
        return Data(output.bytes) + Data(BlockWriter.endMarker)
    }

    @Test func everyPackingAndThreadCountGivesTheSameBytes() throws {
        let text = Data(Self.large().utf8)
        #expect(text.count > 2 << 20)
        let half = text.count / 2
        let inputs = [
            "plain": text, "gzip": gzip(text),
            "two members": gzip(text.prefix(half)) + gzip(text.suffix(from: half)),
            "BGZF": Self.blocks(text),
        ]
        let expected = try Annotated(data: text, [MtDNA.reference.get()]) { $0.threads = 1 }.output
        for (name, data) in inputs {
            for threads in [1, 2, 5] {
                let result = try Annotated(data: data, [MtDNA.reference.get()]) { $0.threads = threads }
                #expect(result.output == expected, "\(name), \(threads) threads")
                #expect(result.summary.problemCount == 0)
            }
        }
    }

    @Test func packedOutputUnpacksToThePlainOne() throws {
        let scratch = try Scratch()
        let input = try scratch.write("in.vcf", Self.large())
        var options = AnnotationOptions()
        for name in ["out.vcf", "a.vcf.gz", "b.vcf.gz"] {
            options.threads = name == "b.vcf.gz" ? 4 : 1
            _ = try AnnotationRun(
                input: input, output: scratch.file(name), references: [MtDNA.reference.get()], options: options
            ).run()
        }
        let packed = try Data(contentsOf: URL(fileURLWithPath: scratch.file("a.vcf.gz")))
        #expect(try packed == Data(contentsOf: URL(fileURLWithPath: scratch.file("b.vcf.gz"))))
        #expect(packed.suffix(28) == Data(BlockWriter.endMarker))
        var reader = try UnpackedReader(path: scratch.file("a.vcf.gz"), name: "a")
        var text = ByteBuffer()
        while try reader.read(into: &text, limit: 1 << 20) > 0 {}
        #expect(String(decoding: text.bytes, as: UTF8.self) == (try scratch.read("out.vcf")))
    }

    /// Bytes that cannot be packed fit their blocks too, and what is packed does not depend on what was packed before.
    @Test func blocksOfNoiseUnpackToThemselves() throws {
        var random = SystemRandomNumberGenerator()
        let noise = (0..<200_001).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let text = Array(Self.large().utf8.prefix(150_000))
        func packed(_ writer: borrowing BlockWriter, _ bytes: [UInt8]) -> [UInt8] {
            var output = ByteBuffer()
            bytes.withUnsafeBufferPointer { writer.pack($0, into: &output) }
            return Array(output.bytes)
        }
        let writer = BlockWriter()
        let first = packed(writer, noise)
        let second = packed(writer, text)
        #expect(second == packed(BlockWriter(), text))
        let scratch = try Scratch()
        let path = scratch.file("noise.gz")
        try Data(first + second + BlockWriter.endMarker).write(to: URL(fileURLWithPath: path))
        var reader = try UnpackedReader(path: path, name: "noise")
        var unpacked = ByteBuffer()
        while try reader.read(into: &unpacked, limit: 1 << 20) > 0 {}
        #expect(Array(unpacked.bytes) == noise + text)
    }

    @Test func stopsWhenCancelledAndLeavesNothing() throws {
        let scratch = try Scratch()
        let input = try scratch.write("in.vcf", Self.large())
        let run = AnnotationRun(
            input: input, output: scratch.file("out.vcf"), references: [try MtDNA.reference.get()])
        let error = failure { _ = try run.run(isCancelled: { true }) }
        #expect(error?.code == .cancelled || error == nil)
        let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
        #expect(error == nil || left == ["in.vcf"])
    }
}
