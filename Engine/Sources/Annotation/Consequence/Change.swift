/// One alternate allele as Ensembl describes it: the changed interval on the genome and the two sequences.
///
/// An insertion has `start == end + 1`: it stands between `end` and `start`. As VEP does by default, indels lose the one
/// base that all alleles of a record share in front, and nothing else is trimmed.
struct Change {
    /// 1-based, closed.
    var start: Int
    var end: Int
    /// Upper-case letters of the forward strand.
    var reference: UnsafeBufferPointer<UInt8>
    var alternate: UnsafeBufferPointer<UInt8>

    var isInsertion: Bool { start == end + 1 }
    var low: Int { min(start, end) }
    var high: Int { max(start, end) }

    /// The same change a turn of a circle further, or back.
    func moved(by distance: Int) -> Change {
        Change(start: start + distance, end: end + distance, reference: reference, alternate: alternate)
    }

    @inline(__always)
    func overlaps(_ from: Int, _ to: Int) -> Bool { end >= from && start <= to }
    @inline(__always)
    func spanOverlaps(_ from: Int, _ to: Int) -> Bool { high >= from && low <= to }
}
