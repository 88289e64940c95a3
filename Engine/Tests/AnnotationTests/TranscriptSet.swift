@testable import Annotation

/// Made-up transcripts at one place of ``MadeUpGenome``'s contig `f`, which differ in what is said of them.
struct TranscriptSet {
    struct Member {
        var id: String
        var attributes = ""
        var biotype = "protein_coding"
        var gene = "GENE"
        /// Exons; the CDS is 6,111-6,140 and 6,241-6,270 where they hold it.
        var exons = [(6_101, 6_140), (6_241, 6_300)]
        var codingEnd = 6_270
        var isCoding = true
        /// Attributes of the CDS.
        var coding = ""
    }

    let members: [Member]

    func build(in scratch: Scratch) throws -> Reference {
        var gff = "##gff-version 3\n"
        for gene in Set(members.map(\.gene)).sorted() {
            gff += TranscriptSet.line("gene", 6_101, 6_300, ".", "ID=gene:\(gene);Name=\(gene);biotype=protein_coding")
        }
        for member in members {
            let parent = "Parent=transcript:\(member.id)"
            gff += TranscriptSet.line(
                "mRNA", member.exons[0].0, member.exons.last!.1, ".",
                "ID=transcript:\(member.id);Parent=gene:\(member.gene);biotype=\(member.biotype);\(member.attributes)")
            for exon in member.exons { gff += TranscriptSet.line("exon", exon.0, exon.1, ".", parent) }
            if !member.isCoding { continue }
            for (start, end) in [(6_111, 6_140), (6_241, member.codingEnd)] {
                gff += TranscriptSet.line(
                    "CDS", start, end, "0", "ID=CDS:\(member.id);\(parent);protein_id=\(member.id)-P;\(member.coding)")
            }
        }
        return try ReferenceBuilder(
            name: "set", fasta: try scratch.write("g.fa", ">f\n\(MadeUpGenome.forward)\n"),
            gff3: try scratch.write("g.gff3", gff)
        ).build(output: scratch.file("set.gasref"))
    }

    private static func line(_ type: String, _ start: Int, _ end: Int, _ phase: String, _ attributes: String) -> String
    {
        "f\ttest\t\(type)\t\(start)\t\(end)\t.\t+\t\(phase)\t\(attributes)\n"
    }

    /// The values of fields of CSQ by entry, of a record that has them in that order.
    static func values(_ result: Annotated, _ record: Int = 0) -> [[String]] {
        result.info(record)["CSQ"]?.split(separator: ",").map {
            $0.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        } ?? []
    }
}
