import Foundation
import Testing

@testable import Annotation

/// Which of several references is chosen when little speaks for one of them, and what a refusal says.
@Suite struct EvidenceTests {
    private static let columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    private static let start = "##fileformat=VCFv4.2\n"
    private static let bases = String(repeating: "ACGTTGCA", count: 10)

    private func reference(_ name: String, _ fasta: String, in scratch: Scratch) throws -> Reference {
        try ReferenceBuilder(name: name, fasta: scratch.write("\(name).fa", fasta), gff3: nil)
            .build(output: scratch.file("\(name).gasref"))
    }

    private static let yeastScratch = Result { try Scratch() }
    private static let yeast = Result {
        try ReferenceBuilder(
            name: "R64-1-1", fasta: Places.shared + "/yeast/sacCer3.fa.gz",
            gff3: Places.shared + "/yeast/R64-1-1.96.gff3.gz"
        ).build(output: try yeastScratch.get().file("R64-1-1.gasref"))
    }

    /// A base that both have tells nothing; then the name of the contig and the header count.
    @Test(.enabled(if: Places.hasShared)) func tellsTheMitochondriaOfYeastAndManApart() throws {
        let both = [try Self.yeast.get(), try MtDNA.reference.get()]
        let stores = both.map(\.store)
        let contigs = try stores.map { $0.contig(try #require($0.contigNumbers["MT"])) }
        let position = try #require(
            (3_300...9_000).first { stores[0].base(contigs[0], $0) == stores[1].base(contigs[1], $0) })
        let base = String(Unicode.Scalar(stores[0].base(contigs[0], position)))
        let odd = try #require(
            (3_300...9_000).first { stores[0].base(contigs[0], $0) != stores[1].base(contigs[1], $0) })
        let human = String(Unicode.Scalar(stores[1].base(contigs[1], odd)))
        func record(_ contig: String, _ position: Int, _ base: String) -> String {
            "\(contig)\t\(position)\t.\t\(base)\t\(base == "A" ? "C" : "A")\t.\t.\t.\n"
        }
        func chosen(_ header: String, _ record: String) throws -> String {
            try Annotated(Self.start + header + Self.columns + record, both).summary.reference
        }
        #expect(try chosen("", record("MT", position, base)) == "rCRS")
        #expect(try chosen("", record("chrM", odd, human)) == "rCRS")
        #expect(try chosen("##contig=<ID=chrM,length=85779>\n", record("chrM", position, base)) == "R64-1-1")
        #expect(try chosen("##reference=file:///x/R64-1-1.fa\n", record("MT", position, base)) == "R64-1-1")
        #expect(try chosen("##reference=NC_012920.1\n", record("chrM", position, base)) == "rCRS")
        let tie = failure { _ = try chosen("", record("M", position, base)) }
        #expect(tie?.code == .noReference)
        #expect(tie?.message.hasPrefix("This file could be of R64-1-1 or rCRS") == true, "\(tie?.message ?? "")")
        #expect(tie?.message.contains("--reference") == true)
    }

    @Test(.enabled(if: Places.hasShared)) func namesTheNearestWhenItRefuses() throws {
        let both = [try Self.yeast.get(), try MtDNA.reference.get()]
        let records = (100...400).map { "MT\t\($0)\t.\t\(["A", "C", "G", "T"][$0 % 4])\tN\t.\t.\t.\n" }
            .joined()
        let error = failure {
            _ = try Annotated(Self.start + "##contig=<ID=MT,length=16569>\n" + Self.columns + records, both)
        }
        #expect(error?.code == .wrongAssembly)
        #expect(error?.message.contains("REF alleles disagree with rCRS") == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("R64-1-1 ") == false)
    }

    @Test func refusesATieAndTakesTheSmallerOfTwoThatHoldTheSame() throws {
        let scratch = try Scratch()
        let one = try reference("one", ">1\n\(Self.bases)\n", in: scratch)
        let two = try reference("two", ">1\n\(Self.bases)\n", in: scratch)
        let more = try reference("more", ">1\n\(Self.bases)\n>2\nACGT\n", in: scratch)
        let text = Self.start + Self.columns + "1\t2\t.\tC\tG\t.\t.\t.\n"
        let tie = failure { _ = try Annotated(text, [two, one]) }
        #expect(tie?.message.hasPrefix("This file could be of one or two") == true, "\(tie?.message ?? "")")
        #expect(try Annotated(text, [more, one]).summary.reference == "one")
        let named = text.replacingOccurrences(of: "#CHROM", with: "##reference=/data/two.fa\n#CHROM")
        #expect(try Annotated(named, [one, two]).summary.reference == "two")
    }

