import Annotation
import Foundation

/// A whole annotation: detection, records, consequences, HGVS, known variants, regions, output.
struct VCFTarget: Target {
    private let reference: Reference
    private let input: InputFile
    private let output: String

    init() throws {
        let folder = try Folder()
        reference = try ReferenceBuilder(
            name: "made-up",
            fasta: try folder.write("g.fa", Genome.fasta),
            gff3: try folder.write("g.gff3", Genome.gff3),
            known: [.init(path: try folder.write("k.vcf", Genome.known), name: "k", prefix: "K")],
            regions: [.init(path: try folder.write("r.bed", Genome.regions), name: "r")]
        ).build(output: folder.path + "/made-up.gasref")
        input = InputFile(folder: folder, name: "in.vcf")
        output = folder.path + "/out"
    }

    func run(_ bytes: UnsafeBufferPointer<UInt8>) {
        input.fill(bytes)
        // Which output is written hangs on the input alone, so that a finding can be repeated.
        let kinds: [(OutputFormat, String)] = [
            (.vcf, ".vcf"), (.tsv, ".tsv"), (.jsonLines, ".jsonl.gz"), (.vcf, ".vcf.gz"),
        ]
        let (format, ending) = kinds[Int(bytes.reduce(0) { $0 &+ $1 } & 3)]
        var options = AnnotationOptions()
        options.threads = 1
        options.hgvs = true
        options.outputFormat = format
        options.writesIndex = true
        options.problemsPath = output + ".problems"
        // What hostile files meet in earnest, at a scale that a fuzzer reaches.
        options.limits.lineLength = 1 << 16
        options.limits.headerLength = 1 << 16
        options.limits.columns = 100
        options.limits.alternateAlleles = 50
        options.limits.alleleLength = 1 << 12
        options.limits.writtenLength = 1 << 20
        // So that files get to their records though most of their REF alleles are wrong.
        options.referenceMismatchThreshold = 1
        do throws(AnnotationError) {
            let summary = try AnnotationRun(
                input: input.path, output: output + ending, references: [reference], options: options
            ).run()
            precondition(summary.problemCount >= summary.problems.count)
            _ = summary.countLog()
        } catch {
            check(error)
        }
    }
}
