/// The bases of a change of one base into another, as HGVS writes them on either strand: `A>G`.
struct Substitution {
    private let forward: (UInt8, UInt8)
    private let reverse: (UInt8, UInt8)

    /// nil if the change is another, or its new base is not known.
    @inline(__always)
    init?(_ change: Change) {
        guard change.reference.count == 1 && change.alternate.count == 1 else { return nil }
        let tables = BaseTables.shared
        forward = (change.reference[0], change.alternate[0])
        guard forward.0 != forward.1 && tables.index[Int(forward.1)] < 4 else { return nil }
        reverse = (tables.complement[Int(forward.0)], tables.complement[Int(forward.1)])
    }

    @inline(__always)
    func write(isForward: Bool, to output: inout ByteBuffer) {
        let (reference, alternate) = isForward ? forward : reverse
        output.append(reference)
        output.append(UInt8(ascii: ">"))
        output.append(alternate)
    }
}
