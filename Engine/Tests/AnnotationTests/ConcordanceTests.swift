import Foundation
import Testing

@testable import Annotation

/// Our answers against those of Ensembl VEP 115.2 on real variants and gene models, entry by entry.
///
/// Skipped without the real data beside the repository.
///
/// Where the two differ is listed, with reasons that are checked, in docs/concordance.md.
@Suite(.enabled(if: Places.hasShared)) struct ConcordanceTests {
    private struct Key: Hashable {
        let site: String
        let allele: String
        let feature: String
    }

    private struct Answer {
        let terms: Set<Substring>
        let coding: Substring
        let protein: Substring
        let positions: [Substring]
    }

    /// The shares of entries that agree, 0 to 1.
    private struct Agreement {
        var entries = 0
        var terms = 0.0
        var coding = 0.0
        var protein = 0.0
        var proteinWithoutDistance = 0.0
        var positions = 0.0
    }

    private static func answers(_ path: String) throws -> [Key: Answer] {
        var lines = try LineReader(path: path, name: "answers")
        var found: [Key: Answer] = [:]
        while let line = try lines.next() {
            if line.first == UInt8(ascii: "#") { continue }
            let fields = Fields(line)
            let site = [0, 1, 3, 4].map { fields[$0].text }.joined(separator: " ")
            guard let csq = fields[7].text.split(separator: ";").first(where: { $0.hasPrefix("CSQ=") }) else {
                continue
            }
            for entry in csq.dropFirst(4).split(separator: ",") {
                let values = entry.split(separator: "|", omittingEmptySubsequences: false)
                // Names before the colon carry versions that VEP makes up where the models state none.
                found[Key(site: site, allele: String(values[0]), feature: String(values[6]))] = Answer(
                    terms: Set(values[1].split(separator: "&")), coding: values[10].drop { $0 != ":" },
                    protein: values[11].drop { $0 != ":" }, positions: Array(values[12...16]))
            }
        }
        return found
    }

    private static func compare(_ fasta: String, _ gff: String, _ vcf: String) throws -> Agreement {
        let scratch = try Scratch()
        let reference = try ReferenceBuilder(name: "x", fasta: Places.shared + fasta, gff3: Places.shared + gff)
            .build(output: scratch.file("x.gasref"))
        var options = AnnotationOptions()
        options.hgvs = true
        _ = try AnnotationRun(
            input: Places.shared + vcf, output: scratch.file("out.vcf"), references: [reference], options: options
        ).run()
        let theirs = try answers(Places.shared + vcf)
        let ours = try answers(scratch.file("out.vcf"))
        #expect(theirs.count == ours.count)
        func share(_ agrees: (Answer, Answer) -> Bool) -> Double {
            var agreeing = 0
            for (key, answer) in theirs { if let our = ours[key], agrees(answer, our) { agreeing += 1 } }
            return Double(agreeing) / Double(theirs.count)
        }
        func withoutDistance(_ text: Substring) -> Substring {
            guard let range = text.range(of: "fsTer") ?? text.range(of: "extTer") else { return text }
            return text[..<range.upperBound]
        }
        return Agreement(
            entries: theirs.count, terms: share { $0.terms == $1.terms }, coding: share { $0.coding == $1.coding },
            protein: share { $0.protein == $1.protein },
            proteinWithoutDistance: share { withoutDistance($0.protein) == withoutDistance($1.protein) },
            positions: share { $0.positions == $1.positions })
    }

    @Test func clinVarOnBRCA1() throws {
        let agreement = try Self.compare(
            "/hg38_pieces/hg38_tiny.fa.gz", "/hg38_pieces/hmf_genes.gff3.gz", "/hg38_pieces/clinvar_brca1.vep115.vcf.gz"
        )
        #expect(agreement.entries == 455_979)
        #expect(agreement.terms >= 0.9996)
        #expect(agreement.coding == 1)
        #expect(agreement.protein >= 0.9977)
        #expect(agreement.proteinWithoutDistance >= 0.9997)
        #expect(agreement.positions == 1)
        print("BRCA1:", agreement)
    }

    @Test func thousandGenomesOnChromosome21() throws {
        let agreement = try Self.compare(
            "/chr21_two_pieces/chr21.fa.gz", "/chr21_two_pieces/genes.gff3.gz", "/chr21_two_pieces/1000G.vep115.vcf.gz")
        #expect(agreement.entries == 12_281)
        #expect(agreement.terms == 1)
        #expect(agreement.coding == 1)
        #expect(agreement.protein == 1)
        #expect(agreement.positions == 1)
        print("chr21:", agreement)
    }

    /// Genomes of other kinds build and annotate: yeast, a virus in NCBI's format, GRCh37.
    @Test(arguments: [
        ("/yeast/sacCer3.fa.gz", "/yeast/R64-1-1.96.gff3.gz", "/yeast/real.vcf.gz", 44_251),
        ("/sarscov2/NC_045512_Hu-1.fasta", "/sarscov2/NC_045512_Hu-1.gff", "/sarscov2/freyja_mixture.vcf", 10_603),
        (
            "/hg19_chr22_20-21M/chr22_to21M.fa.gz", "/hg19_chr22_20-21M/chr22_20-21M.gff3.gz",
            "/hg19_chr22_20-21M/dbsnp_22_20-21M.vcf", 3_502
        ),
    ])
    func otherGenomes(fasta: String, gff: String, vcf: String, records: Int) throws {
        let scratch = try Scratch()
        let reference = try ReferenceBuilder(name: "x", fasta: Places.shared + fasta, gff3: Places.shared + gff)
            .build(output: scratch.file("x.gasref"))
        let summary = try AnnotationRun(
            input: Places.shared + vcf, output: scratch.file("out.vcf.gz"), references: [reference]
        ).run()
        #expect(summary.records == records)
        #expect(summary.referenceMismatches == 0)
        #expect(summary.annotatedAlleles >= records)
        let store = reference.store
        var withStopInside = 0
        for number in 0..<store.manifest.transcripts {
            let transcript = store.transcript(number)
            guard transcript.isCoding else { continue }
            let code = GeneticCodes.shared.table(Int(transcript.record.pointee.geneticCode))
            let count = transcript.codingLength / 3
            if (1..<max(2, count)).contains(where: { transcript.residue($0, code: code) == UInt8(ascii: "*") }) {
                withStopInside += 1
            }
        }
        print(fasta, "coding:", store.manifest.codingTranscripts, "with a stop inside:", withStopInside)
        #expect(withStopInside * 50 <= store.manifest.codingTranscripts)
    }
}
