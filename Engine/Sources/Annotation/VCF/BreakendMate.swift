/// Where a breakend is joined to (VCF 4.3, section 5.4): `N[chr2:321682[`, or `]<assembly contig>:12]N`.
struct BreakendMate {
    let contig: UnsafeBufferPointer<UInt8>
    /// 1-based; 0 and the length plus one are telomeres.
    let position: Int

    /// Nil if the allele names no place in the genome: a single breakend, or a contig of an assembly file.
    init?(_ allele: UnsafeBufferPointer<UInt8>) {
        let brackets: [UInt8] = [UInt8(ascii: "["), UInt8(ascii: "]")]
        guard let open = allele.firstIndex(where: brackets.contains),
            let close = allele.lastIndex(where: brackets.contains), close > open
        else { return nil }
        let place = allele.slice(open + 1, close)
        guard let colon = place.lastIndex(of: UInt8(ascii: ":")),
            let position = place.slice(colon + 1, place.count).decimal,
            colon > 0, place[0] != UInt8(ascii: "<")
        else { return nil }
        contig = place.slice(0, colon)
        self.position = position
    }
}
