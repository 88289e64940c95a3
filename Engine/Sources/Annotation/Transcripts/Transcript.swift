/// A transcript of an opened reference: pointers into its mapped tables. Valid as long as the reference is open.
struct Transcript {
    let record: UnsafePointer<TranscriptRecord>
    let exons: UnsafePointer<ExonRecord>
    let spliced: UnsafePointer<UInt8>
    let mature: UnsafePointer<IntervalRecord>

    var start: Int { Int(record.pointee.start) }
    var end: Int { Int(record.pointee.end) }
    var isForward: Bool { record.pointee.strand > 0 }
    var exonCount: Int { Int(record.pointee.exonCount) }
    var isCoding: Bool { record.pointee.codingStart > 0 }
    var codingStart: Int { Int(record.pointee.codingStart) }
    var codingEnd: Int { Int(record.pointee.codingEnd) }
    var genomicCodingStart: Int { Int(record.pointee.genomicCodingStart) }
    var genomicCodingEnd: Int { Int(record.pointee.genomicCodingEnd) }
    var phase: Int { Int(record.pointee.startPhase) }
    var tailBases: Int { Int(record.pointee.tailBases) }
    var cdnaLength: Int { Int(record.pointee.cdnaLength) }
    func has(_ flag: Int32) -> Bool { record.pointee.flags & flag != 0 }

    /// Bases that are translated, whole codons and a partial last one, the phase's unknown bases and the tail included.
    var codingLength: Int { codingEnd - codingStart + 1 + phase + tailBases }

    /// The number of residues before the stop codon, or of all residues if the CDS does not end in one.
    func proteinLength(code: UnsafePointer<UInt8>) -> Int {
        let residues = codingLength / 3
        return residues > 0 && residue(residues, code: code) == UInt8(ascii: "*") ? residues - 1 : residues
    }

    /// The base at a 0-based position of the translated sequence, which continues into the 3' UTR; nil past its end.
    @inline(__always)
    func codingBase(_ position: Int) -> UInt8? {
        if position < phase { return position < 0 ? nil : UInt8(ascii: "N") }
        let index = codingStart - 1 + position - phase
        return index < cdnaLength + tailBases ? spliced[index] : nil
    }

    /// The length of ``codingBase(_:)``'s sequence: CDS and 3' UTR.
    var codingAndTrailerLength: Int { phase + cdnaLength + tailBases - codingStart + 1 }

    /// The residue of the reference protein at a 1-based position; X if it holds an unknown base.
    func residue(_ position: Int, code: UnsafePointer<UInt8>) -> UInt8 {
        let index = BaseTables.shared.index
        let at = position * 3 - 3
        guard let first = codingBase(at), let second = codingBase(at + 1), let third = codingBase(at + 2) else {
            return UInt8(ascii: "X")
        }
        let (one, two, three) = (index[Int(first)], index[Int(second)], index[Int(third)])
        if one | two | three > 3 { return UInt8(ascii: "X") }
        return code[Int(one) << 4 | Int(two) << 2 | Int(three)]
    }

    /// The index of the first exon, in genomic order, that ends at or after `position`; `exonCount` if none does.
    @inline(__always)
    func exonIndex(endingAtOrAfter position: Int) -> Int {
        var low = 0
        var high = exonCount
        while low < high {
            let middle = (low + high) >> 1
            if Int(exons[middle].end) < position { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The cDNA position of a genomic position; nil outside exons.
    @inline(__always)
    func cdna(_ position: Int) -> Int? {
        let index = exonIndex(endingAtOrAfter: position)
        guard index < exonCount, Int(exons[index].start) <= position else { return nil }
        return cdna(position, inExon: index)
    }

    @inline(__always)
    func cdna(_ position: Int, inExon index: Int) -> Int {
        let exon = exons[index]
        return Int(exon.cdnaStart) + (isForward ? position - Int(exon.start) : Int(exon.end) - position)
    }

    /// The number of an exon, counted 5' to 3' from 1.
    func exonNumber(_ index: Int) -> Int { isForward ? index + 1 : exonCount - index }
    /// The number of the intron after exon `index` in genomic order, counted 5' to 3' from 1.
    func intronNumber(_ index: Int) -> Int { isForward ? index + 1 : exonCount - 1 - index }
}
