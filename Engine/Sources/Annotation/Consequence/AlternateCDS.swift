/// A transcript's translated sequence after an edit, continuing into the 3' UTR, without building it.
struct AlternateCDS {
    let transcript: Transcript
    /// 0-based, in the translated sequence.
    let start: Int
    let replaced: Int
    let bases: UnsafeBufferPointer<UInt8>

    /// The number of bases up to the transcript's end.
    var count: Int { transcript.codingAndTrailerLength - replaced + bases.count }

    @inline(__always)
    func base(_ position: Int) -> UInt8? {
        if position < start { return transcript.codingBase(position) }
        if position < start + bases.count { return bases[position - start] }
        return transcript.codingBase(position - bases.count + replaced)
    }

    /// The residue at a 1-based position; X if it is unknown or past the end.
    func residue(_ position: Int, code: UnsafePointer<UInt8>) -> UInt8 {
        let index = BaseTables.shared.index
        let at = position * 3 - 3
        guard let first = base(at), let second = base(at + 1), let third = base(at + 2) else {
            return UInt8(ascii: "X")
        }
        let (one, two, three) = (index[Int(first)], index[Int(second)], index[Int(third)])
        if one | two | three > 3 { return UInt8(ascii: "X") }
        return code[Int(one) << 4 | Int(two) << 2 | Int(three)]
    }

    /// The 1-based position of the first stop at or after `position`; nil if the sequence ends before one.
    func stop(from position: Int, code: UnsafePointer<UInt8>) -> Int? {
        var residue = position
        while residue * 3 <= count {
            if self.residue(residue, code: code) == UInt8(ascii: "*") { return residue }
            residue += 1
        }
        return nil
    }
}
