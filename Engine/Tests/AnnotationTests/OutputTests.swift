import Foundation
import Testing

@testable import Annotation

/// The table, the objects and the list of problems say what the VCF says.
@Suite struct OutputTests {
    private static let header =
        "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts\n"
    private static let lines = [
        "MT\t3243\trs1;rs2\tA\tG,T\t50.5\tPASS\tDP=10;DB;X=a%3Bb\tGT\t0/1",
        "MT\t8860\t=1+1\tA\tG\t.\tq10;s50\t.\tGT\t0/1",
        "MT\t310\t.\tT\tTC,<DEL>,*\t-1\t.\tEND=320\tGT\t0/1",
        "MT\t400\t.\tT\t.\t.\t.\t.\tGT\t0/0",
        "GL1\t007\t@x\tA\tG,C\tInfinity\t.\tCSQ=old\tGT\t0/1",
        "MT\t99999\t.\tA\tG\t.\t.\t.\tGT\t0/1",
        "MT\t500\t.\tC\tC,A[MT:9[\t.\t.\tQ=\"\\\u{1}\tGT\t0/1",
        "MT\t263\t.\tA\tG\t.\t.\t.\tGT\t1/1",
    ]
    private static let text = header + lines.joined(separator: "\n") + "\n"

    private func run(
        _ name: String, _ format: OutputFormat, _ text: String = OutputTests.text
    ) throws -> (output: String, summary: AnnotationSummary, problems: String) {
        let scratch = try Scratch()
        var options = AnnotationOptions()
        options.threads = 2
        options.hgvs = true
        options.outputFormat = format
        options.problemsPath = scratch.file("problems.tsv")
        let summary = try AnnotationRun(
            input: scratch.write("in.vcf", text), output: scratch.file(name),
            references: [MtDNA.reference.get()], options: options
        ).run()
        return (try scratch.read(name), summary, try scratch.read("problems.tsv"))
    }

    private func rows(_ text: String) -> [[String]] {
        text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }

    @Test func namesAskForFormats() {
        #expect(OutputFormat(fileName: "a.vcf.gz") == .vcf)
        #expect(OutputFormat(fileName: "a.TSV") == .tsv)
        #expect(OutputFormat(fileName: "a.tsv.bgz") == .tsv)
        #expect(OutputFormat(fileName: "a.jsonl.gz") == .jsonLines)
        #expect(OutputFormat(fileName: "a.ndjson") == .jsonLines)
        #expect(OutputFormat(fileName: "tsv") == .vcf)
    }

    /// Every allele on every transcript has its row, with the values of its entry of CSQ and its own values of fields that
    /// have one for each allele.
    @Test func theTableSaysWhatTheVCFSays() throws {
        let table = rows(try run("out.tsv", .tsv).output)
        let vcf = try Annotated(Self.text, [MtDNA.reference.get()])
        let names = table[0]
        #expect(Array(names[..<7]) == OutputColumns.fixed)
        #expect(Array(names[7..<(7 + CSQ.fields.count)]) == CSQ.fields)
        #expect(names.contains("MT_AF") || names.contains { $0.hasPrefix("MT_") })
        #expect(Set(table.map(\.count)) == [names.count])
        var next = 1
        for (number, record) in vcf.records.enumerated() {
            let alternates = record[4].split(separator: ",").map(String.init)
            let entries = number == 4 ? [] : vcf.entries(number)
            for (index, alternate) in alternates.enumerated() {
                // No two alleles of a record here have the same text in CSQ.
                let structural = ["<DEL>": "deletion", "A[MT:9[": "chromosome_breakpoint"][alternate]
                let change =
                    structural ?? (alternate.count > record[3].count ? String(alternate.dropFirst()) : alternate)
                let own = entries.filter { $0["Allele"] == change }
                for entry in own.isEmpty ? [nil] : own.map(Optional.some) {
                    let row = table[next]
                    next += 1
                    #expect(row[1] == record[1] && row[4] == alternate)
                    let values = entry?.values.map { $0.removingPercentEncoding ?? $0 }
                    let cells = row[7..<(7 + CSQ.fields.count)].map { $0.hasPrefix("'") ? String($0.dropFirst()) : $0 }
                    #expect(cells == values ?? CSQ.fields.map { _ in "" })
                    for (key, value) in vcf.info(number) where key.hasPrefix("MT_") && number != 4 {
                        let all = value.split(separator: ",").map(String.init)
                        let cell = row[names.firstIndex(of: key)!]
                        #expect(cell == (all[index] == "." ? "" : all[index].removingPercentEncoding!))
                    }
                }
            }
        }
        #expect(next == table.count)
        // A spreadsheet must not run what a stranger wrote; numbers stay numbers.
        #expect(table.contains { $0[2] == "'=1+1" } && table.contains { $0[2] == "'@x" })
        #expect(table.contains { $0[5] == "-1" })
    }

