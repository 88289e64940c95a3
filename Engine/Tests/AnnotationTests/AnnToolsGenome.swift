import Foundation

@testable import Annotation

/// The made-up gene as rows of refGene, on both strands: NM_1 codes, NR_2 has its exons and codes for nothing.
enum AnnToolsGenome {
    static let length = MadeUpGenome.length

    /// A row of an interval of contig `f`, 0-based and half-open, or of its place on `r`.
    static func interval(_ contig: String, _ start: Int, _ end: Int) -> String {
        contig == "f" ? "f\t\(start)\t\(end)" : "r\t\(length - end)\t\(length - start)"
    }

    static func genes(_ contig: String) -> String {
        row(contig, "NM_1", (6_100, 6_300), (6_110, 6_270), [(6_100, 6_140), (6_240, 6_300)])
            + row(contig, "NR_2", (6_100, 6_300), nil, [(6_100, 6_140), (6_240, 6_300)])
    }

    static func row(
        _ contig: String, _ name: String, _ span: (Int, Int), _ coding: (Int, Int)?, _ exons: [(Int, Int)],
        gene: String = "GENE1"
    ) -> String {
        func place(_ interval: (Int, Int)) -> (Int, Int) {
            contig == "f" ? interval : (length - interval.1, length - interval.0)
        }
        let transcript = place(span)
        let translated = coding.map(place) ?? (transcript.1, transcript.1)
        let sorted = exons.map(place).sorted { $0.0 < $1.0 }
        let frames = sorted.map { _ in coding == nil ? "-1," : "0," }.joined()
        return [
            "585", name, contig, contig == "f" ? "+" : "-", "\(transcript.0)", "\(transcript.1)", "\(translated.0)",
            "\(translated.1)", "\(sorted.count)", sorted.map { "\($0.0)," }.joined(),
            sorted.map { "\($0.1)," }.joined(), "0", gene, "cmpl", "cmpl", frames,
        ].joined(separator: "\t") + "\n"
    }

    /// A reference of both contigs with the genes and `tables`.
    static func build(_ tables: [(UCSCTable, String)] = [], in scratch: Scratch) throws -> Reference {
        var sources: [ReferenceBuilder.UCSCSource] = []
        for (number, table) in ([(.refGene, genes("f") + genes("r"))] + tables).enumerated() {
            let path = try scratch.write("\(table.0.rawValue)-\(number).txt", table.1)
            sources.append(.init(table: table.0, path: path, version: "hg0"))
        }
        let fasta = ">f\n\(MadeUpGenome.forward)\n>r\n\(MadeUpGenome.complement(MadeUpGenome.forward))\n"
        return try ReferenceBuilder(name: "a", fasta: try scratch.write("a.fa", fasta), gff3: nil, ucsc: sources)
            .build(output: scratch.file("a.gasref"))
    }
}
