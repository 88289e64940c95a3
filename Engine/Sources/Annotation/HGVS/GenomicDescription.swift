/// HGVSg: the description of a change on its contig, `g.`, or `m.` on a mitochondrion (https://hgvs-nomenclature.org, DNA:
/// substitution, deletion, insertion, duplication, inversion, deletion-insertion).
///
/// Bases that both alleles share are taken away, and a deletion or insertion is moved as far towards the contig's end as the
/// genome allows (the 3' rule). On a circular contig positions beyond the origin count from 1 again, but nothing is moved
/// across the origin.
struct GenomicDescription {
    private let contig: ContigView
    private let store: ReferenceStore
    /// The first of the replaced bases, or the base before which bases are inserted; 1-based.
    private var start: Int
    private let reference: UnsafeBufferPointer<UInt8>
    private let alternate: UnsafeBufferPointer<UInt8>
    /// By how many bases the change was moved: its bases are turned by as many.
    private var steps = 0

    /// nil if the alternate allele holds a base that is not known, or if the alleles are equal.
    init?(_ change: Change, on contig: ContigView, in store: ReferenceStore) {
        let index = BaseTables.shared.index
        for base in change.alternate where index[Int(base)] > 3 { return nil }
        self.contig = contig
        self.store = store
        let shortest = min(change.reference.count, change.alternate.count)
        var left = 0
        while left < shortest && change.reference[left] == change.alternate[left] { left += 1 }
        var right = 0
        while left + right < shortest
            && change.reference[change.reference.count - 1 - right]
                == change.alternate[change.alternate.count - 1 - right]
        { right += 1 }
        start = change.start + left
        reference = change.reference.slice(left, change.reference.count - right)
        alternate = change.alternate.slice(left, change.alternate.count - right)
        guard !(reference.isEmpty && alternate.isEmpty) else { return nil }
        if reference.isEmpty { shift(alternate, next: start) }
        if alternate.isEmpty { shift(reference, next: start + reference.count) }
    }

    /// Moves the bases that come or go towards the contig's end, `next` being the base behind them.
    private mutating func shift(_ bases: UnsafeBufferPointer<UInt8>, next: Int) {
        while next + steps <= contig.length && store.base(contig, next + steps) == bases[steps % bases.count] {
            steps += 1
        }
        start += steps
    }

    /// Appends `NAME:g.` or `NAME:m.` and the description.
    func write(name: UnsafeBufferPointer<UInt8>, isMitochondrion: Bool, to output: inout ByteBuffer) {
        output.append(name)
        output.append(isMitochondrion ? ":m." : ":g.")
        if reference.isEmpty { return writeInsertion(to: &output) }
        writeInterval(start, start + reference.count - 1, to: &output)
        if alternate.isEmpty { return output.append("del") }
        if reference.count == alternate.count {
            if reference.count == 1 {
                output.append(reference)
                output.append(UInt8(ascii: ">"))
                return output.append(alternate)
            }
            if isInversion { return output.append("inv") }
        }
        output.append("delins")
        output.append(alternate)
    }

    private var isInversion: Bool {
        let complement = BaseTables.shared.complement
        return reference.indices.allSatisfy {
            complement[Int(reference[$0])] == alternate[alternate.count - 1 - $0]
        }
    }

    /// A copy of the bases just before it is a duplication.
    private func writeInsertion(to output: inout ByteBuffer) {
        let count = alternate.count
        let from = start - count
        let isCopy =
            from >= 1
            && (0..<count).allSatisfy { store.base(contig, from + $0) == alternate[(steps + $0) % count] }
        if isCopy {
            writeInterval(from, start - 1, to: &output)
            return output.append("dup")
        }
        writeInterval(start - 1, start, to: &output)
        output.append("ins")
        for index in 0..<count { output.append(alternate[(steps + index) % count]) }
    }

    private func writeInterval(_ low: Int, _ high: Int, to output: inout ByteBuffer) {
        output.append(decimal: contig.wrapped(low))
        if low == high { return }
        output.append(UInt8(ascii: "_"))
        output.append(decimal: contig.wrapped(high))
    }
}
