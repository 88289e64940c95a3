import Foundation
import Testing

@testable import Annotation

/// Files made to exhaust the machine: each ends at a limit, which the sentence names with line and column, long before
/// the memory does. The files are small as stored; what they unpack to never exists as a whole.
@Suite struct HostileInputTests {
    private static let header = MadeUpGenome.header
    private static let good = "MT\t73\t.\tA\tG\t.\t.\tX=1\n"

    /// `head` and then `count` times `unit`, as gzip of one member for each megabyte: a gigabyte takes about one of them.
    private static func bomb(_ head: String, _ unit: String, times count: Int) -> Data {
        let perMember = (1 << 20) / unit.utf8.count
        let member = gzip(Data(String(repeating: unit, count: perMember).utf8))
        var packed = gzip(Data(head.utf8))
        for _ in 0..<max(1, count / perMember) { packed += member }
        return packed + gzip(Data("\n".utf8))
    }

    private func refusal(
        _ data: Data, _ change: (inout Limits) -> Void = { _ in }
    ) throws -> AnnotationError? {
        let reference = try MtDNA.reference.get()
        return failure { _ = try Annotated(data: data, [reference]) { change(&$0.limits) } }
    }

    @Test func aLineOfAGigabyteEndsAtTheLimitOfLines() throws {
        let data = Self.bomb(Self.header + Self.good + "MT\t73\t.\tA\tG\t.\t.\tX=", "y", times: 1 << 30)
        #expect(data.count < 2 << 20)
        let error = try refusal(data)
        #expect(error?.code == .limitExceeded)
        #expect((error?.line, error?.column) == (4, 8), "\(error?.description ?? "none")")
    }

    @Test func aFirstRecordWithoutColumnsIsRefusedForWhatItIs() throws {
        for (begin, column) in [("", 1), ("MT\t73\t", 3)] {
            let error = try refusal(Self.bomb(Self.header + begin, "y", times: 1 << 27))
            #expect(error?.code == .limitExceeded)
            #expect((error?.line, error?.column) == (3, column), "\(error?.description ?? "none")")
            #expect(error?.message.hasPrefix("The first eight columns of this line do not end within ") == true)
        }
        let long = try refusal(Self.bomb(Self.header + "X\t73\t.\tA\tG\t.\t.\tX=", "y", times: 1 << 21)) {
            $0.lineLength = 1 << 20
        }
        #expect((long?.code, long?.line, long?.column) == (.limitExceeded, 3, 8), "\(long?.description ?? "none")")
    }

    @Test func aHeaderLineOfAGigabyteEndsAtTheLimitOfHeaders() throws {
        let error = try refusal(Self.bomb("##fileformat=VCFv4.2\n##x=", "y", times: 1 << 30))
        #expect(error?.code == .limitExceeded)
        #expect(error?.line == 2)
    }

    @Test func aHeaderOfEndlessLinesEndsAtTheLimitOfHeaders() throws {
        let error = try refusal(
            Self.bomb("##fileformat=VCFv4.2\n", "##contig=<ID=c,length=5>\n", times: 10 << 20))
        #expect(error?.code == .limitExceeded)
    }

    @Test func aColumnLineOfEndlessTabsIsRefusedBeforeItIsTakenApart() throws {
        let error = try refusal(
            Self.bomb(String(Self.header.dropLast()) + "\tFORMAT", "\t", times: 32 << 20))
        #expect(error?.code == .limitExceeded)
        #expect((error?.line, error?.column) == (2, 1_000_001))
    }

    @Test func recordsThatUnpackWithoutEndStopAtTheRatioOrTheSize() throws {
        let data = Self.bomb(Self.header, Self.good, times: 4 << 20)
        let sized = try refusal(data) { $0.unpackedSize = 16 << 20 }
        #expect(sized?.code == .limitExceeded)
        #expect((sized?.line ?? 0) > 100_000)
        let rated = try refusal(data) {
            $0.expansion = 100
            $0.expansionAllowance = 8 << 20
        }
        #expect(rated?.code == .limitExceeded)
        #expect(rated?.message.contains("100 times") == true)
        // Below the allowance no ratio counts, and a plain file has none.
        let small = Data((Self.header + String(repeating: Self.good, count: 5_000)).utf8)
        #expect(try refusal(small) { ($0.expansion, $0.expansionAllowance) = (1, 0) } == nil)
    }

