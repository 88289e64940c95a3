/// The same change in several records of a source, as dbSNP has identifiers that were not merged yet.
extension KnownCompiler {
    private enum Change: Hashable {
        case substitution(UInt32)
        case sequence(ArraySlice<UInt8>)
    }

    /// Of alleles in the order of their places those that are the first of their change; they are given the identifiers of
    /// the others, `rs1&rs2`, and the values that they lack.
    mutating func joiningRepeats(_ order: [Int32]) -> [Int32] {
        var kept: [Int32] = []
        kept.reserveCapacity(order.count)
        var begin = 0
        while begin < order.count {
            var end = begin + 1
            while end < order.count && isSamePlace(order[end], order[begin]) { end += 1 }
            if end == begin + 1 {
                kept.append(order[begin])
            } else {
                var firsts: [Change: Int32] = [:]
                for allele in order[begin..<end] {
                    if let first = firsts[change(allele)] {
                        join(allele, to: first)
                    } else {
                        firsts[change(allele)] = allele
                        kept.append(allele)
                    }
                }
            }
            begin = end
        }
        return kept
    }

    private func isSamePlace(_ left: Int32, _ right: Int32) -> Bool {
        contigs[Int(left)] == contigs[Int(right)]
            && unsortedKeys[Int(left)].position == unsortedKeys[Int(right)].position
    }

    private func change(_ allele: Int32) -> Change {
        let code = unsortedKeys[Int(allele)].allele
        if code & KnownKey.inPool == 0 { return .substitution(code) }
        let place = Int(code & ~KnownKey.inPool)
        return .sequence(pool[place..<place + 4 + length(at: place) + length(at: place + 2)])
    }

    private mutating func join(_ allele: Int32, to first: Int32) {
        for column in columns.indices where unsortedValues[Int(first) * columns.count + column] == 0 {
            unsortedValues[Int(first) * columns.count + column] =
                unsortedValues[Int(allele) * columns.count + column]
        }
        let (own, other) = (text(unsortedKeys[Int(first)].identifier), text(unsortedKeys[Int(allele)].identifier))
        if other.isEmpty || own.split(separator: UInt8(ascii: "&")).contains(other) { return }
        let joined = own.isEmpty ? other : own + [UInt8(ascii: "&")] + other
        if joined.count <= KnownCompiler.longestText { unsortedKeys[Int(first)].identifier = append(Array(joined)) }
    }

    private func text(_ place: UInt32) -> ArraySlice<UInt8> {
        if place == 0 { return [] }
        let start = Int(place) + 2
        return pool[start..<start + length(at: Int(place))]
    }

    private func length(at place: Int) -> Int { Int(pool[place]) | Int(pool[place + 1]) << 8 }
}