    @Test(arguments: ["", "\n", "\r\n"]) func theLastLineNeedsNoLineEnd(ending: String) throws {
        let record = "MT\t73\t.\tA\tG\t.\t.\t."
        let one = try Annotated(Self.start + Self.columns + record + ending, [MtDNA.reference.get()])
        #expect(one.summary.records == 1)
        #expect(one.info(0)["CSQ"] != nil)
        #expect((one.output.utf8.last == 10) == !ending.isEmpty)
        let two = try Annotated(Self.start + Self.columns + record + "\n" + record + ending, [MtDNA.reference.get()])
        #expect(two.summary.records == 2)
        let fault = failure {
            _ = try Annotated(Self.start + Self.columns + "MT\tx\t.\tA\tG\t.\t.\t." + ending, [MtDNA.reference.get()])
        }
        #expect(fault?.code == .badPosition)
    }

    /// Of a record that is longer than what is looked at beforehand the first columns count.
    @Test func aVeryLongRecordIsJudgedByItsFirstColumns() throws {
        let info = "\tX=" + String(repeating: "x", count: 9 << 20)
        let text = Self.start + Self.columns + "MT\t73\t.\tA\tG\t.\t." + info + "\n"
        let result = try Annotated(text, [MtDNA.reference.get()])
        #expect(result.summary.records == 1)
        #expect(result.info(0)["CSQ"] != nil)
        let fault = failure {
            _ = try Annotated(text.replacingOccurrences(of: "\t73\t", with: "\tx\t"), [MtDNA.reference.get()])
        }
        #expect(fault?.code == .badPosition)
        #expect(fault?.line == 3)
        #expect(fault?.column == 2)
    }

    @Test(arguments: ["seventy", "9223372036854775808"])
    func aMalformedFirstRecordIsNamedBeforeTheAssembly(position: String) throws {
        let scratch = try Scratch()
        let other = try reference("other", ">1\n\(Self.bases)\n", in: scratch)
        for references in [[other], [try MtDNA.reference.get()], [other, try MtDNA.reference.get()]] {
            let error = failure {
                let record = "MT\t\(position)\t.\tA\tG\t.\t.\t.\n"
                _ = try Annotated(
                    Self.start + "##contig=<ID=MT,length=16569>\n" + Self.columns + record, references)
            }
            #expect(error?.code == .badPosition)
            #expect(error?.description.hasPrefix("Line 4, column 2: POS is") == true, "\(error?.description ?? "")")
        }
    }

    @Test func bytesAfterTheCompressedDataAreReported() throws {
        let text = Self.start + Self.columns + "MT\t73\t.\tA\tG\t.\t.\t.\n"
        let scratch = try Scratch()
        let path = try scratch.write("a.vcf", text)
        let gzip = Process()
        gzip.executableURL = URL(fileURLWithPath: "/bin/sh")
        gzip.arguments = ["-c", "gzip -c '\(path)' > '\(path).gz'"]
        try gzip.run()
        gzip.waitUntilExit()
        let packed = try Data(contentsOf: URL(fileURLWithPath: path + ".gz"))
        let garbage = try Annotated(data: packed + Data("hello".utf8), [MtDNA.reference.get()])
        #expect(garbage.summary.problemCount == 1)
        #expect(garbage.summary.problems.first?.message.hasPrefix("5 bytes after the end of the compressed") == true)
        #expect(try Annotated(data: packed + Data(count: 512), [MtDNA.reference.get()]).summary.problemCount == 0)
        #expect(try Annotated(data: packed + packed.prefix(0), [MtDNA.reference.get()]).summary.problemCount == 0)
    }

    @Test func namesByteOrderMarksAndAMissingColumnLine() throws {
        let reference = try MtDNA.reference.get()
        let text = Self.start + Self.columns + "MT\t73\t.\tA\tG\t.\t.\t.\n"
        let marked = failure { _ = try Annotated(data: Data([0xef, 0xbb, 0xbf]) + Data(text.utf8), [reference]) }
        #expect(marked?.code == .notVCF)
        #expect(marked?.message.contains("UTF-8 byte order mark") == true)
        let wide = failure { _ = try Annotated(data: Data([0xff, 0xfe, 0x23, 0]), [reference]) }
        #expect(wide?.message.contains("UTF-16") == true)
        let columns = failure { _ = try Annotated(Self.start + "MT\t73\t.\tA\tG\t.\t.\t.\n", [reference]) }
        #expect(columns?.description.hasPrefix("Line 2: The header ends without a #CHROM line") == true)
    }
}