    @Test(arguments: [
        "9223372036854775807", "9223372036854775808", "1000000000000000000", String(repeating: "9", count: 10_000),
    ])
    func aPositionBeyondNumbersIsRefused(position: String) throws {
        let error = try refusal(Data((Self.header + Self.good + "MT\t\(position)\t.\tA\tG\t.\t.\t.\n").utf8))
        #expect(error?.code == .badPosition)
        #expect((error?.line, error?.column) == (4, 2))
        #expect((error?.message.count ?? 0) < 100)
    }

    @Test func theLargestPositionThatIsANumberIsOutsideEveryContig() throws {
        let text = Self.header + Self.good + "MT\t999999999999999999\t.\tA\tG\t.\t.\tEND=9223372036854775807\n"
        let result = try Annotated(text, [MtDNA.reference.get()])
        #expect(result.summary.passedThrough == 1)
    }

    @Test func aMillionAlternateAllelesAreRefused() throws {
        let alleles = String(repeating: "G,", count: 1_000_000) + "T"
        let error = try refusal(Data((Self.header + Self.good + "MT\t73\t.\tA\t\(alleles)\t.\t.\t.\n").utf8))
        #expect(error?.code == .limitExceeded)
        #expect((error?.line, error?.column) == (4, 5))
    }

    /// Each of many alleles is said much of on each of many transcripts: a kilobyte asks for gigabytes.
    @Test func whatIsWrittenOfARecordIsBounded() throws {
        let bases = Array("ACGT")
        let alleles = (0..<4_000).map { number in
            String((0..<6).map { bases[(number >> (2 * $0)) & 3] }) + "ACG"
        }
        let record = "MT\t3243\t.\tA\t\(alleles.joined(separator: ","))\t.\t.\t.\n"
        let error = try refusal(Data((Self.header + Self.good + record).utf8)) { $0.writtenLength = 1 << 20 }
        #expect(error?.code == .limitExceeded)
        #expect((error?.line, error?.column) == (4, 5))
        let most = try refusal(Data((Self.header + record).utf8)) { $0.writtenSize = 1 << 20 }
        #expect(most?.code == .limitExceeded)
        #expect(try refusal(Data((Self.header + record).utf8)) == nil)
    }

    @Test func anAlleleOfMegabytesIsRefusedWhereItStands() throws {
        let long = String(repeating: "ACGT", count: 1_000)
        for (record, column) in [("MT\t73\t.\tA\tG,\(long)\t.\t.\t.\n", 5), ("MT\t73\t.\t\(long)\tG\t.\t.\t.\n", 4)] {
            let error = try refusal(Data((Self.header + Self.good + record).utf8)) { $0.alleleLength = 3_999 }
            #expect(error?.code == .limitExceeded)
            #expect((error?.line, error?.column) == (4, column))
            #expect(try refusal(Data((Self.header + record).utf8)) { $0.alleleLength = 4_000 } == nil)
        }
    }

    /// Output in pieces: the same bytes, whoever waits for whose turn, and the lines of problems still right.
    @Test func aChunkWithMuchOutputIsWrittenInPieces() throws {
        let alleles = (0..<1_024).map { number in
            "A" + String((0..<5).map { Array("ACGT")[(number >> (2 * $0)) & 3] })
        }
        let record = "MT\t3243\t.\tA\t\(alleles.joined(separator: ","))\t.\t.\t.\n"
        // With the contig's length, so that places beyond it raise no doubt about which sequence it is.
        var text = Self.header.replacing("#CHROM", with: "##contig=<ID=MT,length=16569>\n#CHROM")
        text += String(repeating: Self.good, count: 400)
        for _ in 0..<24 { text += record + "MT\t99999\t.\tA\tG\t.\t.\t.\n" }
        let results = try [1, 3].map { threads in
            try Annotated(text, [MtDNA.reference.get()]) { $0.threads = threads }
        }
        #expect(results[0].output == results[1].output)
        #expect(results[0].output.utf8.count > 3 * RecordAnnotator.fullSize)
        for result in results {
            #expect(result.records.count == 448)
            #expect(result.summary.problems.compactMap(\.line) == (0..<24).map { 405 + 2 * $0 })
        }
    }

