import Annotation
import Foundation
import GAS
import Logging

/// The compiled assemblies of this machine.
struct InstalledReferences {
    let library: ReferenceLibrary
    let options: AnnotationOptions
    private let directory: String
    private let sources: String

    init(_ configuration: EffectiveConfiguration, _ folders: DataFolders) throws {
        let configured = configuration[Settings.annotatorReferences]
        directory = configured.isEmpty ? folders.references : configured
        sources = ShippedFolder.path(configuration, Settings.annotatorSources)
        library = ReferenceLibrary(directory: directory)
        var options = AnnotationOptions()
        options.version = Gas.version
        options.setConsequences(configuration)
        options.referenceMismatchThreshold = configuration[Settings.annotatorMismatchShare]
        options.referenceMismatchMinimum = configuration[Settings.annotatorMismatchMinimum]
        options.limits.lineLength = configuration[Settings.annotatorLineLength]
        options.limits.columns = configuration[Settings.annotatorColumns]
        options.limits.alternateAlleles = configuration[Settings.annotatorAlternateAlleles]
        options.detectionRecords = configuration[Settings.annotatorDetectionRecords]
        options.problemLimit = configuration[Settings.annotatorProblemLimit]
        options.limits.expansion = configuration[Settings.annotatorExpansion]
        options.limits.alleleLength = configuration[Settings.annotatorAlleleLength]
        options.limits.structuralLength = configuration[Settings.annotatorStructuralLength]
        options.limits.writtenLength = configuration[Settings.annotatorWrittenLength]
        options.limits.writtenSize = configuration[Settings.annotatorWrittenSize]
        options.limits.unpackedSize = configuration[Settings.annotatorUnpackedSize]
        let threads = configuration[Settings.annotatorThreads]
        if threads > 0 { options.threads = threads }
        self.options = options
    }

    /// Compiles the assemblies that came with the product and are not installed yet, and opens all.
    func prepare(logger: Logger) throws -> [Reference] {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            for source in try ReferenceSource.all(in: sources) {
                let output = "\(directory)/\(source.name).gasref"
                if isUsable(output) { continue }
                let reference = try source.builder.build(output: output)
                logger.info("Compiled an assembly.", metadata: ["reference": "\(reference.summaryLine)"])
            }
            let references = try library.references()
            if references.isEmpty {
                logger.warning("No assembly is installed, so every job will fail; see 'gas reference build --help'.")
            }
            return references
        } catch let error as AnnotationError {
            throw GASError(.unavailable, "The assemblies cannot be prepared: \(error)")
        } catch {
            throw GASError(.unavailable, "The folder of assemblies cannot be used.", cause: error)
        }
    }

    /// Whether there is an assembly, be it that the next start compiles it.
    func hasAny() throws -> Bool {
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: directory)
            if names.contains(where: { $0.hasSuffix(".gasref") && isUsable("\(directory)/\($0)") }) { return true }
        } catch CocoaError.fileReadNoSuchFile {
            // The next start makes the folder.
        }
        return try !ReferenceSource.all(in: sources).isEmpty
    }

    /// One that an earlier version compiled may have another format, and is compiled again.
    private func isUsable(_ reference: String) -> Bool {
        FileManager.default.fileExists(atPath: reference) && (try? Reference.open(reference)) != nil
    }
}

/// An assembly that can be compiled: a folder with its files and `reference.json`, which names them.
struct ReferenceSource {
    let name: String
    let builder: ReferenceBuilder

    /// The assemblies in the subfolders of `directory`; none when it does not exist.
    static func all(in directory: String) throws -> [ReferenceSource] {
        guard !directory.isEmpty, FileManager.default.fileExists(atPath: directory) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
            .map { "\(directory)/\($0)/reference.json" }
            .filter { FileManager.default.fileExists(atPath: $0) }
            .map { try ReferenceSource(recipe: $0) }
    }

    private init(recipe path: String) throws {
        struct Recipe: Decodable {
            let name: String
        }
        name = try JSONDecoder().decode(Recipe.self, from: Data(contentsOf: URL(fileURLWithPath: path))).name
        builder = try ReferenceBuilder(recipe: path)
    }
}
