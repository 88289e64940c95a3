/// An alternate allele that VCF gives no sequence for (VCF 4.5, sections 1.4.5, 5.4 and 5.5): what it does, and where.
struct StructuralChange {
    /// The classes of the Sequence Ontology that Ensembl VEP takes symbolic alleles for.
    enum Kind: UInt8, CaseIterable {
        case deletion
        case mobileElementDeletion
        case duplication
        case tandemDuplication
        case insertion
        case mobileElementInsertion
        case inversion
        case copyNumberVariation
        case breakpoint

        /// The name, which CSQ gives as the allele.
        var term: StaticString {
            switch self {
            case .deletion: "deletion"
            case .mobileElementDeletion: "mobile_element_deletion"
            case .duplication: "duplication"
            case .tandemDuplication: "tandem_duplication"
            case .insertion: "insertion"
            case .mobileElementInsertion: "mobile_element_insertion"
            case .inversion: "inversion"
            case .copyNumberVariation: "copy_number_variation"
            case .breakpoint: "chromosome_breakpoint"
            }
        }

        var isDeletion: Bool { self == .deletion || self == .mobileElementDeletion }
        var isDuplication: Bool { self == .duplication || self == .tandemDuplication }
        var isInsertion: Bool { self == .insertion || self == .mobileElementInsertion }
    }

    let kind: Kind
    /// Without sequence; an insertion stands between its end and its start, a breakpoint has one base.
    let change: Change

    /// Why an allele has no place.
    enum Failure: Error {
        /// Nothing that is known here, such as `<*>` or `<NON_REF>`.
        case notStructural
        /// There is no END and no SVLEN that could be read.
        case noEnd
        /// END lies before POS, and there is no SVLEN.
        case endBeforeStart
        /// The allele ends beyond its contig.
        case endOutsideContig
        /// The allele has more bases than are annotated.
        case tooLong
    }

    /// What INFO says of the alleles of a record.
    struct Info {
        var type: UnsafeBufferPointer<UInt8>?
        var end: Int?
        /// SVLEN: one for each allele, or one for all.
        var lengths: UnsafeBufferPointer<UInt8>?
    }

    /// - Parameters:
    ///   - symbol: the alternate allele as it stands in ALT.
    ///   - length: the allele's own SVLEN.
    ///   - isOnly: whether ALT holds no other allele.
    ///   - position: POS.
    init(
        _ symbol: UnsafeBufferPointer<UInt8>, length: Int?, isOnly: Bool, position: Int, info: Info
    ) throws(Failure) {
        guard let kind = Kind(symbol) ?? Kind(symbol, type: info.type) else {
            throw .notStructural
        }
        self.kind = kind
        let nothing = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        func place(_ start: Int, _ end: Int) -> Change {
            Change(start: start, end: end, reference: nothing, alternate: nothing)
        }
        if kind == .breakpoint {
            change = place(position, position)
        } else if kind.isInsertion {
            // The base before it is at POS; how long it is does not matter to the reference.
            change = place(position + 1, position)
        } else {
            // END is the furthest of all alleles; where each has a length of its own, that counts.
            if let length, length > 0, !isOnly || info.end == nil {
                change = place(position + 1, position + length)
            } else if let end = info.end {
                guard end > position else { throw .endBeforeStart }
                change = place(position + 1, end)
            } else {
                throw .noEnd
            }
        }
    }
}

extension StructuralChange.Kind {
    /// Breakend notation or a symbol: `<DEL>`, `<DEL:ME:ALU>`, `<DUP:TANDEM>`, `<INS:ME>`, `<INV>`, `<CNV>`, `<CNV:TR>`,
    /// `<CN0>`; nil of anything else.
    init?(_ symbol: UnsafeBufferPointer<UInt8>) {
        guard symbol.first == UInt8(ascii: "<"), symbol.last == UInt8(ascii: ">"), symbol.count > 2 else {
            guard symbol.count > 1 else { return nil }
            self = .breakpoint
            return
        }
        self.init(name: symbol.slice(1, symbol.count - 1))
    }

    /// A symbol that is not known itself, by INFO's SVTYPE; not one that stands for any other allele.
    init?(_ symbol: UnsafeBufferPointer<UInt8>, type: UnsafeBufferPointer<UInt8>?) {
        guard let type, !symbol.equals("<*>"), !symbol.equals("<NON_REF>") else { return nil }
        self.init(name: type)
    }

    private init?(name: UnsafeBufferPointer<UInt8>) {
        func isOf(_ word: StaticString) -> Bool {
            name.equals(word) || (name.hasPrefix(word) && name[word.utf8CodeUnitCount] == UInt8(ascii: ":"))
        }
        if isOf("DEL") {
            self = name.hasPrefix("DEL:ME") ? .mobileElementDeletion : .deletion
        } else if isOf("INS") {
            self = name.hasPrefix("INS:ME") ? .mobileElementInsertion : .insertion
        } else if isOf("DUP") {
            self = name.hasPrefix("DUP:TANDEM") ? .tandemDuplication : .duplication
        } else if isOf("INV") {
            self = .inversion
        } else if isOf("CNV") {
            self = name.hasPrefix("CNV:TR") ? .tandemDuplication : .copyNumberVariation
        } else if isOf("BND") {
            self = .breakpoint
        } else if name.hasPrefix("CN"), let copies = name.slice(2, name.count).decimal {
            // 1000 Genomes: the number of copies, of which the reference has one.
            self = copies == 0 ? .deletion : copies == 2 ? .duplication : .copyNumberVariation
        } else {
            return nil
        }
    }
}

extension StructuralChange.Info {
    init(_ info: UnsafeBufferPointer<UInt8>) {
        func value(_ pair: UnsafeBufferPointer<UInt8>, of key: StaticString) -> UnsafeBufferPointer<UInt8>? {
            let length = key.utf8CodeUnitCount
            guard pair.hasPrefix(key), pair.count > length + 1, pair[length] == UInt8(ascii: "=") else { return nil }
            return pair.slice(length + 1, pair.count)
        }
        for part in info.split(separator: UInt8(ascii: ";")) {
            let pair = UnsafeBufferPointer(rebasing: part)
            type = type ?? value(pair, of: "SVTYPE")
            end = end ?? value(pair, of: "END")?.decimal
            lengths = lengths ?? value(pair, of: "SVLEN")
        }
    }
}

extension UnsafeBufferPointer where Element == UInt8 {
    /// A whole number without its sign; nil if the text is none.
    var magnitude: Int? { first == UInt8(ascii: "-") ? slice(1, count).decimal : decimal }
}
