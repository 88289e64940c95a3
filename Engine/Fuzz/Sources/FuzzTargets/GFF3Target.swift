import Annotation
import Foundation

/// Gene models become a reference, and variants all over the genome are annotated with what came of them.
struct GFF3Target: Target {
    private let folder: Folder
    private let fasta: String
    private let models: InputFile
    private let variants: String

    init() throws {
        folder = try Folder()
        fasta = try folder.write("g.fa", Genome.fasta)
        variants = try folder.write("v.vcf", Genome.variants)
        models = InputFile(folder: folder, name: "g.gff3")
    }

    func run(_ bytes: UnsafeBufferPointer<UInt8>) {
        models.fill(bytes)
        do throws(AnnotationError) {
            let reference = try ReferenceBuilder(name: "fuzzed", fasta: fasta, gff3: models.path)
                .build(output: folder.path + "/fuzzed.gasref")
            var options = AnnotationOptions()
            options.threads = 1
            options.hgvs = true
            _ = try AnnotationRun(
                input: variants, output: folder.path + "/out.vcf", references: [reference], options: options
            ).run()
        } catch {
            check(error)
        }
    }
}
