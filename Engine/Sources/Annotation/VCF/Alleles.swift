import Foundation

/// The alleles of the record at hand, upper case, in one buffer reused from record to record.
struct Alleles: ~Copyable {
    /// One alternate allele.
    struct Alternate: BitwiseCopyable {
        var type: VariantType
        /// In the buffer; only for sequence alleles.
        var start = 0
        var count = 0
        var isSequence: Bool { type.rawValue <= VariantType.indel.rawValue }
    }

    private var buffer = ByteBuffer(capacity: 1 << 10)
    private(set) var referenceCount = 0
    private(set) var alternates = List<Alternate>()
    /// Bases that VEP takes off the front of all alleles: 1 if their lengths differ and all begin alike.
    private(set) var anchor = 0
    /// Whether an alternate allele is a symbol or a breakend.
    private(set) var hasSymbols = false
    /// Whether an alternate allele holds a letter other than N that stands for several bases.
    private(set) var isAmbiguous = false

    var reference: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: buffer.base, count: referenceCount) }

    func alternate(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: buffer.base + alternates[index].start, count: alternates[index].count)
    }

    /// The change that an alternate allele makes, as VEP sees it.
    func change(_ index: Int, position: Int) -> Change {
        let bases = alternate(index)
        return Change(
            start: position + anchor,
            end: position + referenceCount - 1,
            reference: reference.slice(anchor, referenceCount),
            alternate: bases.slice(anchor, bases.count)
        )
    }

    /// Reads REF and ALT of a record; throws if they hold letters that are no bases.
    mutating func read(
        _ fields: RecordFields,
        isVersion3: Bool,
        limits: Limits,
        lineNumber: Int
    ) throws(AnnotationError) {
        buffer.removeAll()
        alternates.removeAll()
        hasSymbols = false
        isAmbiguous = false
        let ref = fields.refText
        let alt = fields.altText
        guard ref.count <= limits.alleleLength else { throw Alleles.tooLong(limits, line: lineNumber, column: 4) }
        // Version 3's D12 stands for twelve bases; its bases are not needed, only its length.
        buffer.reserve(ref.count + alt.count + 64)
        try appendBases(ref, column: 4, lineNumber)
        referenceCount = buffer.count
        guard referenceCount > 0 else {
            throw AnnotationError(.badAllele, "REF is empty.", line: lineNumber, column: 4)
        }
        var position = 0
        while position <= alt.count {
            let comma = memchr(alt.baseAddress! + position, 44, alt.count - position)
            let end = comma.map { UnsafeRawPointer(alt.baseAddress!).distance(to: $0) } ?? alt.count
            guard end - position <= limits.alleleLength else {
                throw Alleles.tooLong(limits, line: lineNumber, column: 5)
            }
            try add(alt.slice(position, end), isVersion3: isVersion3, lineNumber)
            position = end + 1
            if alternates.count > limits.alternateAlleles {
                throw AnnotationError(
                    .limitExceeded,
                    "This record has more than \(limits.alternateAlleles) alternate alleles.",
                    line: lineNumber,
                    column: 5
                )
            }
        }
        findAnchor()
    }

    private static func tooLong(_ limits: Limits, line: Int, column: Int) -> AnnotationError {
        AnnotationError(
            .limitExceeded,
            "This allele is longer than the \(limits.alleleLength) bases that are allowed here.",
            line: line,
            column: column
        )
    }

    private mutating func appendBases(
        _ text: UnsafeBufferPointer<UInt8>,
        column: Int,
        _ lineNumber: Int
    ) throws(AnnotationError) {
        let code = BaseTables.shared.code
        for letter in text {
            guard code[Int(letter)] != 0 else {
                let name = column == 4 ? "REF" : "ALT"
                let shown = letter > 32 && letter < 127 ? "'\(Character(Unicode.Scalar(letter)))'" : "byte \(letter)"
                throw AnnotationError(
                    .badAllele,
                    "\(name) holds \(shown), which is no base.",
                    line: lineNumber,
                    column: column
                )
            }
            buffer.append(letter & 0xdf)
        }
    }

    private mutating func add(
        _ text: UnsafeBufferPointer<UInt8>,
        isVersion3: Bool,
        _ lineNumber: Int
    ) throws(AnnotationError) {
        guard let first = text.first else {
            throw AnnotationError(.badAllele, "ALT has an empty allele.", line: lineNumber, column: 5)
        }
        if text.count == 1 && first == UInt8(ascii: ".") { return alternates.append(Alternate(type: .noAlternate)) }
        if text.count == 1 && first == UInt8(ascii: "*") {
            return alternates.append(Alternate(type: .spanningDeletion))
        }
        if first == UInt8(ascii: "<") {
            hasSymbols = true
            return alternates.append(Alternate(type: .symbolic))
        }
        let isBreakend = text.contains { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") }
        if isBreakend || first == UInt8(ascii: ".") || text.last == UInt8(ascii: ".") {
            hasSymbols = true
            return alternates.append(Alternate(type: .breakend))
        }
        let start = buffer.count
        if isVersion3, first == UInt8(ascii: "I"), text.count > 1 {
            // VCF 3.3: I<bases> inserts the bases after POS.
            buffer.append(buffer[0])
            try appendBases(text.slice(1, text.count), column: 5, lineNumber)
        } else if isVersion3, first == UInt8(ascii: "D"), text.slice(1, text.count).decimal != nil {
            // VCF 3.3: D<n> deletes n bases from POS on; REF holds only the first of them.
            return alternates.append(Alternate(type: .symbolic))
        } else {
            try appendBases(text, column: 5, lineNumber)
            let index = BaseTables.shared.index
            for letter in text where index[Int(letter)] > 3 && letter & 0xdf != UInt8(ascii: "N") { isAmbiguous = true }
        }
        let type = Alleles.type(reference, UnsafeBufferPointer(start: buffer.base + start, count: buffer.count - start))
        alternates.append(Alternate(type: type, start: start, count: buffer.count - start))
    }

    private static func type(
        _ reference: UnsafeBufferPointer<UInt8>,
        _ alternate: UnsafeBufferPointer<UInt8>
    ) -> VariantType {
        if reference.count == 1 && alternate.count == 1 { return reference[0] == alternate[0] ? .same : .snv }
        let trimmed = NormalisedAllele(position: 0, reference: reference, alternate: alternate)
        switch (trimmed.reference.count, trimmed.alternate.count) {
        case (0, 0): return .same
        case (1, 1): return .snv
        case (0, _): return .insertion
        case (_, 0): return .deletion
        case let (left, right): return left == right ? .mnv : .indel
        }
    }

    /// Puts the genome's base, which `base` returns for an offset in REF, where REF holds a letter that stands for several;
    /// a padding base that the alternates share with REF changes along.
    mutating func resolveReference(_ base: (Int) -> UInt8) {
        let index = BaseTables.shared.index
        for offset in 0..<referenceCount where index[Int(buffer[offset])] > 3 {
            let known = base(offset)
            if index[Int(known)] > 3 { continue }
            if offset == 0 && anchor == 1 {
                for index in alternates.indices where alternates[index].isSequence {
                    buffer[alternates[index].start] = known
                }
            }
            buffer[offset] = known
        }
        findAnchor()
    }

    private mutating func findAnchor() {
        anchor = 0
        var lengthsDiffer = false
        for index in alternates.indices where alternates[index].isSequence {
            let alternate = alternates[index]
            if alternate.count != referenceCount { lengthsDiffer = true }
            if buffer[alternate.start] != buffer[0] { return }
        }
        if lengthsDiffer { anchor = 1 }
    }
}
