/// An allele trimmed of the bases that reference and alternate share and shifted left as far as the sequence allows:
/// the one form in which a change is compared (Tan, Abecasis and Kang 2015, without the padding base).
struct NormalisedAllele {
    /// 1-based position of the first changed base; of the base after the insertion if nothing is deleted.
    var position: Int
    /// Upper-case bases, forward strand; empty for an insertion.
    var reference: UnsafeBufferPointer<UInt8>
    /// Upper-case bases, forward strand; empty for a deletion.
    var alternate: UnsafeBufferPointer<UInt8>

    /// `4 * reference + alternate` for a substitution of one known base; nil otherwise.
    var substitution: UInt32? {
        guard reference.count == 1 && alternate.count == 1 else { return nil }
        let index = BaseTables.shared.index
        let (from, to) = (index[Int(reference[0])], index[Int(alternate[0])])
        return from | to < 4 ? UInt32(from) * 4 + UInt32(to) : nil
    }

    /// Trims common bases, the last ones first, then the first ones.
    init(position: Int, reference: UnsafeBufferPointer<UInt8>, alternate: UnsafeBufferPointer<UInt8>) {
        var referenceCount = reference.count
        var alternateCount = alternate.count
        while referenceCount > 0 && alternateCount > 0
            && reference[referenceCount - 1] == alternate[alternateCount - 1]
        {
            referenceCount -= 1
            alternateCount -= 1
        }
        var skip = 0
        while skip < referenceCount && skip < alternateCount && reference[skip] == alternate[skip] { skip += 1 }
        self.position = position + skip
        self.reference = reference.slice(skip, referenceCount)
        self.alternate = alternate.slice(skip, alternateCount)
    }

    /// Shifts a pure insertion or deletion left, but not over unknown bases, which may run for millions. The rotated bases are kept in `scratch`.
    mutating func alignLeft(in store: ReferenceStore, contig: ContigView, scratch: inout ByteBuffer) {
        let isInsertion = reference.isEmpty
        guard isInsertion != alternate.isEmpty else { return }
        let bases = isInsertion ? alternate : reference
        let unknown = UInt8(ascii: "N")
        var shift = 0
        // Each step moves the last base to the front; after `shift` steps the last base is at count - 1 - shift.
        while position - shift > 1
            && store.base(contig, position - shift - 1) == bases[bases.count - 1 - shift % bases.count]
            && bases[bases.count - 1 - shift % bases.count] != unknown
        {
            shift += 1
        }
        if shift == 0 { return }
        scratch.removeAll()
        let turn = bases.count - shift % bases.count
        for index in 0..<bases.count { scratch.append(bases[(index + turn) % bases.count]) }
        position -= shift
        if isInsertion { alternate = scratch.bytes } else { reference = scratch.bytes }
    }
}
