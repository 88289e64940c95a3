import Foundation

@testable import Annotation

/// A genome for tests: contig `f` holds genes on the forward strand, contig `r` is its reverse complement and holds the
/// same genes on the reverse strand, so that every change can be made on both and must mean the same.
///
///     f: 1 ... 6100 | exon 1: 6101-6140 | intron 6141-6240 | exon 2: 6241-6300 | ... 12400
///                     5' UTR 10, CDS 30                      CDS 30, 3' UTR 30
///     protein: M A W K L Q D C P Y G S F N E I R T C *
enum MadeUpGenome {
    static let length = 12_400
    static let start = 6_101
    static let intron = (start: 6_141, end: 6_240)
    static let end = 6_300
    private static let utr5 = "GGCTCAGTCC"
    private static let coding = (
        "ATGGCTTGGAAACTGCAGGATTGTCCATAT", "GGTAGCTTCAACGAAATCCGTACCTGCTAA"
    )
    private static let utr3 = "CTTGACCTAGCATTGGACTTGACGGATCCA"

    static let forward: String = {
        var state: UInt64 = 42
        func random(_ count: Int) -> String {
            String(
                (0..<count).map { _ in
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return Array("ACGT")[Int(state >> 60) & 3]
                })
        }
        let intron = "GTAAGC" + random(73) + "CTTCTGATCTTGTCCTGACAG"
        let body = utr5 + coding.0 + intron + coding.1 + utr3
        return random(start - 1) + body + random(length - start + 1 - body.count)
    }()

    static func complement(_ bases: String) -> String {
        String(decoding: bases.utf8.reversed().map { Base.complements[Int($0)] }, as: UTF8.self)
    }

    static func build(in scratch: Scratch) throws -> Reference {
        let fasta = ">f\n\(forward)\n>r\n\(complement(forward).lowercased())\n"
        var gff = "##gff-version 3\n"
        for contig in ["f", "r"] {
            gff += gene(contig, "CODING", "protein_coding", coding: true)
            gff += gene(contig, "NMD", "nonsense_mediated_decay", coding: true)
            gff += gene(contig, "NONCODING", "lncRNA", coding: false)
        }
        return try ReferenceBuilder(
            name: "made-up", fasta: try scratch.write("g.fa", fasta), gff3: try scratch.write("g.gff3", gff)
        ).build(output: scratch.file("made-up.gasref"))
    }

    private static func gene(_ contig: String, _ name: String, _ biotype: String, coding: Bool) -> String {
        func line(_ type: String, _ from: Int, _ to: Int, _ phase: String, _ attributes: String) -> String {
            let place = contig == "f" ? (from, to) : (length - to + 1, length - from + 1)
            let strand = contig == "f" ? "+" : "-"
            return "\(contig)\ttest\t\(type)\t\(place.0)\t\(place.1)\t.\t\(strand)\t\(phase)\t\(attributes)\n"
        }
        let id = "\(name)-\(contig)"
        var text = line("gene", start, end, ".", "ID=gene:\(id);Name=\(name);biotype=\(biotype)")
        text += line("mRNA", start, end, ".", "ID=transcript:\(id);Parent=gene:\(id);biotype=\(biotype)")
        text += line("exon", start, 6_140, ".", "Parent=transcript:\(id)")
        text += line("exon", 6_241, end, ".", "Parent=transcript:\(id)")
        if coding {
            text += line("CDS", 6_111, 6_140, "0", "ID=CDS:\(id);Parent=transcript:\(id);protein_id=\(name)-P")
            text += line("CDS", 6_241, 6_270, "0", "ID=CDS:\(id);Parent=transcript:\(id);protein_id=\(name)-P")
        }
        return text
    }

    /// A record that replaces the bases `from...to` of contig `f` (inserts before `from` if `to` is less) by `bases`,
    /// written for `contig` as VCF wants it: with the base before it if one of the alleles would be empty.
    static func record(_ contig: String, _ from: Int, _ to: Int, _ bases: String) -> String {
        let sequence = Array((contig == "f" ? forward : complement(forward)).utf8)
        let low = contig == "f" ? from : length - to + 1
        let high = contig == "f" ? to : length - from + 1
        let alternate = contig == "f" ? bases : complement(bases)
        let isPadded = alternate.isEmpty || low > high
        let position = isPadded ? low - 1 : low
        let reference = String(decoding: sequence[(position - 1)..<max(high, position)], as: UTF8.self)
        let padding = isPadded ? String(decoding: [sequence[position - 1]], as: UTF8.self) : ""
        return "\(contig)\t\(position)\t.\t\(reference)\t\(padding + alternate)\t.\t.\t.\n"
    }

    static let header = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
}
