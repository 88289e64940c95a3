/// Bases as four-bit sets of A, C, G and T (the code of the SAM specification, section 4.2.4), which keeps every
/// IUPAC letter exactly.
enum Base {
    /// Letter to code; 0 for what is no base.
    static let codes: [UInt8] = {
        var table = [UInt8](repeating: 0, count: 256)
        for (code, letter) in letters.enumerated() where code > 0 {
            table[Int(letter)] = UInt8(code)
            table[Int(letter) | 0x20] = UInt8(code)
        }
        table[Int(UInt8(ascii: "U"))] = 8
        table[Int(UInt8(ascii: "u"))] = 8
        return table
    }()

    /// Code to upper-case letter.
    static let letters: [UInt8] = Array("=ACMGRSVTWYHKDBN".utf8)

    /// Upper-case complement of a letter; N for what is no base.
    static let complements: [UInt8] = {
        var table = [UInt8](repeating: UInt8(ascii: "N"), count: 256)
        for (from, to) in zip("ACGTUMRWSYKVHDBN".utf8, "TGCAAKYWSRMBDHVN".utf8) {
            table[Int(from)] = to
            table[Int(from) | 0x20] = to
        }
        return table
    }()

    /// 0...3 for A C G T in either case, 4 for anything else.
    static let indices: [UInt8] = {
        var table = [UInt8](repeating: 4, count: 256)
        for (index, letter) in "ACGT".utf8.enumerated() {
            table[Int(letter)] = UInt8(index)
            table[Int(letter) | 0x20] = UInt8(index)
        }
        return table
    }()
}

/// Lookup tables at fixed addresses, made once: reading them in the hot loop costs one load and no bounds check.
struct BaseTables: @unchecked Sendable {
    static let shared = BaseTables()
    let code: UnsafePointer<UInt8>
    let complement: UnsafePointer<UInt8>
    let index: UnsafePointer<UInt8>
    let letter: UnsafePointer<UInt8>

    private init() {
        func fixed(_ table: [UInt8]) -> UnsafePointer<UInt8> {
            let place = UnsafeMutablePointer<UInt8>.allocate(capacity: table.count)
            place.initialize(from: table, count: table.count)
            return UnsafePointer(place)
        }
        code = fixed(Base.codes)
        complement = fixed(Base.complements)
        index = fixed(Base.indices)
        letter = fixed(Base.letters)
    }
}
