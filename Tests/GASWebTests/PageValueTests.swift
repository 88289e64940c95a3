import Foundation
import Testing

/// `PageValue` types list their fields by hand, and a template shows nothing where one is missing; so their code is read here.
@Suite struct PageValueTests {
    private let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appendingPathComponent("../../Sources/GASWeb").standardized

    private func sources() throws -> [String] {
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
            .map { try String(contentsOf: $0, encoding: .utf8) }
    }

    /// The lines of a declaration, up to the brace that ends it.
    private func body(of declaration: String, in source: String) -> [Substring]? {
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        let first = lines.firstIndex { $0.contains(declaration + " {") || $0.contains(declaration + ": ") }
        guard let first else { return nil }
        let margin = lines[first].prefix { $0 == " " }
        return Array(lines[(first + 1)...].prefix { $0 != margin + "}" })
    }

    /// The stored properties of a type: what its own lines declare with `let` or `var`, and not as computed.
    private func stored(_ body: [Substring]) throws -> Set<String> {
        let margin = try #require(body.first { !$0.isEmpty }).prefix { $0 == " " }
        let declaration = /^ *(?:private |fileprivate )?(?:let|var) (\w+)(?::| =)[^{]*$/
        return Set(
            body.filter { $0.hasPrefix(margin) && $0.dropFirst(margin.count).first != " " }
                .compactMap { $0.wholeMatch(of: declaration).map { String($0.1) } })
    }

    @Test func everyStoredPropertyIsAnsweredByItsName() throws {
        var types = 0
        for source in try sources() {
            for conformance in source.matches(of: /(?m)^extension ([\w.]+): PageValue \{$/) {
                let type = String(conformance.1)
                let name = try #require(type.split(separator: ".").last)
                let answers = try #require(body(of: "extension \(type): PageValue", in: source))
                let properties = try #require(body(of: "struct \(name)", in: source), "\(type) is not in this file")
                let cases = answers.compactMap { $0.wholeMatch(of: /^ *case "(\w+)": (\w+)$/) }
                #expect(cases.allSatisfy { $0.1 == $0.2 }, "\(type) answers a name with another property")
                #expect(Set(cases.map { String($0.1) }) == (try stored(properties)), "\(type)")
                types += 1
            }
        }
        #expect(types >= 12)
    }
}
