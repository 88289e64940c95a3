import Annotation
import ArgumentParser
import Foundation
import GAS

/// `gas reference`: compiled assemblies.
struct ReferenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reference", abstract: "Fetch, compile, list and remove assemblies.",
        subcommands: [Build.self, Fetch.self, List.self, Info.self, Remove.self])

    /// `gas reference build`: FASTA and gene models to a `.gasref`.
    struct Build: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compile an assembly from a genome, gene models, known variants, regions and UCSC's tables.",
            discussion: """
                A source is \(SourceArgument.syntax): its name and version are told in the header of what is annotated \
                with it, and of its columns those that are named are used, or all. For example:
                --known ClinVar@2026-11=clinvar.vcf.gz:CLNSIG,CLNDN
                """)

        @Option(help: "What the assembly is called, such as GRCh38.")
        var name: String?

        @Option(help: "The genome as FASTA, plain or gzip.")
        var fasta: String?

        @Option(help: "The gene models as GFF3, plain or gzip.")
        var gff3: String?

        @Option(
            help: "Known variants as VCF, plain or gzip; can be repeated.",
            transform: { SourceArgument($0) })
        var known: [SourceArgument] = []

        @Option(
            help: "Regions as BED, plain or gzip; can be repeated. The column is the INFO key of their names.",
            transform: { SourceArgument($0) })
        var regions: [SourceArgument] = []

        @Option(
            help: "A table of UCSC's database as its .txt, plain or gzip, such as cytoBand.txt.gz; can be repeated.",
            transform: { SourceArgument($0) })
        var ucsc: [SourceArgument] = []

        @Option(help: "All of the above from a file, as Reference/mtdna/reference.json is one.")
        var recipe: String?

        @Option(name: .shortAndLong, help: "Where it goes: a folder NAME.gasref.")
        var output: String

        @Flag(help: "Replace the assembly that is there already.")
        var replace = false

        func validate() throws {
            if recipe == nil {
                guard name != nil, fasta != nil else {
                    throw ValidationError("Give '--name' and '--fasta', or a '--recipe'.")
                }
            } else if name != nil || fasta != nil || gff3 != nil || !(known + regions + ucsc).isEmpty {
                throw ValidationError("A '--recipe' names all sources: give no others beside it.")
            }
        }

        func run() throws {
            do {
                let builder = try builder()
                if !replace, FileManager.default.fileExists(atPath: output) {
                    throw GASError(
                        .invalid, "There is something at \(output) already; '--replace' replaces an assembly.")
                }
                let reference = try builder.build(output: output)
                print(reference.summaryLine)
                for sentence in reference.leftOut { print(sentence) }
            } catch let error as AnnotationError {
                throw GASError(.invalid, "\(error)")
            }
        }

        private func builder() throws -> ReferenceBuilder {
            if let recipe { return try ReferenceBuilder(recipe: recipe) }
            return ReferenceBuilder(
                name: name ?? "", fasta: fasta ?? "", gff3: gff3, known: known.map(\.known),
                regions: try regions.map { try $0.regions() }, ucsc: try ucsc.map { try $0.ucsc() })
        }
    }

    /// `gas reference list`: what is installed.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the installed assemblies.")

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let configuration = try await options.read()
            let installed = try InstalledReferences(configuration, DataFolders(configuration))
            do {
                let references = try installed.library.references()
                for reference in references { print(reference.summaryLine) }
                if references.isEmpty {
                    let hint = "No assembly is installed; see 'gas reference fetch --help'.\n"
                    FileHandle.standardError.write(Data(hint.utf8))
                }
            } catch {
                throw GASError(.invalid, "\(error)")
            }
        }
    }
}
