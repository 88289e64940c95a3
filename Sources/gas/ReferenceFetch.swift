import Annotation
import ArgumentParser
import AsyncHTTPClient
import Foundation
import GAS
import GASDownload

extension ReferenceCommand {
    /// `gas reference fetch`: an assembly from its public servers.
    struct Fetch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Download an assembly from its public servers, check it, and compile it.",
            discussion: "A download that was broken off is gone on with. Without a name, lists what there is.")

        @Argument(help: "The assembly, such as GRCh38.")
        var name: String?

        @Flag(help: "Keep the downloaded files.")
        var keep = false

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let configuration = try await options.read()
            let sources = ShippedFolder.path(configuration, Settings.annotatorSources)
            let catalogue = try AssemblyCatalogue(file: sources + "/catalogue.json")
            guard let name else {
                for entry in catalogue.assemblies { print("\(entry.name): \(entry.title)") }
                return
            }
            let fetch = try AssemblyFetch(catalogue.entry(name), configuration)
            let reference = try await fetch.run(keepingFiles: keep)
            print(reference.summaryLine)
            for sentence in reference.leftOut { print(sentence) }
        }
    }

    /// `gas reference info`: one assembly in detail.
    struct Info: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show an installed assembly, contig by contig.")

        @Argument(help: "The assembly, as 'gas reference list' names it.")
        var name: String

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let reference = try await InstalledReferences.named(name, options.read()).reference
            print(reference.summaryLine)
            for sentence in reference.leftOut { print(sentence) }
            for contig in reference.contigs {
                let aliases = contig.aliases.isEmpty ? "" : "  also " + contig.aliases.joined(separator: ", ")
                print("\(contig.name)\t\(contig.length)\(contig.isCircular ? "\tcircular" : "")\(aliases)")
            }
        }
    }

    /// `gas reference remove`: an assembly that is not wanted any more.
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove an installed assembly.",
            discussion:
                "Jobs that are being annotated with it go on. One that came with the product is compiled again at start."
        )

        @Argument(help: "The assembly, as 'gas reference list' names it.")
        var name: String

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let folder = try await InstalledReferences.named(name, options.read()).folder
            // Gone at once for those who look, whatever happens while its files are removed.
            let doomed = folder + ".removed"
            do {
                try FileManager.default.moveItem(atPath: folder, toPath: doomed)
                try FileManager.default.removeItem(atPath: doomed)
            } catch {
                throw GASError(.unavailable, "The assembly \(name) cannot be removed.", cause: error)
            }
            print("Removed \(name).")
        }
    }
}

extension InstalledReferences {
    /// An installed assembly and its folder.
    static func named(_ name: String, _ configuration: EffectiveConfiguration) throws -> (
        reference: Reference, folder: String
    ) {
        let library = try InstalledReferences(configuration, DataFolders(configuration)).library
        do {
            let references = try library.references()
            let folder = "\(library.directory)/\(name).gasref"
            if !name.contains("/"), FileManager.default.fileExists(atPath: folder) {
                return (try Reference.open(folder), folder)
            }
            let names = references.map(\.name).joined(separator: ", ")
            throw GASError(
                .notFound, "There is no assembly \(name) here; installed are: \(names.isEmpty ? "none" : names).")
        } catch let error as AnnotationError {
            throw GASError(.invalid, "\(error)")
        }
    }
}

/// Downloads and compiles one assembly.
struct AssemblyFetch {
    private let entry: AssemblyCatalogue.Entry
    private let bases: [AssemblyCatalogue.Server: String]
    private let downloads: String
    private let output: String
    private let downloader: Downloader

    init(_ entry: AssemblyCatalogue.Entry, _ configuration: EffectiveConfiguration) throws {
        self.entry = entry
        let folders = try DataFolders(configuration)
        bases = [
            .ensembl: configuration[Settings.referencesEnsemblURL], .ncbi: configuration[Settings.referencesNCBIURL],
            .ucsc: configuration[Settings.referencesUCSCURL],
        ]
        downloads = "\(folders.downloads)/\(entry.name)"
        output = "\(try InstalledReferences(configuration, folders).library.directory)/\(entry.name).gasref"
        downloader = Downloader(
            client: .shared,
            settings: DownloadSettings(
                retries: configuration[Settings.referencesRetries],
                backoff: configuration[Settings.referencesBackoffSeconds],
                patience: configuration[Settings.referencesTimeoutSeconds]),
            clock: SystemClock())
    }

    /// Downloads what is not there yet, then compiles.
    func run(keepingFiles: Bool) async throws -> Reference {
        try FileManager.default.createDirectory(atPath: downloads, withIntermediateDirectories: true)
        for file in entry.files { try await download(file) }
        let builder = try builder()
        let output = output
        try FileManager.default.createDirectory(
            atPath: (output as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        let reference = try await OwnThread.run {
            do {
                return try builder.build(output: output)
            } catch let error as AnnotationError {
                throw GASError(.invalid, "\(error)")
            }
        }
        if !keepingFiles { try FileManager.default.removeItem(atPath: downloads) }
        return reference
    }

    private func download(_ file: AssemblyCatalogue.File) async throws {
        let base = (bases[file.server] ?? "").trimmingSuffix("/")
        let line = DownloadProgress(file.name)
        try await downloader.download(
            "\(base)/\(file.path)", checksums: file.checksums.map { "\(base)/\($0)" }, to: place(file)
        ) { line.show($0, of: $1) }
        line.end()
    }

    private func place(_ file: AssemblyCatalogue.File) -> String { "\(downloads)/\(file.name)" }

    private func files(_ role: AssemblyCatalogue.Role) -> [AssemblyCatalogue.File] {
        entry.files.filter { $0.role == role }
    }

    private func builder() throws(GASError) -> ReferenceBuilder {
        ReferenceBuilder(
            name: entry.name, fasta: files(.fasta).first.map(place) ?? "", gff3: files(.gff3).first.map(place),
            known: files(.known).map { source($0).known },
            regions: try files(.regions).map { file throws(GASError) in try source(file).regions() },
            ucsc: try files(.ucsc).map { file throws(GASError) in try source(file).ucsc() })
    }

    private func source(_ file: AssemblyCatalogue.File) -> SourceArgument {
        SourceArgument(
            path: place(file), name: file.source ?? file.name, version: file.version, columns: file.columns)
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
