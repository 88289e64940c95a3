import GAS

/// A command with placeholders, taken apart into words as a shell does, but run without one: what a placeholder stands
/// for is never split, expanded or interpreted.
public struct CommandTemplate: Sendable, Hashable {
    /// What can stand in braces.
    public enum Placeholder: String, Sendable, CaseIterable {
        /// The uploaded file, under a name that ends in `.vcf` or `.vcf.gz` as its content demands.
        case input
        /// Where the annotated VCF goes; without this placeholder it is the command's standard output.
        case output
        /// The job's own folder, which is removed afterwards.
        case folder
    }

    /// The words, the first of which names the program.
    public let words: [String]

    /// Takes a command apart.
    /// - Parameter text: words separated by blanks; quotes (`'`, `"`) and backslashes work as in a shell.
    /// - Throws: `invalid` when a quote is not closed, no word is left, or something unknown stands in braces.
    public init(_ text: String) throws {
        words = try CommandTemplate.split(text)
        guard let program = words.first, !program.isEmpty else {
            throw GASError(.invalid, "The command of the annotator is empty.")
        }
        for word in words {
            for name in CommandTemplate.names(in: word) where Placeholder(rawValue: name) == nil {
                let known = Placeholder.allCases.map { "{\($0.rawValue)}" }.joined(separator: ", ")
                throw GASError(
                    .invalid, "The command of the annotator has {\(name)}; known are \(known).")
            }
        }
    }

    /// Whether the command writes the result itself rather than to its standard output.
    public var namesOutput: Bool { words.contains { $0.contains("{\(Placeholder.output.rawValue)}") } }

    /// The words with the placeholders filled in.
    public func filled(_ values: [Placeholder: String]) -> [String] {
        words.map { word in
            values.reduce(word) { $0.replacing("{\($1.key.rawValue)}", with: $1.value) }
        }
    }

    private static func split(_ text: String) throws -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in text {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                if let finished = word { words.append(finished) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        guard quote == nil, !isEscaped else {
            throw GASError(.invalid, "The command of the annotator has a quote or a backslash too many.")
        }
        if let finished = word { words.append(finished) }
        return words
    }

    /// What stands between braces, if it is a plain name: `awk '{print $1}'` is left alone.
    private static func names(in word: String) -> [String] {
        word.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap { part in
            guard let end = part.firstIndex(of: "}") else { return nil }
            let name = part[..<end]
            return !name.isEmpty && name.allSatisfy { $0.isLowercase && $0.isASCII } ? String(name) : nil
        }
    }
}
