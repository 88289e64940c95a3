import Foundation

/// A known allele's key as it lies in `known-N.keys.bin`, sorted by position within a contig.
struct KnownKey: BitwiseCopyable {
    /// 1-based position of the normalised allele.
    var position: UInt32
    /// For a substitution of one base: `4 * reference + alternate` (A C G T = 0...3). Otherwise the highest bit and the
    /// place of the two alleles in the pool.
    var allele: UInt32
    /// The place of the identifier in the pool; 0 for none.
    var identifier: UInt32

    static let inPool: UInt32 = 1 << 31
}

/// One source of known variants: per allele an identifier and a row of values, found by position and allele.
///
/// Alleles are compared after normalisation, so that the same change matches however it is written.
///
/// Of pointers alone, so that a worker may pass it about without counting references; the ``ReferenceStore`` owns what they
/// point to.
struct KnownVariants: BitwiseCopyable, @unchecked Sendable {
    private let contigStarts: UnsafeMutableBufferPointer<Int>
    /// `PREFIX_KEY=` of each column.
    let columnKeys: UnsafeMutableBufferPointer<UnsafeBufferPointer<UInt8>>
    private let keys: UnsafePointer<KnownKey>
    private let values: UnsafePointer<UInt32>
    private let pool: UnsafePointer<UInt8>
    var columnCount: Int { columnKeys.count }

    init(source: ReferenceManifest.Known, keys: MappedFile, values: MappedFile, pool: MappedFile) {
        contigStarts = .copy(of: source.contigStarts)
        columnKeys = .copy(of: source.columns.map { UnsafeBufferPointer(.copy(of: Array(($0.outputKey + "=").utf8))) })
        self.keys = keys.table(of: KnownKey.self).baseAddress!
        self.values = values.table(of: UInt32.self).baseAddress!
        self.pool = pool.table(of: UInt8.self).baseAddress!
    }

    /// Gives back what does not lie in mapped files.
    func deallocate() {
        for key in columnKeys { key.deallocate() }
        columnKeys.deallocate()
        contigStarts.deallocate()
    }

    /// The number of the variant that makes the given change; nil if it is not known. `cursor` is where the previous
    /// search of the same contig ended and makes the next one short in a sorted file.
    func find(_ change: NormalisedAllele, contig: Int, cursor: inout Int) -> Int? {
        let low = contigStarts[contig]
        let high = contigStarts[contig + 1]
        let position = UInt32(truncatingIfNeeded: change.position)
        var place = lowerBound(position, low, high, from: cursor)
        cursor = place
        while place < high && keys[place].position == position {
            if matches(keys[place].allele, change) { return place }
            place += 1
        }
        return nil
    }

    /// The first place in `low..<high` whose position is not less than `position`; gallops forward from `hint`.
    private func lowerBound(_ position: UInt32, _ low: Int, _ high: Int, from hint: Int) -> Int {
        var from = low
        var to = high
        if hint >= low && hint < high && keys[hint].position < position {
            var step = 1
            from = hint + 1
            while from + step < high && keys[from + step].position < position {
                from += step
                step *= 2
            }
            to = min(high, from + step + 1)
        }
        while from < to {
            let middle = (from + to) >> 1
            if keys[middle].position < position { from = middle + 1 } else { to = middle }
        }
        return from
    }

    private func matches(_ allele: UInt32, _ change: NormalisedAllele) -> Bool {
        if allele & KnownKey.inPool == 0 { return change.substitution == allele }
        if change.substitution != nil { return false }
        let place = pool + Int(allele & ~KnownKey.inPool)
        let referenceCount = KnownVariants.length(at: place)
        let alternateCount = KnownVariants.length(at: place + 2)
        return referenceCount == change.reference.count && alternateCount == change.alternate.count
            && (referenceCount == 0 || memcmp(place + 4, change.reference.baseAddress!, referenceCount) == 0)
            && (alternateCount == 0
                || memcmp(place + 4 + referenceCount, change.alternate.baseAddress!, alternateCount) == 0)
    }

    private static func length(at place: UnsafePointer<UInt8>) -> Int { Int(place[0]) | Int(place[1]) << 8 }

    /// The identifier of a variant, such as `rs123`; nil if it has none.
    func identifier(_ variant: Int) -> UnsafeBufferPointer<UInt8>? { text(keys[variant].identifier) }

    /// The value of a variant in a column, already encoded for INFO; nil if missing.
    func value(_ variant: Int, _ column: Int) -> UnsafeBufferPointer<UInt8>? {
        text(values[variant * columnCount + column])
    }

    private func text(_ offset: UInt32) -> UnsafeBufferPointer<UInt8>? {
        if offset == 0 { return nil }
        let place = pool + Int(offset)
        return UnsafeBufferPointer(start: place + 2, count: KnownVariants.length(at: place))
    }
}

extension UnsafeMutableBufferPointer where Element: BitwiseCopyable {
    fileprivate static func copy(of elements: [Element]) -> Self {
        let copy = Self.allocate(capacity: elements.count)
        _ = copy.initialize(from: elements)
        return copy
    }
}
