/// HGVSc: the description of a change on a transcript's own coordinates (https://hgvs-nomenclature.org, versions 20 and
/// later; DNA: substitution, deletion, insertion, duplication, inversion, deletion-insertion).
///
/// Insertions and deletions are first moved as far 3' as the genome allows (the 3' rule), as Ensembl does: across the
/// border of exon and intron too, up to the end of the transcript.
struct CodingDescription {
    /// The change after trimming and shifting, on the forward strand; its alternate bases lie in the scratch buffer.
    private(set) var shifted: Change
    /// The change after trimming only.
    let given: Change
    private let transcript: Transcript
    /// Not counted: whoever annotates holds it.
    private unowned(unsafe) let store: ReferenceStore
    private let contig: ContigView

    /// nil if the change holds ambiguous bases or, trimmed, does not lie within the transcript.
    init?(
        _ change: Change,
        on transcript: Transcript,
        of contig: ContigView,
        in store: ReferenceStore,
        scratch: inout ByteBuffer
    ) {
        given = CodingDescription.trimmed(change, isForward: transcript.isForward)
        guard given.low >= transcript.start, given.high <= transcript.end else { return nil }
        let index = BaseTables.shared.index
        for base in change.alternate where index[Int(base)] > 3 { return nil }
        self.transcript = transcript
        self.store = store
        self.contig = contig
        shifted = given
        let isInsertion = shifted.isInsertion
        if isInsertion && shifted.alternate.isEmpty { return nil }
        if isInsertion || shifted.alternate.isEmpty { shift(isInsertion: isInsertion, scratch: &scratch) }
    }

    /// Takes away the bases that both alleles share: first at the transcript's 5' side, then at its 3' side.
    private static func trimmed(_ change: Change, isForward: Bool) -> Change {
        var left = 0
        var right = 0
        let shortest = min(change.reference.count, change.alternate.count)
        func trimLeft() {
            while left + right < shortest && change.reference[left] == change.alternate[left] { left += 1 }
        }
        func trimRight() {
            while left + right < shortest
                && change.reference[change.reference.count - 1 - right]
                    == change.alternate[change.alternate.count - 1 - right]
            { right += 1 }
        }
        if isForward {
            trimLeft()
            trimRight()
        } else {
            trimRight()
            trimLeft()
        }
        return Change(
            start: change.start + left,
            end: change.end - right,
            reference: change.reference.slice(left, change.reference.count - right),
            alternate: change.alternate.slice(left, change.alternate.count - right)
        )
    }

    private mutating func shift(isInsertion: Bool, scratch: inout ByteBuffer) {
        let bases = isInsertion ? shifted.alternate : shifted.reference
        let count = bases.count
        var steps = 0
        if transcript.isForward {
            var next = isInsertion ? shifted.start : shifted.end + 1
            while next <= transcript.end && store.base(contig, next) == bases[steps % count] {
                steps += 1
                next += 1
            }
        } else {
            var next = isInsertion ? shifted.end : shifted.start - 1
            while next >= transcript.start && store.base(contig, next) == bases[count - 1 - steps % count] {
                steps += 1
                next -= 1
            }
        }
        move(by: steps, scratch: &scratch)
        // Behind the last base only a copy of the transcript's end can be described; any other insertion must keep a base
        // of the transcript on both sides.
        if isBehindEnd && !isCopy {
            shifted = given
            move(by: steps - 1, scratch: &scratch)
        }
    }

    /// An insertion that the 3' rule moves behind the transcript's last base.
    var isBehindEnd: Bool {
        guard shifted.isInsertion else { return false }
        return transcript.isForward ? shifted.end == transcript.end : shifted.start == transcript.start
    }

    /// Moves the change 3' by `steps` bases, turning its bases accordingly.
    private mutating func move(by steps: Int, scratch: inout ByteBuffer) {
        if steps == 0 { return }
        let isInsertion = shifted.isInsertion
        let bases = isInsertion ? shifted.alternate : shifted.reference
        let count = bases.count
        let turn = transcript.isForward ? steps % count : count - steps % count
        scratch.removeAll()
        for index in 0..<count { scratch.append(bases[(index + turn) % count]) }
        let distance = transcript.isForward ? steps : -steps
        shifted.start += distance
        shifted.end += distance
        if isInsertion { shifted.alternate = scratch.bytes } else { shifted.reference = scratch.bytes }
    }

