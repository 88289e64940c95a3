/// Several changes of one haplotype as one: the coding sequence between the first and the last of them, before and after,
/// introns left out. It is judged and described by the same rules as any single change.
struct CombinedChange: ~Copyable {
    private var positions: [Int] = []
    private var reference = ByteBuffer(capacity: 256)
    private var alternate = ByteBuffer(capacity: 256)

    /// The combination of `changes`, which lie in the order of the genome and do not overlap; valid until the next one.
    mutating func combine(
        _ changes: some Collection<HaplotypeChange>, on transcript: Transcript, _ contig: ContigView,
        _ store: ReferenceStore
    ) -> Change? {
        positions.removeAll(keepingCapacity: true)
        reference.removeAll()
        alternate.removeAll()
        guard var position = changes.first?.from else { return nil }
        for change in changes {
            append(position, change.from, isKept: true, transcript, contig, store)
            append(change.from, change.to, isKept: false, transcript, contig, store)
            alternate.append(change.bases)
            position = change.to
        }
        return reference.isEmpty ? insertion(before: position) : trimmed()
    }

    /// A single insertion is all there is.
    private func insertion(before position: Int) -> Change {
        Change(
            start: position, end: position - 1, reference: reference.bytes, alternate: alternate.bytes)
    }

    /// Appends the exonic bases of `from..<to`.
    private mutating func append(
        _ from: Int, _ to: Int, isKept: Bool, _ transcript: Transcript, _ contig: ContigView, _ store: ReferenceStore
    ) {
        var index = transcript.exonIndex(endingAtOrAfter: from)
        while index < transcript.exonCount && Int(transcript.exons[index].start) < to {
            let exon = transcript.exons[index]
            for position in max(from, Int(exon.start))..<max(from, min(to, Int(exon.end) + 1)) {
                let base = store.base(contig, around: position)
                positions.append(position)
                reference.append(base)
                if isKept { alternate.append(base) }
            }
            index += 1
        }
    }

    /// Takes off what both sequences share, but for one base of the reference, which holds the place.
    private func trimmed() -> Change {
        let shortest = min(reference.count - 1, alternate.count)
        var left = 0
        while left < shortest && reference[left] == alternate[left] { left += 1 }
        var right = 0
        while left + right < shortest
            && reference[reference.count - 1 - right] == alternate[alternate.count - 1 - right]
        { right += 1 }
        return Change(
            start: positions[left], end: positions[reference.count - 1 - right],
            reference: reference.bytes.slice(left, reference.count - right),
            alternate: alternate.bytes.slice(left, alternate.count - right))
    }
}