    @Test func namesOfUnknownContigsDoNotFillTheMemory() throws {
        var text = Self.header + Self.good
        for number in 0..<3_000 { text += "u\(number)\t1\t.\tA\tG\t.\t.\t.\n" }
        text += String(repeating: "x", count: 10_000) + "\t1\t.\tA\tG\t.\t.\t.\n"
        let summaries = try [1, 4].map { threads in
            try Annotated(text, [MtDNA.reference.get()]) { $0.threads = threads }.summary
        }
        #expect(summaries[0].unknownContigs == summaries[1].unknownContigs)
        let counts = summaries[0].unknownContigs
        #expect(counts.count == Tally.unknownLimit + 1)
        #expect(counts["u999"] == 1 && counts["u1000"] == nil)
        #expect(counts[Tally.otherContigs] == 2_001)
        #expect(counts.values.reduce(0, +) == 3_001)
    }

    /// Wherever a packed file is cut off, the sentence says so and up to which line it could be read.
    @Test func truncationIsFoundWhereverItIs() throws {
        let lines = (0..<3_000).map { "MT\t73\t.\tA\tG\t.\t.\tX=\($0 &* 7_919)\n" }
        let text = Data((Self.header + lines.joined()).utf8)
        var output = ByteBuffer()
        text.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: 5_000) {
                let part = bytes.bindMemory(to: UInt8.self)[start..<min(start + 5_000, bytes.count)]
                BlockWriter().pack(UnsafeBufferPointer(rebasing: part), into: &output)
            }
        }
        let blocks = Data(output.bytes)
        for cut in stride(from: 30, to: blocks.count - 1, by: 1_777) {
            let error = try refusal(blocks.prefix(cut))
            // Between two blocks nothing is cut through; then the last line is what tells.
            if error == nil { continue }
            #expect([.truncated, .badColumns, .badHeader, .notVCF].contains(error?.code), "\(cut): \(error!)")
            if error?.code == .truncated && cut > 5_000 { #expect((error?.line ?? 0) > 1, "\(error!)") }
        }
        let late = try refusal(blocks.dropLast(1))
        #expect(late?.code == .truncated && (late?.line ?? 0) > 2_000, "\(late?.description ?? "none")")
    }

    @Test func aFolderIsNoFile() throws {
        let scratch = try Scratch()
        let reference = try MtDNA.reference.get()
        let error = failure {
            _ = try AnnotationRun(
                input: scratch.path, output: scratch.file("out.vcf"), references: [reference]
            ).run()
        }
        #expect(error?.code == .inputOutput)
    }

    /// An insertion of N into a run of N can be shifted anywhere; it is not, however long the run is.
    @Test func unknownBasesAreNotShiftedOver() throws {
        let scratch = try Scratch()
        try scratch.write("g.fa", ">c\nACGT" + String(repeating: "N", count: 4_000_000) + "ACGT\n")
        try scratch.write("k.vcf", Self.header + "c\t2\trs1\tC\tG\t.\t.\t.\n")
        let reference = try ReferenceBuilder(
            name: "n", fasta: scratch.file("g.fa"), gff3: nil,
            known: [.init(path: scratch.file("k.vcf"), name: "k", prefix: "K")]
        ).build(output: scratch.file("n.gasref"))
        let record = "c\t3900000\t.\tN\tNN\t.\t.\t.\n"
        let begin = ContinuousClock.now
        let result = try Annotated(Self.header + String(repeating: record, count: 2_000), [reference])
        #expect(result.summary.novel == 2_000)
        #expect(ContinuousClock.now - begin < .seconds(20))
    }
}
