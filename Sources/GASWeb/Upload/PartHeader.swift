import Foundation
import GAS

/// Name and file name from the header block of one part of a form.
struct PartHeader {
    let name: String
    let fileName: String?

    /// Reads a header block.
    /// - Throws: `invalid` without a `Content-Disposition` that names the field.
    init(_ block: String) throws {
        let lines = block.split(separator: "\r\n")
        guard let line = lines.first(where: { $0.lowercased().hasPrefix("content-disposition:") }) else {
            throw MultipartParser.malformed("A part has no Content-Disposition.")
        }
        let value = line.drop { $0 != ":" }.dropFirst()
        guard let name = Self.parameter("name", of: value), !name.isEmpty else {
            throw MultipartParser.malformed("A part has no name.")
        }
        self.name = name
        fileName = Self.parameter("filename", of: value)
    }

    /// The value of `key="value"`.
    ///
    /// Browsers write a quote inside the value as `%22`, other clients as `\"`, and neither changes a lone backslash.
    /// So the value ends at the first quote that a semicolon or the end of the line follows.
    private static func parameter(_ key: String, of text: Substring) -> String? {
        var rest = text
        while let semicolon = rest.firstIndex(of: ";") {
            rest = rest[rest.index(after: semicolon)...].drop { $0 == " " }
            guard let equals = rest.firstIndex(of: "=") else { return nil }
            let found = rest[..<equals].lowercased()
            rest = rest[rest.index(after: equals)...]
            let value = takeValue(&rest)
            if found == key { return value }
        }
        return nil
    }

    private static func takeValue(_ rest: inout Substring) -> String {
        guard rest.first == "\"" else {
            let value = rest.prefix { $0 != ";" }
            rest = rest[value.endIndex...]
            return value.trimmingCharacters(in: .whitespaces)
        }
        rest = rest.dropFirst()
        var end = rest.startIndex
        while end < rest.endIndex, !(rest[end] == "\"" && isEnd(rest[rest.index(after: end)...])) {
            end = rest.index(after: end)
        }
        let value = rest[..<end]
        rest = end < rest.endIndex ? rest[rest.index(after: end)...] : ""
        return String(value).replacing("\\\"", with: "\"").replacing("%22", with: "\"")
            .replacing("%0D", with: "\r").replacing("%0A", with: "\n")
    }

    private static func isEnd(_ rest: Substring) -> Bool {
        let next = rest.drop { $0 == " " || $0 == "\t" }
        return next.isEmpty || next.first == ";"
    }
}