    /// VCF 3.3 cannot declare that a field has a value for each allele; the table and the objects know it all the same.
    @Test func versionThreeHasItsValuesByAllele() throws {
        let scratch = try Scratch()
        let header = "##fileformat=VCFv3.3\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        try scratch.write("g.fa", ">c\nACGTACGTAC\n")
        try scratch.write(
            "k.vcf",
            MadeUpGenome.header.replacingOccurrences(
                of: "#CHROM", with: "##INFO=<ID=AF,Number=A,Type=Float,Description=\"f\">\n#CHROM")
                + "c\t2\t.\tC\tA,G\t.\t.\tAF=0.25,0.5\n")
        let reference = try ReferenceBuilder(
            name: "c", fasta: scratch.file("g.fa"), gff3: nil,
            known: [.init(path: scratch.file("k.vcf"), name: "k", prefix: "K")]
        ).build(output: scratch.file("c.gasref"))
        let result = try Annotated(header + "c\t2\t.\tC\tG,T,A\t.\t.\t.\n", [reference]) { $0.outputFormat = .tsv }
        let table = rows(result.output)
        let column = try #require(table[0].firstIndex(of: "K_AF"))
        #expect(table.dropFirst().map { $0[column] } == ["0.5", "", "0.25"])
    }

    @Test(arguments: ["=x", "+x", "-x", "@x", "%3Dx", "%2Bx", "-1+cmd", "+1e5x", "\rx"])
    func formulasAreDisarmed(text: String) { #expect(cell(text).hasPrefix("'")) }

    @Test(arguments: ["-", "-1", "+1", "-1e-5", "-.5", "a=b", "", "c.1A>G", "p.(=)"])
    func otherCellsStayAsTheyAre(text: String) { #expect(cell(text) == text) }

    private func cell(_ text: String) -> String {
        var output = ByteBuffer()
        Array(text.utf8).withUnsafeBufferPointer { TableWriter.writeCell($0, to: &output) }
        return output.bytes.text
    }

    @Test func theObjectsSayWhatTheVCFSays() throws {
        let output = try run("out.jsonl", .jsonLines).output
        let objects = try output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        let vcf = try Annotated(Self.text, [MtDNA.reference.get()])
        #expect(objects.count == vcf.records.count)
        for (number, record) in vcf.records.enumerated() {
            let object = objects[number]
            #expect(object["chrom"] as? String == record[0] && object["pos"] as? Int == Int(record[1]))
            #expect(object["ref"] as? String == record[3])
            let alleles = try #require(object["alleles"] as? [[String: Any]])
            #expect(
                alleles.map { $0["alt"] as? String }
                    == record[4].split(separator: ",").map(String.init).filter { $0 != "." })
            let consequences = alleles.flatMap { $0["consequences"] as? [[String: Any]] ?? [] }
            let entries = number == 4 ? [] : vcf.entries(number)
            #expect(consequences.count == entries.count)
            for (consequence, entry) in zip(consequences, entries) {
                #expect((consequence["Consequence"] as? [String])?.joined(separator: "&") == entry["Consequence"])
                #expect(consequence["Feature"] as? String ?? "" == entry["Feature"])
                #expect(consequence["HGVSc"] as? String ?? "" == entry["HGVSc"].removingPercentEncoding)
                #expect(consequence.count == entry.values.filter { !$0.isEmpty }.count)
            }
        }
        #expect(objects[0]["id"] as? [String] == ["rs1", "rs2"])
        #expect(objects[0]["qual"] as? Double == 50.5)
        #expect(objects[0]["info"] as? NSDictionary == ["DP": "10", "DB": true, "X": "a;b"] as NSDictionary)
        #expect(objects[1]["filter"] as? [String] == ["q10", "s50"] && objects[1]["qual"] == nil)
        #expect(objects[4]["qual"] as? String == "Infinity" && objects[4]["pos"] as? Int == 7)
        #expect((objects[6]["info"] as? [String: Any])?["Q"] as? String == "\"\\\u{1}")
    }

    @Test(arguments: [
        ("0", true), ("-1", true), ("1.5e-3", true), ("10", true), ("01", false), ("1.", false), (".5", false),
        ("", false),
        ("-", false), ("1e", false), ("NaN", false), ("+1", false), ("1 ", false),
    ])
    func numbersAreJSONs(text: String, isNumber: Bool) {
        Array(text.utf8).withUnsafeBufferPointer { #expect(JSONText.isNumber($0) == isNumber) }
    }

    @Test func damagedTextBecomesRightJSON() throws {
        var output = ByteBuffer()
        let bytes: [UInt8] = [0xff, 0x22, 0x5c, 0x09, 0xc3, 0xa9, 0x80, 0x7f] + Array("%22%0A%C3%A9%zz%4".utf8)
        bytes.withUnsafeBufferPointer { JSONText.write($0, to: &output) }
        let value = try JSONSerialization.jsonObject(with: Data(output.bytes), options: .fragmentsAllowed) as? String
        #expect(value == "\u{fffd}\"\\\té\u{fffd}\u{7f}\"%0Aé%zz%4")
    }

    // MARK: the account

    @Test func everyAlleleIsAccountedFor() throws {
        let summary = try run("out.vcf", .vcf).summary
        let account = try #require(summary.accounting)
        #expect(account.alleles == 12)
        #expect(account.annotated == 7)
        #expect(account.passedThrough == 3)
        #expect(account.rejected == 2)
        #expect(account.alleles == account.annotated + account.passedThrough + account.rejected)
        #expect(account.reasons.values.reduce(0, +) == account.passedThrough + account.rejected)
        #expect(summary.countLog().contains("Account of the alternate alleles"))
        let decoded = try JSONDecoder().decode(AnnotationSummary.self, from: try summary.json())
        #expect(decoded.accounting == account)
    }

    @Test func anAccountThatDoesNotAddUpIsAFaultOfOurs() throws {
        var tally = Tally(contigs: 1, genes: 1)
        tally.alleles = 3
        tally.annotatedAlleles = 1
        tally.reasons[NotAnnotated.symbolic.rawValue] = 1
        let account = AlleleAccounting(tally)
        #expect(failure { try account.check() }?.code == .internalFault)
        tally.reasons[NotAnnotated.outsideContig.rawValue] = 1
        #expect(failure { try AlleleAccounting(tally).check() } == nil)
        tally.annotatedAlleles = 2
        #expect(failure { try AlleleAccounting(tally).check() }?.code == .internalFault)
    }

    @Test func problemsNameEveryRecordThatIsNotAnnotated() throws {
        let table = rows(try run("out.vcf", .vcf).problems)
        #expect(table[0] == ["line", "contig", "position", "ref", "alt", "reason", "message"])
        #expect(
            table.dropFirst().map { $0[..<6].joined(separator: " ") } == [
                "5 MT 310 T * spanning_deletion", "6 MT 400 T . no_alternate",
                "7 GL1 007 A G,C unknown_contig", "8 MT 99999 A G outside_contig", "9 MT 500 C C same_as_reference",
            ])
        #expect(table.dropFirst().allSatisfy { $0[6].hasSuffix(".") })
    }

    /// Lines are right and nothing is lost where chunks meet; long fields are cut.
    @Test func problemsAreListedAcrossChunks() throws {
        let filler = "MT\t73\t.\tA\tG\t.\t.\tX=\(String(repeating: "x", count: 500))\n"
        var text = MadeUpGenome.header
        var expected: [String] = []
        for block in 0..<40 {
            text += String(repeating: filler, count: 50)
            text += "u\(block)\t5\t.\t\(String(repeating: "A", count: 300))\tG\t.\t.\t.\n"
            expected.append(String(3 + 51 * block + 50))
        }
        let result = try run("out.vcf", .vcf, text)
        let table = rows(result.problems).dropFirst()
        #expect(table.map { $0[0] } == expected)
        #expect(table.allSatisfy { $0[3] == String(repeating: "A", count: 100) + "..." })
        #expect(result.summary.accounting?.passedThrough == 40)
    }

    @Test func aRunThatFailsLeavesNothing() throws {
        let scratch = try Scratch()
        var options = AnnotationOptions()
        options.problemsPath = scratch.file("problems.tsv")
        options.writesIndex = true
        let input = try scratch.write("in.vcf", Self.text + "MT\t1\t.\t?\tG\t.\t.\t.\tGT\t0\n")
        let error = failure {
            _ = try AnnotationRun(
                input: input, output: scratch.file("out.vcf.gz"), references: [try MtDNA.reference.get()],
                options: options
            ).run()
        }
        #expect(error?.code == .badAllele)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["in.vcf"])
    }
}
