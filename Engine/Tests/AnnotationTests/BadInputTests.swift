import Foundation
import Testing

@testable import Annotation

/// Whatever is given, there is one clear sentence and never a crash.
@Suite struct BadInputTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let data: Data
        let code: AnnotationError.Code
        var line: Int?
        var column: Int?

        init(_ name: String, _ text: String, _ code: AnnotationError.Code, line: Int? = nil, column: Int? = nil) {
            self.init(name, Data(text.utf8), code, line: line, column: column)
        }

        init(_ name: String, _ data: Data, _ code: AnnotationError.Code, line: Int? = nil, column: Int? = nil) {
            (testDescription, self.data, self.code, self.line, self.column) = (name, data, code, line, column)
        }
    }

    private static let header = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    private static let good = "MT\t73\t.\tA\tG\t.\t.\t.\n"
    private static let png = Data([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + [UInt8](repeating: 7, count: 900))
    private static let gzipHead = Data([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])
    private static let blocks: Data = {
        var output = ByteBuffer()
        Data((header + good).utf8).withUnsafeBytes {
            BlockWriter().pack($0.bindMemory(to: UInt8.self), into: &output)
        }
        return Data(output.bytes)
    }()
    private static let damaged: Data = {
        var data = blocks
        data[data.count / 2] ^= 0x55
        return data
    }()

    static let cases: [Case] = [
        Case("a picture", png, .notVCF, line: 1),
        Case("nothing", "", .empty),
        Case("text", "hello\nworld\n", .notVCF, line: 1),
        Case("header only", header, .noRecords),
        Case("header only, no line end", String(header.dropLast()), .noRecords),
        Case("no #CHROM line", "##fileformat=VCFv4.2\n##x\n", .badHeader),
        Case("records without #CHROM", "##fileformat=VCFv4.2\n" + good, .badHeader, line: 2),
        Case("version 2", header.replacingOccurrences(of: "4.2", with: "2.0") + good, .badHeader, line: 1),
        Case("no version", "##fileformat=VCF\n#CHROM\n" + good, .badHeader, line: 1),
        Case(
            "a wrong column name", header.replacingOccurrences(of: "REF", with: "Ref") + good, .badHeader, line: 2,
            column: 4),
        Case("spaces for tabs", header.replacingOccurrences(of: "\t", with: " ") + good, .badHeader, line: 2),
        Case("five columns", header + good + "MT\t73\t.\tA\tG\n", .badColumns, line: 4, column: 5),
        Case("a column too many", header + "MT\t73\t.\tA\tG\t.\t.\t.\tGT\t0/1\n", .badColumns, line: 3),
        Case(
            "a sample too few",
            "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\tb\nMT\t73\t.\tA\tG\t.\t.\t.\tGT\t0/1\n",
            .badColumns, line: 3),
        Case("POS no number", header + "MT\tx7\t.\tA\tG\t.\t.\t.\n", .badPosition, line: 3, column: 2),
        Case("POS negative", header + "MT\t-7\t.\tA\tG\t.\t.\t.\n", .badPosition, line: 3, column: 2),
        Case("POS empty", header + "MT\t\t.\tA\tG\t.\t.\t.\n", .badPosition, line: 3, column: 2),
        Case(
            "POS beyond 2^63", header + "MT\t9223372036854775808\t.\tA\tG\t.\t.\t.\n", .badPosition, line: 3, column: 2),
        Case("REF odd", header + good + "MT\t73\t.\tAJ\tG\t.\t.\t.\n", .badAllele, line: 4, column: 4),
        Case("REF empty", header + "MT\t73\t.\t\tG\t.\t.\t.\n", .badAllele, line: 3, column: 4),
        Case("ALT odd", header + "MT\t73\t.\tA\tG,!\t.\t.\t.\n", .badAllele, line: 3, column: 5),
        Case("ALT empty", header + "MT\t73\t.\tA\tG,\t.\t.\t.\n", .badAllele, line: 3, column: 5),
        Case("a zero byte", header + good + "MT\t73\t.\tA\tG\t.\t\0\t.\n", .binaryData, line: 4, column: 7),
        Case("a zero byte in the header", "##fileformat=VCFv4.2\n##a\0b\n" + header + good, .binaryData, line: 2),
        Case("binary in the middle", Data((header + good).utf8) + png, .badColumns, line: 4),
        Case("gzip of nothing", gzipHead, .truncated),
        Case("gzip damaged", gzipHead + Data([UInt8](repeating: 0xff, count: 400)), .corrupt),
        Case("BGZF cut off", blocks.dropLast(20), .truncated),
        Case("BGZF damaged", damaged, .corrupt),
    ]

    @Test(arguments: cases)
    func saysWhatIsWrong(case one: Case) throws {
        let reference = try MtDNA.reference.get()
        let error = failure { _ = try Annotated(data: one.data, [reference]) }
        #expect(error?.code == one.code, "\(error?.description ?? "no error")")
        if let line = one.line { #expect(error?.line == line) }
        if let column = one.column { #expect(error?.column == column) }
        let message = error?.description ?? ""
        #expect(!message.contains("/"), "no path: \(message)")
        #expect(message.hasSuffix("."))
    }

    @Test func linesAreCountedAcrossChunks() throws {
        let filler = String(repeating: good(info: String(repeating: "x", count: 1_000)), count: 3_000)
        let reference = try MtDNA.reference.get()
        for threads in [1, 4] {
            let error = failure {
                _ = try Annotated(Self.header + filler + "MT\t73\t.\tA\t?\t.\t.\t.\n" + filler, [reference]) {
                    $0.threads = threads
                }
            }
            #expect(error?.line == 3_003)
        }
    }

    private func good(info: String) -> String { "MT\t73\t.\tA\tG\t.\t.\tX=\(info)\n" }

    @Test func limitsHold() throws {
        let reference = try MtDNA.reference.get()
        let long = Self.header + good(info: String(repeating: "x", count: 5 << 20))
        let cases: [(String, (inout Limits) -> Void)] = [
            (long, { $0.lineLength = 1 << 20 }),
            (long, { $0.unpackedSize = 1 << 20 }),
            (Self.header + "MT\t73\t.\tA\tC,G,T\t.\t.\t.\n", { $0.alternateAlleles = 2 }),
            (
                "##fileformat=VCFv4.2\n##x=\(String(repeating: "y", count: 1 << 20))\n" + Self.header,
                { $0.headerLength = 1_000 }
            ),
            (Self.header + Self.good, { $0.columns = 7 }),
        ]
        for (text, change) in cases {
            let error = failure { _ = try Annotated(text, [reference]) { change(&$0.limits) } }
            #expect(error?.code == .limitExceeded, "\(error?.description ?? "no error")")
        }
        #expect(try Annotated(long, [reference]).summary.records == 1)
    }

    /// A few megabytes of zeros that unpack to gigabytes must end at the limit, not at the machine's memory.
    @Test func bombsAreBounded() throws {
        var output = ByteBuffer()
        let zeros = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 16)
        zeros.withUnsafeBufferPointer { BlockWriter().pack($0, into: &output) }
        var data = Self.blocks
        for _ in 0..<2_000 { data += Data(output.bytes) }
        let reference = try MtDNA.reference.get()
        let error = failure {
            _ = try Annotated(data: data, [reference]) { $0.limits.unpackedSize = 32 << 20 }
        }
        #expect(error?.code == .limitExceeded)
    }

    @Test func oddButUsableRecordsAreKeptAndNoted() throws {
        let text =
            Self.header + Self.good + "MT\t73\t.\tC\tG\t.\t.\t.\n" + "MT\t99999\t.\tA\tG\t.\t.\t.\n"
            + "GL1\t5\t.\tA\tG\t.\t.\tK=1\n"
            + "MT\t0\t.\tN\tG\t.\t.\t.\n" + "MT\t80\t.\tR\tG[MT:9[,<DUP>\t.\t.\t.\n"
            + String(repeating: Self.good, count: 60)
        let result = try Annotated(text, [MtDNA.reference.get()])
        #expect(result.summary.records == 66)
        #expect(result.summary.referenceMismatches >= 1)
        #expect(result.info(1)["GAS_REF_MISMATCH"] == "")
        #expect(result.info(1)["CSQ"] != nil)
        #expect(result.records[2] == ["MT", "99999", ".", "A", "G", ".", ".", "."])
        #expect(result.records[3][7] == "K=1")
        #expect(result.summary.unknownContigs == ["GL1": 1])
        #expect(result.summary.wholeProblemCount == result.summary.problemCount + 1)
        let log = result.summary.countLog()
        #expect(log.contains("Problems (\(result.summary.wholeProblemCount))"))
        #expect(
            log.contains("  1 record on GL1, which \(result.summary.reference) does not have, passed through as it was")
        )
        #expect(result.summary.problems.contains { $0.line == 5 })
    }
}
