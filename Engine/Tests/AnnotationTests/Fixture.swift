import Foundation
import Testing

@testable import Annotation

/// A folder of its own for one test, removed afterwards.
final class Scratch: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "annotation-tests-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String { try write(name, Data(text.utf8)) }

    @discardableResult
    func write(_ name: String, _ data: Data) throws -> String {
        try data.write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: file(name))), as: UTF8.self)
    }
}

/// Places in the repository and beside it.
enum Places {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let reference = root.appendingPathComponent("Reference").path
    /// Real data that may not be shipped; the tests that need it are skipped without it.
    static let shared = root.deletingLastPathComponent().appendingPathComponent("shared/data").path
    static let hasShared = FileManager.default.fileExists(atPath: shared + "/README.md")
}

/// The mitochondrial reference that ships, built once.
enum MtDNA {
    static let scratch = Result { try Scratch() }
    static let reference = Result {
        try ReferenceBuilder(recipe: Places.reference + "/mtdna/reference.json")
            .build(output: try scratch.get().file("rCRS.gasref"))
    }
}

/// What one entry of CSQ says.
struct Entry {
    let values: [String]
    init(_ text: Substring) {
        values = text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    }
    subscript(field: String) -> String {
        CSQ.fields.firstIndex(of: field).map { $0 < values.count ? values[$0] : "(missing)" } ?? "(no field)"
    }
}

/// Annotates text and takes the output apart.
struct Annotated {
    let output: String
    let summary: AnnotationSummary
    /// The data lines by columns.
    let records: [[String]]

    init(_ text: String, _ references: [Reference], _ change: (inout AnnotationOptions) -> Void = { _ in }) throws {
        try self.init(data: Data(text.utf8), references, change)
    }

    init(
        data: Data, _ references: [Reference], output name: String = "out.vcf",
        _ change: (inout AnnotationOptions) -> Void = { _ in }
    ) throws {
        let scratch = try Scratch()
        var options = AnnotationOptions()
        options.hgvs = true
        options.threads = 2
        options.inputName = "in.vcf"
        change(&options)
        let input = try scratch.write("in.vcf", data)
        summary = try AnnotationRun(
            input: input, output: scratch.file(name), references: references, options: options
        ).run()
        output = try scratch.read(name)
        records = output.split(separator: "\n").filter { !$0.hasPrefix("#") }
            .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
    }

    func info(_ record: Int) -> [String: String] {
        var found: [String: String] = [:]
        for pair in records[record][7].split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            found[parts[0]] = parts.count > 1 ? parts[1] : ""
        }
        return found
    }

    func entries(_ record: Int) -> [Entry] { info(record)["CSQ"]?.split(separator: ",").map(Entry.init) ?? [] }

    func entry(_ record: Int, _ feature: String) -> Entry? { entries(record).first { $0["Feature"] == feature } }
}

/// The error that `body` throws.
func failure(_ body: () throws -> Void) -> AnnotationError? {
    do {
        try body()
        return nil
    } catch {
        return error as? AnnotationError
    }
}
