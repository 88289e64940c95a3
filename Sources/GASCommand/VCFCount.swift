import Foundation
import GAS

/// Counts what a VCF holds: records, alleles, their types, contigs, transitions and transversions. A command says nothing
/// of this itself.
struct VCFCount {
    private var records = 0
    private var alleles = 0
    private var types: [String: Int] = [:]
    private var contigs: [String: Int] = [:]
    private var transitions = 0
    private var transversions = 0

    private static let chunk = 1 << 20

    /// Reads a file.
    /// - Throws: `EngineRefusal` when it is no plain VCF.
    init(of path: String) throws {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw EngineRefusal(reason: "The annotator ended well but wrote no result.")
        }
        defer { try? file.close() }
        var rest: [UInt8] = []
        var isFirst = true
        while let bytes = try file.read(upToCount: VCFCount.chunk), !bytes.isEmpty {
            if isFirst, !bytes.starts(with: Data("##fileformat=VCF".utf8)) {
                throw EngineRefusal(reason: "What the annotator wrote is no plain VCF.")
            }
            isFirst = false
            rest.append(contentsOf: bytes)
            let end = rest.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            count(rest[..<end])
            rest.removeFirst(end)
        }
        guard !isFirst else { throw EngineRefusal(reason: "What the annotator wrote is empty.") }
        count(rest[...])
    }

    /// The counts in the service's words.
    func summary(program: String) -> ResultSummary {
        var summary = ResultSummary(reference: program, referenceDescription: "as \(program) was told")
        summary.records = records
        summary.alleles = alleles
        summary.variantTypes = types.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { .init(name: $0.key, count: $0.value) }
        summary.contigs = contigs.sorted { $0.key.compare($1.key, options: .numeric) == .orderedAscending }
            .map { .init(name: $0.key, count: $0.value) }
        summary.transitions = transitions
        summary.transversions = transversions
        return summary
    }

    private mutating func count(_ lines: ArraySlice<UInt8>) {
        for line in lines.split(separator: UInt8(ascii: "\n")) where line.first != UInt8(ascii: "#") {
            let fields = line.split(separator: UInt8(ascii: "\t"), maxSplits: 5, omittingEmptySubsequences: false)
            guard fields.count > 4 else { continue }
            records += 1
            contigs[String(decoding: fields[0], as: UTF8.self), default: 0] += 1
            for allele in fields[4].split(separator: UInt8(ascii: ",")) where allele != [UInt8(ascii: ".")] {
                count(reference: fields[3], alternate: allele)
            }
        }
    }

    private mutating func count(reference: ArraySlice<UInt8>, alternate: ArraySlice<UInt8>) {
        alleles += 1
        let isSequence = alternate.allSatisfy { ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z") }
        guard isSequence else { return types["symbolic", default: 0] += 1 }
        guard reference.count == alternate.count else {
            return types[reference.count < alternate.count ? "insertion" : "deletion", default: 0] += 1
        }
        guard let old = reference.first, let new = alternate.first, reference.count == 1 else {
            return types["MNV", default: 0] += 1
        }
        types["SNV", default: 0] += 1
        let pair = Set([old | 0x20, new | 0x20])
        let isTransition = pair == Set("ag".utf8) || pair == Set("ct".utf8)
        if isTransition { transitions += 1 } else { transversions += 1 }
    }
}
