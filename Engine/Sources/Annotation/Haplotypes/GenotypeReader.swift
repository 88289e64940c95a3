import Foundation

/// An alternate allele on one haplotype of one sample.
struct Carrier {
    /// 0-based column among the samples.
    var sample: Int32
    /// Which of the sample's haplotypes, from 0 on.
    var copy: Int32
    /// Number of the ALT allele, from 1 on.
    var allele: Int32
    /// The phase set within which `copy` means the same haplotype.
    var set: Int

    /// Of homozygous and haploid genotypes, which lie on the haplotypes of every set.
    static let everySet = -2
    /// Phased genotypes without a phase set are all phased with each other.
    static let unnamedSet = -1
}

/// Reads who carries which allele on which haplotype from the sample columns (VCF 4.5, section 1.6.2: GT and PS).
struct GenotypeReader {
    private(set) var phased = 0
    private(set) var unphased = 0

    /// Adds the carriers of a line's alternate alleles; `start` is where FORMAT begins.
    mutating func read(_ line: UnsafeBufferPointer<UInt8>, from start: Int, into carriers: inout [Carrier]) {
        let formatEnd = end(line, start, 9)
        guard let genotype = index(of: "GT", in: line.slice(start, formatEnd)) else { return }
        let phaseSet = index(of: "PS", in: line.slice(start, formatEnd))
        var position = formatEnd + 1
        var sample: Int32 = 0
        while position <= line.count {
            let columnEnd = end(line, position, 9)
            let column = line.slice(position, columnEnd)
            if let text = value(genotype, of: column), text.contains(where: { (49...57).contains($0) }) {
                add(text, phaseSet.flatMap { value($0, of: column) }, sample, to: &carriers)
            }
            sample += 1
            position = columnEnd + 1
        }
    }

    private func end(_ text: UnsafeBufferPointer<UInt8>, _ from: Int, _ separator: Int32) -> Int {
        guard from < text.count, let place = memchr(text.baseAddress! + from, separator, text.count - from) else {
            return text.count
        }
        return UnsafeRawPointer(text.baseAddress!).distance(to: place)
    }

    private func index(of key: StaticString, in format: UnsafeBufferPointer<UInt8>) -> Int? {
        var position = 0
        var number = 0
        while position <= format.count {
            let keyEnd = end(format, position, 58)
            if format.slice(position, keyEnd).equals(key) { return number }
            position = keyEnd + 1
            number += 1
        }
        return nil
    }

    private func value(_ number: Int, of column: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        var position = 0
        for _ in 0..<number {
            position = end(column, position, 58) + 1
            if position > column.count { return nil }
        }
        return column.slice(position, end(column, position, 58))
    }

    /// Adds one genotype. It is phased if all its separators are `|`.
    private mutating func add(
        _ genotype: UnsafeBufferPointer<UInt8>, _ set: UnsafeBufferPointer<UInt8>?, _ sample: Int32,
        to carriers: inout [Carrier]
    ) {
        let first = carriers.count
        var copies: Int32 = 0
        var isPhased = true
        var lowest = Int32.max
        var highest: Int32 = -1
        var position = 0
        while position < genotype.count {
            let separators: (UInt8) -> Bool = { $0 == UInt8(ascii: "|") || $0 == UInt8(ascii: "/") }
            if separators(genotype[position]) {
                if genotype[position] == UInt8(ascii: "/") { isPhased = false }
                position += 1
                continue
            }
            var textEnd = position
            while textEnd < genotype.count && !separators(genotype[textEnd]) { textEnd += 1 }
            let allele = genotype.slice(position, textEnd).decimal.flatMap { Int32(exactly: $0) } ?? -1
            (lowest, highest) = (min(lowest, allele), max(highest, allele))
            if allele > 0 {
                carriers.append(
                    Carrier(sample: sample, copy: copies, allele: allele, set: Carrier.unnamedSet))
            }
            copies += 1
            position = textEnd
        }
        if carriers.count == first { return }
        let isSame = lowest == highest
        guard isPhased || isSame else {
            unphased += 1
            carriers.removeLast(carriers.count - first)
            return
        }
        phased += 1
        let place = isSame ? Carrier.everySet : GenotypeReader.phaseSet(set)
        for index in first..<carriers.count { carriers[index].set = place }
    }

    /// A number for a phase set: its own, or one made of its name.
    private static func phaseSet(_ text: UnsafeBufferPointer<UInt8>?) -> Int {
        guard let text, !text.isEmpty, !text.equals(".") else { return Carrier.unnamedSet }
        if let number = text.decimal { return number }
        return Int(text.reduce(5381) { ($0 &* 33 &+ UInt64($1)) } >> 1)
    }
}
