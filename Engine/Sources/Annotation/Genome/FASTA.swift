import Foundation

/// The sequences of a FASTA file, packed two bases to a byte, the first in the high bits.
struct PackedGenome {
    struct Sequence {
        var name: String
        /// The rest of the header line after the name.
        var description: String
        var length: Int
        /// In bases; even.
        var offset: Int
    }

    private(set) var sequences: [Sequence] = []
    private(set) var bytes: [UInt8] = []

    /// Reads plain or compressed FASTA; letters of either case, any IUPAC code.
    init(path: String) throws(AnnotationError) {
        let name = (path as NSString).lastPathComponent
        // A whole chromosome may stand on one line.
        var lines = try LineReader(path: path, name: name, lineLimit: 1 << 31)
        let codes = BaseTables.shared.code
        var isHigh = true
        while let line = try lines.next() {
            if line.first == UInt8(ascii: ">") {
                let words = line.slice(1, line.count).text.split(separator: " ", maxSplits: 1).map(String.init)
                guard let first = words.first, !first.isEmpty else {
                    throw AnnotationError(.badSource, "\(name) has a sequence without a name.", line: lines.lineNumber)
                }
                sequences.append(
                    Sequence(
                        name: first,
                        description: words.count > 1 ? words[1] : "",
                        length: 0,
                        offset: bytes.count * 2
                    )
                )
                isHigh = true
                continue
            }
            if line.isEmpty || line.first == UInt8(ascii: ";") { continue }
            guard !sequences.isEmpty else {
                throw AnnotationError(.badSource, "\(name) is no FASTA: it does not begin with '>'.", line: 1)
            }
            for letter in line {
                let code = codes[Int(letter)]
                guard code != 0 else {
                    throw AnnotationError(
                        .badSource,
                        "\(name) holds a letter that is no base.",
                        line: lines.lineNumber
                    )
                }
                if isHigh { bytes.append(code << 4) } else { bytes[bytes.count - 1] |= code }
                isHigh.toggle()
            }
            sequences[sequences.count - 1].length += line.count
        }
        guard !sequences.isEmpty else { throw AnnotationError(.badSource, "\(name) is no FASTA: it holds nothing.") }
        for sequence in sequences where sequence.length == 0 || sequence.length >= Int(Int32.max) {
            throw AnnotationError(.badSource, "The sequence \(sequence.name) of \(name) has an impossible length.")
        }
        var seen = Set<String>()
        for sequence in sequences where !seen.insert(sequence.name).inserted {
            throw AnnotationError(.badSource, "\(name) names the sequence \(sequence.name) twice.")
        }
    }

    /// The upper-case letter at a 1-based position.
    func base(_ sequence: Int, _ position: Int) -> UInt8 {
        let index = sequences[sequence].offset + position - 1
        let pair = bytes[index >> 1]
        return Base.letters[Int(index & 1 == 0 ? pair >> 4 : pair & 15)]
    }
}
