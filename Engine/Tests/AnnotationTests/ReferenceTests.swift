import Foundation
import Testing

@testable import Annotation

@Suite struct ReferenceTests {
    @Test func opensOnlyWhatIsWhole() throws {
        let scratch = try Scratch()
        _ = try MadeUpGenome.build(in: scratch)
        let directory = scratch.file("made-up.gasref")
        #expect(try Reference.open(directory).name == "made-up")
        let manifest = directory + "/manifest.json"
        let text = try String(contentsOfFile: manifest, encoding: .utf8)
        try text.replacingOccurrences(of: "\"formatVersion\" : 2", with: "\"formatVersion\" : 99")
            .write(toFile: manifest, atomically: true, encoding: .utf8)
        let version = failure { _ = try Reference.open(directory) }
        #expect(version?.code == .badReference)
        #expect(version?.message.contains("version 99") == true)
        try text.write(toFile: manifest, atomically: true, encoding: .utf8)
        try Data([1]).write(to: URL(fileURLWithPath: directory + "/exons.bin"))
        #expect(failure { _ = try Reference.open(directory) }?.message.contains("wrong size") == true)
        #expect(failure { _ = try Reference.open(scratch.file("none.gasref")) }?.code == .badReference)
    }

    @Test func buildingIsRepeatableAndReplaces() throws {
        let scratch = try Scratch()
        let first = try MadeUpGenome.build(in: scratch).store.manifest
        let before = try Data(contentsOf: URL(fileURLWithPath: scratch.file("made-up.gasref/transcripts.bin")))
        let second = try MadeUpGenome.build(in: scratch).store.manifest
        #expect(first.files.filter { $0.key != "manifest.json" } == second.files.filter { $0.key != "manifest.json" })
        #expect(try before == Data(contentsOf: URL(fileURLWithPath: scratch.file("made-up.gasref/transcripts.bin"))))
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
        #expect(names.filter { $0.contains("gasref") } == ["made-up.gasref"])
        let library = try ReferenceLibrary(directory: scratch.path).references()
        #expect(library.map(\.name) == ["made-up"])
        #expect(try ReferenceLibrary(directory: scratch.file("nowhere")).references().isEmpty)
    }

    @Test func keepsEveryLetterOfTheSequence() throws {
        let scratch = try Scratch()
        let letters = "ACGTNRYKMSWBDHVacgtnACGTT"
        let fasta = try scratch.write("g.fa", ">chr1 one\n\(letters)\n>2\nA\nCC\n\n")
        let reference = try ReferenceBuilder(name: "x", fasta: fasta, gff3: nil).build(output: scratch.file("x.gasref"))
        let contig = reference.store.contig(0)
        let read = (1...letters.count).map { reference.store.base(contig, $0) }
        #expect(String(decoding: read, as: UTF8.self) == letters.uppercased())
        #expect(reference.store.base(contig, 0) == UInt8(ascii: "N"))
        #expect(reference.contigs.map(\.length) == [25, 3])
        #expect(reference.contigs[0].aliases == ["1"])
        #expect(reference.contigs[1].aliases == ["chr2"])
    }

    @Test(
        arguments: [
            ("MT", "NC_012920.1 Homo sapiens mitochondrion", ["NC_012920.1", "J01415.2", "M", "chrM", "chrMT"]),
            ("chrI", "", ["I"]), ("XVI", "", ["chrXVI"]), ("chr22", "", ["22"]), ("scaffold_7", "", []),
            ("NC_045512.2", "", ["MN908947.3"]),
            ("NC_000001.11", "Homo sapiens chromosome 1", ["1", "chr1", "CM000663.2"]),
            ("NC_000024.9", "", ["Y", "chrY", "CM000686.1"]), ("NC_000023.9", "", ["X", "chrX"]),
            ("NC_012920.1", "", ["J01415.2", "M", "MT", "chrM", "chrMT"]), ("NC_001807.4", "", ["M", "chrM"]),
            ("NC_060941.1", "", ["17", "chr17"]), ("NC_000067.7", "Mus musculus chromosome 1", []),
        ] as [(String, String, [String])])
    func knowsOtherNamesOfContigs(name: String, description: String, expected: [String]) {
        let found = ContigNames.aliases(of: name, description: description)
        #expect(Set(found) == Set(expected))
    }

