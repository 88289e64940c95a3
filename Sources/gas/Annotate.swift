import Annotation
import ArgumentParser
import Foundation
import GAS
import Logging

/// `gas annotate`: one file, right here.
struct Annotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "annotate", abstract: "Annotate a VCF on this machine by the built-in engine, without the service."
    )

    @Argument(help: "The VCF to annotate: plain, gzip or BGZF.")
    var input: String

    @Option(
        name: .shortAndLong,
        help: "Where the result goes: .vcf, or .tsv or .jsonl for a table or JSON Lines; .gz after it packs it as BGZF."
    )
    var output: String

    @Option(
        help:
            "An installed assembly by its name, or a compiled one (NAME.gasref). Without it, the installed one that fits is used."
    )
    var reference: String?

    @OptionGroup var flags: AnnotationFlags

    @Option(help: "Threads; 0 uses all processor cores.")
    var threads = 0

    @Option(help: "Write the summary as JSON here.")
    var summary: String?

    @Option(help: "Write the log for people here.")
    var log: String?

    @OptionGroup var configurationOptions: ConfigurationOptions

    func run() async throws {
        let configuration = try await configurationOptions.read()
        let installed = try InstalledReferences(configuration, DataFolders(configuration))
        try refuseUnusableOutput()
        var options = installed.options
        options.outputFormat = OutputFormat(fileName: output)
        options.inputName = (input as NSString).lastPathComponent
        options.date = Date()
        if threads > 0 { options.threads = threads }
        do {
            try flags.apply(to: &options)
            let references = try reference.map { [try open($0, installed)] } ?? prepared(installed)
            let run = AnnotationRun(input: input, output: output, references: references, options: options)
            let terminal = ProgressLine()
            let result = try await OwnThread.run { () throws -> AnnotationSummary in
                defer { terminal.clear() }
                return try run.run(progress: { terminal.show($0) }, isCancelled: { false })
            }
            try write(result)
        } catch let error as AnnotationError {
            throw GASError(.invalid, error.description)
        }
    }

    /// Whether the output is there already and no file: a pipe or a device, whose name tells nothing.
    private var isPipe: Bool {
        let type = try? FileManager.default.attributesOfItem(atPath: output)[.type] as? FileAttributeType
        return output.hasPrefix("/dev/") || (type != nil && type != .typeRegular && type != .typeSymbolicLink)
    }

    private static let endings = [".vcf", ".tsv", ".jsonl", ".ndjson"].flatMap { [$0, $0 + ".gz", $0 + ".bgz"] }

    /// What is written replaces what is at its place, so no two files may be the same one.
    private func refuseUnusableOutput() throws {
        guard output != "-" else {
            throw GASError(.invalid, "The output must be a file; for a pipe, name /dev/stdout.")
        }
        guard !output.hasSuffix(".bcf") else {
            throw GASError(.invalid, "BCF is not written; name the output .vcf or .vcf.gz.")
        }
        guard isPipe || Self.endings.contains(where: output.hasSuffix) else {
            throw GASError(
                .invalid,
                "The output's name tells its format and must end in \(Self.endings.joined(separator: ", ")).")
        }
        guard !flags.index || output.hasSuffix(".vcf.gz") || output.hasSuffix(".vcf.bgz") else {
            throw GASError(.invalid, "A tabix index needs an output that ends in .vcf.gz or .vcf.bgz.")
        }
        let files = [
            ("the input", input), ("the output", output), ("the summary", summary), ("the log", log),
            ("the list of problems", flags.problems),
        ]
        var names: [URL: String] = [:]
        for case (let name, let path?) in files where !path.hasPrefix("/dev/") {
            let place = URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL
            if let other = names.updateValue(name, forKey: place) {
                throw GASError(.invalid, "\(name.capitalizedFirst) and \(other) are the same file; name another one.")
            }
        }
    }

    /// What `--reference` names: the path of a compiled assembly, or an installed one.
    private func open(_ reference: String, _ installed: InstalledReferences) throws -> Reference {
        if FileManager.default.fileExists(atPath: reference) { return try Reference.open(reference) }
        let references = try prepared(installed)
        if let found = references.first(where: { $0.name == reference }) { return found }
        let names = references.map(\.name).joined(separator: ", ")
        throw GASError(
            .invalid,
            "There is no assembly '\(reference)': no file has that name, and "
                + (names.isEmpty ? "none is installed." : "installed are: \(names)."))
    }

    private func prepared(_ installed: InstalledReferences) throws -> [Reference] {
        try installed.prepare(logger: Logger(label: "gas", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private func write(_ result: AnnotationSummary) throws {
        if let summary { try write(try result.json(), to: summary) }
        if let log { try write(Data(result.countLog().utf8), to: log) }
        let speed = result.seconds > 0 ? Int(Double(result.records) / result.seconds) : result.records
        let account = result.accounting.map {
            "\($0.alleles) alleles: \($0.annotated) annotated, \($0.passedThrough) passed through, \($0.rejected) rejected"
        }
        let text =
            "\(result.records) records, \(account ?? "\(result.alleles) alleles"), with \(result.reference) in "
            + String(format: "%.2f s (%d records/s)\n", result.seconds, speed)
        FileHandle.standardError.write(Data(text.utf8))
        if let problems = problems(of: result) { FileHandle.standardError.write(Data(problems.utf8)) }
        if let note = result.index { FileHandle.standardError.write(Data((note + "\n").utf8)) }
    }
}

extension Annotate {
    /// What is remarkable about the file: how much, and the first of it.
    private func problems(of result: AnnotationSummary) -> String? {
        guard let first = result.problems.first else { return nil }
        let place = first.line.map { "line \($0): " } ?? ""
        let others = result.problemCount > 1 ? ", and \(result.problemCount - 1) more, which '--log FILE' tells" : ""
        return "remarks: \(place)\(first.message)\(others)\n"
    }

    private func write(_ content: Data, to path: String) throws {
        do {
            try content.write(to: URL(fileURLWithPath: path))
        } catch {
            throw GASError(
                .unavailable, "The file \(path) cannot be written; the result itself is complete.", cause: error)
        }
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

/// One line on the terminal that shows how far a run is. Silent when standard error is no terminal.
private struct ProgressLine: Sendable {
    private let isTerminal = isatty(STDERR_FILENO) == 1

    func show(_ progress: AnnotationProgress) {
        guard isTerminal else { return }
        let share = progress.totalBytes > 0 ? 100 * progress.bytesRead / progress.totalBytes : 0
        let speed = progress.seconds > 0 ? Int(Double(progress.records) / progress.seconds) : 0
        write("\r\u{1B}[K\(share) %  \(progress.records) records  \(speed) records/s")
    }

    func clear() {
        if isTerminal { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
