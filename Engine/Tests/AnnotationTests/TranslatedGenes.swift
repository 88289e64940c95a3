import Foundation

@testable import Annotation

/// Coding sequences read from FASTA and GFF3 and translated after changes, in the plainest way: what tests compare with.
struct TranslatedGenes {
    private struct Part {
        let contig: String
        let start: Int
        let end: Int
        let isForward: Bool
    }

    static let letters: [String: String] = [
        "Ala": "A", "Arg": "R", "Asn": "N", "Asp": "D", "Cys": "C", "Gln": "Q", "Glu": "E", "Gly": "G", "His": "H",
        "Ile": "I", "Leu": "L", "Lys": "K", "Met": "M", "Phe": "F", "Pro": "P", "Ser": "S", "Thr": "T", "Trp": "W",
        "Tyr": "Y", "Val": "V", "Ter": "*",
    ]

    private let sequences: [String: [UInt8]]
    private var parts: [String: [Part]] = [:]

    init(_ sequences: [(name: String, bases: [UInt8])], _ models: String) {
        self.sequences = Dictionary(uniqueKeysWithValues: sequences.map { ($0.name, $0.bases) })
        for row in models.split(separator: "\n") {
            let columns = row.split(separator: "\t").map(String.init)
            guard columns.count == 9, columns[2] == "CDS", let start = Int(columns[3]), let end = Int(columns[4]),
                let parent = columns[8].range(of: "Parent=transcript:")
            else { continue }
            let name = String(columns[8][parent.upperBound...].prefix { $0 != ";" })
            parts[name, default: []].append(
                Part(contig: columns[0], start: start, end: end, isForward: columns[6] == "+"))
        }
    }

    /// The protein of a transcript with changes written as `POS+REF>ALT`.
    private func protein(_ transcript: String, _ changes: [String]) -> [Character]? {
        guard let parts = parts[transcript]?.sorted(by: { $0.start < $1.start }), let first = parts.first,
            let bases = sequences[first.contig]
        else { return nil }
        var texts: [Int: String] = [:]
        for part in parts {
            for position in part.start...part.end {
                texts[position] = String(decoding: [bases[position - 1]], as: UTF8.self)
            }
        }
        for change in changes {
            let words = change.split { "+>".contains($0) }.map(String.init)
            guard words.count == 3, let position = Int(words[0]) else { return nil }
            let (old, new) = (Array(words[1]), Array(words[2]))
            for offset in old.indices where texts[position + offset] != nil {
                let from = min(offset, new.count)
                let to = offset == old.count - 1 ? new.count : min(offset + 1, new.count)
                texts[position + offset] = String(new[from..<max(from, to)])
            }
        }
        var sequence = texts.keys.sorted().compactMap { texts[$0] }.joined()
        if !first.isForward { sequence = MadeUpGenome.complement(sequence) }
        let code = Array("KNKNTTTTRSRSIIMIQHQHPPPPRRRRLLLLEDEDAAAAGGGGVVVV*Y*YSSSS*CWCLFLF")
        let numbers = sequence.utf8.map { Int(Base.indices[Int($0)]) }
        return stride(from: 0, to: numbers.count - 2, by: 3).map {
            let number = numbers[$0] << 4 | numbers[$0 + 1] << 2 | numbers[$0 + 2]
            return number < 64 ? code[number] : "X"
        }
    }

    /// Whether a description of the protein says what becomes of it; nil if it is of a kind that is not read here.
    func explains(_ description: String, _ transcript: String, _ changes: [String]) -> Bool? {
        guard let old = protein(transcript, []), let new = protein(transcript, changes),
            let start = description.range(of: ":p.")?.upperBound
        else { return nil }
        let text = String(description[start...])
        if text.hasSuffix("%3D") { return upToStop(old) == upToStop(new) }
        guard let place = text.prefixMatch(of: /([A-Z][a-z]{2})([0-9]+)(?:_([A-Z][a-z]{2})([0-9]+))?/) else {
            return nil
        }
        let rest = String(text[place.range.upperBound...])
        guard let from = Int(place.output.2), let to = place.output.4.map({ Int($0) }) ?? from, from <= old.count,
            to <= old.count
        else { return nil }
        if Self.letters[String(place.output.1)] != String(old[from - 1]) { return false }
        let (before, behind) = (old[..<(from - 1)], old[to...])
        if let shift = rest.wholeMatch(of: /([A-Z][a-z]{2})fsTer([0-9]+)/), let distance = Int(shift.output.2) {
            guard new.dropFirst(from - 1).contains("*") else { return nil }
            return new.prefix(from - 1) == before && String(new[from - 1]) == Self.letters[String(shift.output.1)]
                && upToStop(Array(new.dropFirst(from - 1))).count == distance
        }
        let inserted: [Character]
        switch rest {
        case "del": inserted = []
        case "dup": inserted = Array(old[(from - 1)..<to]) + Array(old[(from - 1)..<to])
        default:
            let isInsertion = rest.hasPrefix("ins")
            guard let residues = rest.wholeMatch(of: /(?:delins|ins)?((?:[A-Z][a-z]{2})+)/)?.output.1 else {
                return nil
            }
            let letters = stride(from: 0, to: residues.count, by: 3).compactMap {
                Self.letters[String(residues.dropFirst($0).prefix(3))]
            }.joined()
            inserted = isInsertion ? [old[from - 1]] + Array(letters) + [old[to - 1]] : Array(letters)
        }
        return upToStop(Array(before) + inserted + Array(behind)) == upToStop(new)
    }

    private func upToStop(_ protein: [Character]) -> [Character] {
        protein.firstIndex(of: "*").map { Array(protein[...$0]) } ?? protein
    }
}
