import Foundation
import Testing

@testable import Annotation

/// Gene models that cannot be: refused with a sentence, or read for what can be made of them.
@Suite struct HostileModelsTests {
    private static let transcript =
        "c\tx\tgene\t101\t400\t.\t+\t.\tID=gene:A;biotype=protein_coding\n"
        + "c\tx\tmRNA\t101\t400\t.\t+\t.\tID=transcript:T;Parent=gene:A\n"
    private static let exons =
        "c\tx\texon\t101\t200\t.\t+\t.\tParent=transcript:T\nc\tx\texon\t301\t400\t.\t+\t.\tParent=transcript:T\n"

    private func build(_ models: String) throws {
        let scratch = try Scratch()
        let bases = String(repeating: "ACGTTGCATG", count: 100)
        let reference = try ReferenceBuilder(
            name: "hostile", fasta: try scratch.write("g.fa", ">c\n\(bases)\n>short\nACGT\n"),
            gff3: try scratch.write("g.gff3", "##gff-version 3\n" + models)
        ).build(output: scratch.file("r.gasref"))
        let records = stride(from: 90, to: 420, by: 3).map { position in
            let base = Array(bases)[position - 1]
            return "c\t\(position)\t.\t\(base)\t\(base == "A" ? "C" : "A"),\(base)GG\t.\t.\t.\n"
        }
        let result = try Annotated(MadeUpGenome.header + records.joined(), [reference])
        #expect(result.summary.annotatedAlleles == 2 * records.count)
    }

    @Test(arguments: [
        (
            "a genetic code beyond numbers",
            "c\tx\tCDS\t101\t200\t.\t+\t0\tParent=transcript:T;transl_table=99999999999\n"
        ),
        ("an exon on another contig", "short\tx\texon\t900000\t900010\t.\t+\t.\tParent=transcript:T\n"),
        ("an exon beyond the end", "c\tx\texon\t150\t99999999999\t.\t+\t.\tParent=transcript:T\n"),
        ("an exon before one that ends later", "c\tx\texon\t102\t5000\t.\t+\t.\tParent=transcript:T\n"),
        ("a CDS beyond the end", "c\tx\tCDS\t101\t5000000000\t.\t+\t0\tParent=transcript:T\n"),
        ("a mature microRNA beyond the end", "c\tx\tmiRNA\t101\t5000000000\t.\t+\t.\tID=m;Parent=transcript:T\n"),
        (
            "exons one over the other",
            String(repeating: "c\tx\texon\t101\t900\t.\t+\t.\tParent=transcript:T\n", count: 5_000)
        ),
    ])
    func whatCannotBeIsRefused(name: String, line: String) throws {
        let error = failure { try build(Self.transcript + Self.exons + line) }
        #expect(error?.code == .badSource, "\(name): \(error?.description ?? "no error")")
        #expect(error?.message.hasSuffix(".") == true)
    }

    @Test(arguments: [
        ("a phase beyond numbers", "c\tx\tCDS\t101\t200\t.\t+\t999999999999\tParent=transcript:T\n"),
        ("a phase that is none", "c\tx\tCDS\t101\t200\t.\t+\t7\tParent=transcript:T\n"),
        ("a CDS outside the exons", "c\tx\tCDS\t210\t290\t.\t+\t0\tParent=transcript:T\n"),
        ("a CDS that begins in an intron", "c\tx\tCDS\t250\t350\t.\t+\t0\tParent=transcript:T\n"),
        ("a transcript that is its own parent", "c\tx\tmRNA\t101\t400\t.\t+\t.\tID=loop;Parent=loop\n"),
        (
            "a feature that many call parent",
            String(repeating: "c\tx\tgene\t1\t2\t.\t+\t.\tID=a;Parent=a,a,a\n", count: 99)
        ),
    ])
    func whatCanBeReadIsRead(name: String, line: String) throws {
        try build(Self.transcript + Self.exons + line)
    }

    @Test func aLineWithoutEndIsRefusedByItsNumber() throws {
        let scratch = try Scratch()
        var long = try LineReader(
            path: try scratch.write("h.gff3", "#\n" + String(repeating: "x", count: 3 << 20)), name: "h.gff3",
            lineLimit: 1 << 20)
        _ = try long.next()
        var found: AnnotationError?
        do throws(AnnotationError) { _ = try long.next() } catch { found = error }
        #expect(found?.code == .limitExceeded)
        #expect(found?.line == 2)
    }
}
