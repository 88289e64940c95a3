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
            abstract: "Compile an assembly from a genome, gene models, known variants and regions.")

        @Option(help: "What the assembly is called, such as GRCh38.")
        var name: String

        @Option(help: "The genome as FASTA, plain or gzip.")
        var fasta: String

        @Option(help: "The gene models as GFF3, plain or gzip.")
        var gff3: String?

        @Option(help: "Known variants as VCF, plain or gzip; can be repeated. NAME=FILE names the source.")
        var known: [String] = []

        @Option(help: "Regions as BED, plain or gzip; can be repeated. NAME=FILE names the source.")
        var regions: [String] = []

        @Option(name: .shortAndLong, help: "Where it goes: a folder NAME.gasref.")
        var output: String

        func run() throws {
            let builder = ReferenceBuilder(
                name: name, fasta: fasta, gff3: gff3,
                known: known.map { SourceArgument($0).known }, regions: regions.map { SourceArgument($0).regions })
            do {
                print(try builder.build(output: output).summaryLine)
            } catch {
                throw GASError(.invalid, "\(error)")
            }
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
                for reference in try installed.library.references() { print(reference.summaryLine) }
            } catch {
                throw GASError(.invalid, "\(error)")
            }
        }
    }
}
