import Foundation

/// The codons that a change touches, before and after, and the residues they stand for, in buffers reused from change
/// to change.
///
/// The window is the reference codons from the first to the last one touched; the alternate one is as much longer or
/// shorter as the change makes it, so that the window of a frameshift ends in a partial codon, which is written X.
struct CodingChange: ~Copyable {
    var referenceCodons = ByteBuffer(capacity: 64)
    var alternateCodons = ByteBuffer(capacity: 64)
    var referencePeptide = ByteBuffer(capacity: 32)
    var alternatePeptide = ByteBuffer(capacity: 32)
    /// The alternate bases in the transcript's direction.
    var bases = ByteBuffer(capacity: 64)
    /// Both windows exist: both ends of the change are translated and the alternate allele is sequence.
    private(set) var hasCodons = false
    /// Both peptides exist: the alternate allele holds no ambiguous base either.
    private(set) var hasPeptides = false
    /// The alternate allele holds A, C, G and T only.
    private(set) var isUnambiguous = false
    /// Offset of the change in the reference window, 0-based.
    private(set) var offsetInCodon = 0

    /// Fills the buffers for a change at a place.
    mutating func set(_ change: Change, at place: TranscriptPlace, on transcript: Transcript) {
        hasCodons = false
        hasPeptides = false
        isUnambiguous = orient(change.alternate, isForward: transcript.isForward)
        guard place.isTranslated else { return }
        repeatWhatIsReadTwice(change, place, transcript)
        hasCodons = true
        referenceCodons.removeAll()
        alternateCodons.removeAll()
        let from = place.proteinStart * 3 - 3
        let length = place.proteinEnd * 3 - from
        let replaced = place.cdsEnd - place.cdsStart + 1
        offsetInCodon = place.cdsStart - 1 - from
        let limit = transcript.codingLength
        var position = from
        while position < from + length && position < limit {
            referenceCodons.append(transcript.codingBase(position) ?? UInt8(ascii: "N"))
            position += 1
        }
        appendAlternate(from: from, length: length + bases.count - replaced, place: place, transcript: transcript)
        guard isUnambiguous else { return }
        hasPeptides = true
        let code = GeneticCodes.shared.table(Int(transcript.record.pointee.geneticCode))
        CodingChange.translate(referenceCodons.bytes, code: code, into: &referencePeptide)
        CodingChange.translate(alternateCodons.bytes, code: code, into: &alternatePeptide)
    }

    /// Copies the bases in the transcript's direction; false if one of them is ambiguous.
    private mutating func orient(_ alternate: UnsafeBufferPointer<UInt8>, isForward: Bool) -> Bool {
        bases.removeAll()
        let tables = BaseTables.shared
        var worst: UInt8 = 0
        if isForward {
            for base in alternate {
                worst = max(worst, tables.index[Int(base)])
                bases.append(base)
            }
        } else {
            for base in alternate.reversed() {
                worst = max(worst, tables.index[Int(base)])
                bases.append(tables.complement[Int(base)])
            }
        }
        return worst < 4
    }

    /// Where the ribosome slips back, the coding sequence holds a base of the genome twice (NCBI's `exception=ribosomal
    /// slippage`), and a substitution there changes both.
    private mutating func repeatWhatIsReadTwice(_ change: Change, _ place: TranscriptPlace, _ transcript: Transcript) {
        let twice = place.cdsEnd - place.cdsStart + 1 - bases.count
        guard twice > 0, change.reference.count == change.alternate.count, place.lastExon == place.firstExon + 1 else {
            return
        }
        let before =
            transcript.isForward
            ? Int(transcript.exons[place.firstExon].end) - change.start + 1
            : change.end - Int(transcript.exons[place.lastExon].start) + 1
        guard before >= twice, before <= bases.count else { return }
        let again = Array(bases.bytes[(before - twice)...])
        bases.truncate(to: before)
        for base in again { bases.append(base) }
    }

    /// A change that keeps the length never reaches past the CDS; one that does not draws bases from the 3' UTR.
    private mutating func appendAlternate(from: Int, length: Int, place: TranscriptPlace, transcript: Transcript) {
        let start = place.cdsStart - 1
        let replaced = place.cdsEnd - start
        let limit = bases.count == replaced ? transcript.codingLength : transcript.codingAndTrailerLength
        var position = from
        while position < start && position < from + length {
            alternateCodons.append(transcript.codingBase(position) ?? UInt8(ascii: "N"))
            position += 1
        }
        let room = from + length - position
        if room <= 0 { return }
        let inserted = min(room, bases.count)
        alternateCodons.append(bases.base, inserted)
        var source = start + replaced
        for _ in 0..<(room - inserted) {
            guard source < limit, let base = transcript.codingBase(source) else { break }
            alternateCodons.append(base)
            source += 1
        }
    }

    /// Translates whole codons; a partial one at the end becomes X, unless the whole ones are just a stop.
    static func translate(
        _ codons: UnsafeBufferPointer<UInt8>,
        code: UnsafePointer<UInt8>,
        into peptide: inout ByteBuffer
    ) {
        peptide.removeAll()
        let index = BaseTables.shared.index
        var position = 0
        while position + 3 <= codons.count {
            let one = index[Int(codons[position])]
            let two = index[Int(codons[position + 1])]
            let three = index[Int(codons[position + 2])]
            let isKnown = one | two | three < 4
            peptide.append(isKnown ? code[Int(one) << 4 | Int(two) << 2 | Int(three)] : UInt8(ascii: "X"))
            position += 3
        }
        let isStop = peptide.count == 1 && peptide[0] == UInt8(ascii: "*")
        if position < codons.count && !isStop { peptide.append(UInt8(ascii: "X")) }
    }
}