    /// Appends `NAME:c.` or `NAME:n.` and the description.
    func write(name: UnsafeBufferPointer<UInt8>, to output: inout ByteBuffer) {
        output.append(name)
        output.append(transcript.isCoding ? ":c." : ":n.")
        let reference = shifted.reference
        let alternate = shifted.alternate
        if shifted.isInsertion { return writeInsertion(to: &output) }
        if reference.count == 1 && alternate.count == 1 {
            writePosition(shifted.start, to: &output)
            write(reference, to: &output)
            output.append(UInt8(ascii: ">"))
            return write(alternate, to: &output)
        }
        writeInterval(shifted.start, shifted.end, to: &output)
        if alternate.isEmpty { return output.append("del") }
        if isInversion { return output.append("inv") }
        output.append("delins")
        write(alternate, to: &output)
    }

    private var isInversion: Bool {
        let reference = shifted.reference
        let alternate = shifted.alternate
        guard reference.count == alternate.count && reference.count > 1 else { return false }
        let complement = BaseTables.shared.complement
        for index in 0..<reference.count
        where complement[Int(reference[index])] != alternate[alternate.count - 1 - index] { return false }
        return true
    }

    /// Of an insertion: the first of as many bases as it inserts, just before it (5').
    private var copied: Int { transcript.isForward ? shifted.start - shifted.alternate.count : shifted.start }

    /// Whether an insertion repeats the bases just before it (5').
    private var isCopy: Bool {
        let from = copied
        let count = shifted.alternate.count
        var isCopy = from >= transcript.start && from + count - 1 <= transcript.end
        var index = 0
        while isCopy && index < count {
            isCopy = store.base(contig, from + index) == shifted.alternate[index]
            index += 1
        }
        return isCopy
    }

    /// A copy of the bases just before it (5') is a duplication.
    private func writeInsertion(to output: inout ByteBuffer) {
        if isCopy {
            writeInterval(copied, copied + shifted.alternate.count - 1, to: &output)
            return output.append("dup")
        }
        writeInterval(shifted.end, shifted.start, to: &output)
        output.append("ins")
        write(shifted.alternate, to: &output)
    }

    private func write(_ bases: UnsafeBufferPointer<UInt8>, to output: inout ByteBuffer) {
        if transcript.isForward { return output.append(bases) }
        let complement = BaseTables.shared.complement
        for base in bases.reversed() { output.append(complement[Int(base)]) }
    }

    private func writeInterval(_ low: Int, _ high: Int, to output: inout ByteBuffer) {
        writePosition(transcript.isForward ? low : high, to: &output)
        if low == high { return }
        output.append(UInt8(ascii: "_"))
        writePosition(transcript.isForward ? high : low, to: &output)
    }

    /// A position in the transcript: `76` in the CDS, `-14` before it, `*23` after it; in an intron the nearest exonic
    /// base and the distance from it, `87+3` or `88-12`, the 5' base if both are equally near.
    private func writePosition(_ position: Int, to output: inout ByteBuffer) {
        let index = transcript.exonIndex(endingAtOrAfter: position)
        if index < transcript.exonCount && Int(transcript.exons[index].start) <= position {
            // In a CDS that is incomplete at its 5' end Ensembl counts the missing bases of the first codon, but not in
            // positions that are given from an intron.
            return writeAnchor(transcript.cdna(position, inExon: index), phase: transcript.phase, to: &output)
        }
        guard index > 0 && index < transcript.exonCount else { return output.append(UInt8(ascii: "?")) }
        let left = Int(transcript.exons[index - 1].end)
        let right = Int(transcript.exons[index].start)
        let fromLeft = position - left
        let fromRight = right - position
        let useLeft = fromLeft < fromRight || (fromLeft == fromRight && transcript.isForward)
        let exon = useLeft ? index - 1 : index
        writeAnchor(transcript.cdna(useLeft ? left : right, inExon: exon), phase: 0, to: &output)
        output.append(useLeft == transcript.isForward ? "+" : "-")
        output.append(decimal: useLeft ? fromLeft : fromRight)
    }

    private func writeAnchor(_ cdna: Int, phase: Int, to output: inout ByteBuffer) {
        guard transcript.isCoding else { return output.append(decimal: cdna) }
        if cdna > transcript.codingEnd {
            output.append(UInt8(ascii: "*"))
            output.append(decimal: cdna - transcript.codingEnd)
        } else if cdna >= transcript.codingStart {
            output.append(decimal: cdna - transcript.codingStart + 1 + phase)
        } else {
            output.append(decimal: cdna - transcript.codingStart)
        }
    }
}