    /// The length of a chromosome tells the assembly, and so the accession.
    @Test(
        arguments: [
            ("chr1", 248_956_422, ["1", "NC_000001.11", "CM000663.2"]),
            ("1", 249_250_621, ["chr1", "NC_000001.10", "CM000663.1"]), ("1", 247_249_719, ["chr1", "NC_000001.9"]),
            ("chrX", 156_040_895, ["X", "NC_000023.11", "CM000685.2"]), ("chr1", 248_956_423, ["1"]),
            ("chrM", 16_569, ["M", "MT", "chrMT", "NC_012920.1", "J01415.2"]), ("chrM", 16_571, ["M", "NC_001807.4"]),
            ("MT", 16_299, ["M", "chrM", "chrMT"]),
        ] as [(String, Int, [String])])
    func knowsAccessionsByLength(name: String, length: Int, expected: [String]) {
        #expect(Set(ContigNames.aliases(of: name, length: length)) == Set(expected))
    }

    /// Skipped without the real data beside the repository.
    @Test(.enabled(if: Places.hasShared), arguments: [("hg19", "GRCh37"), ("hg38", "GRCh38")])
    func lengthsAreThoseOfTheCytogeneticBands(table: String, name: String) throws {
        let path = Places.shared + "/ucsc/bioframe.\(table).cytoband.tsv"
        var ends: [String: Int] = [:]
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst() {
            let columns = line.split(separator: "\t").map(String.init)
            if let end = Int(columns[2]) { ends[columns[0]] = max(ends[columns[0]] ?? 0, end) }
        }
        let assembly = try #require(HumanAssembly.all.first { $0.name.hasPrefix(name) })
        for (chromosome, length) in zip(HumanAssembly.chromosomes, assembly.lengths) {
            #expect(ends["chr" + chromosome] == length)
        }
    }

    @Test(arguments: [
        ("g.fa", "no fasta\n", ""), ("g.fa", ">1\nAC!T\n", ""), ("g.fa", ">1\nACGT\n>1\nACGT\n", ""),
        ("g.fa", ">1\nACGT\n", "1\tx\tgene\t1\t4\n"), ("g.fa", ">1\nACGT\n", "1\tx\tgene\tone\t4\t.\t+\t.\tID=a\n"),
        (
            "g.fa", ">1\nACGT\n",
            "1\tx\tmRNA\t1\t9\t.\t+\t.\tID=a\n1\tx\texon\t1\t9\t.\t+\t.\tParent=a\n"
        ),
    ])
    func refusesBadSources(name: String, fasta: String, gff: String) throws {
        let scratch = try Scratch()
        let sequence = try scratch.write(name, fasta)
        let models = gff.isEmpty ? nil : try scratch.write("g.gff3", gff)
        let error = failure {
            _ = try ReferenceBuilder(name: "x", fasta: sequence, gff3: models).build(output: scratch.file("x.gasref"))
        }
        #expect(error?.code == .badSource)
        #expect(!FileManager.default.fileExists(atPath: scratch.file("x.gasref")))
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
        #expect(!names.contains { $0.contains("building") })
    }

    /// NCBI's kind of file: CDS directly below genes, one of them read with a -1 slip of the ribosome.
    @Test func readsGenesWithoutTranscripts() throws {
        let scratch = try Scratch()
        // ATG AAA TTT A|AA CCC TAA: the sixth to last A is read twice.
        let fasta = try scratch.write("g.fa", ">v\nGGATGAAATTTAACCCTAAGG\n")
        let gff = """
            ##gff-version 3
            v\tRefSeq\tgene\t3\t19\t.\t+\t.\tID=gene-X;Name=X;gene_biotype=protein_coding
            v\tRefSeq\tCDS\t3\t12\t.\t+\t0\tID=cds-P.1;Parent=gene-X;protein_id=P.1
            v\tRefSeq\tCDS\t12\t19\t.\t+\t2\tID=cds-P.1;Parent=gene-X;protein_id=P.1
            """
        let reference = try ReferenceBuilder(name: "v", fasta: fasta, gff3: scratch.write("g.gff3", gff))
            .build(output: scratch.file("v.gasref"))
        let transcript = reference.store.transcript(0)
        let code = GeneticCodes.shared.table(1)
        let residues = (1...6).map { transcript.residue($0, code: code) }
        #expect(String(decoding: residues, as: UTF8.self) == "MKFKP*")
        #expect(transcript.cdna(12) == 10)
        #expect(transcript.cdna(13) == 12)
    }
}
