import Foundation

/// Turns a file of known variants into the tables of ``KnownVariants``.
///
/// The readers (``readVCF()``, ``readSNPs()``) add one allele after another; ``finish()`` sorts them.
struct KnownCompiler {
    struct Column {
        var key: String
        var number: String
        var type: String
        var description: String
    }

    let source: ReferenceBuilder.KnownSource
    let genome: PackedGenome
    let numbers: [String: Int]
    let fileName: String
    /// The columns that are kept, in the order of the file or as wanted.
    var columns: [Column] = []
    /// Per allele, in the order of the file: its contig, its key and a value for each column.
    private(set) var contigs: [Int32] = []
    var unsortedKeys: [KnownKey] = []
    var unsortedValues: [UInt32] = []
    var leftOut = KnownLeftOut()
    private var texts: [[UInt8]: UInt32] = [:]
    private(set) var keys: [KnownKey] = []
    private(set) var values: [UInt32] = []
    /// Length-prefixed texts; the first bytes are unused so that place 0 can mean "none".
    private(set) var pool: [UInt8] = [0, 0, 0, 0]

    init(source: ReferenceBuilder.KnownSource, genome: PackedGenome, numbers: [String: Int]) {
        self.source = source
        self.genome = genome
        self.numbers = numbers
        fileName = (source.path as NSString).lastPathComponent
    }

    /// Reads the file and fills the tables.
    /// - Throws: ``AnnotationError/Code/badSource`` if it cannot be read, lacks a wanted column or is too large.
    mutating func compile() throws(AnnotationError) -> ReferenceManifest.Known {
        if source.isSNPTable ?? false { try readSNPs() } else { try readVCF() }
        for key in source.columns ?? [] where !columns.contains(where: { $0.key == key }) {
            throw AnnotationError(.badSource, "\(fileName) has no column \(key), which is wanted of \(source.name).")
        }
        if let refusal = leftOut.refusal(source.name) {
            throw AnnotationError(.badSource, "\(fileName): \(refusal)", line: leftOut.firstDiffering)
        }
        // The highest bit of a place is taken, see ``KnownKey/inPool``.
        guard pool.count < 1 << 31 else {
            throw AnnotationError(.badSource, "\(fileName) holds more text than fits; want fewer of its columns.")
        }
        return finish()
    }

    /// Whether a column is wanted; all are if none was named, but for the identifiers, which `Existing_variation` has.
    func wants(_ key: String) -> Bool { source.columns?.contains(key) ?? (key != KnownCompiler.identifierKey) }

    /// What a length of two bytes can say, in bytes.
    static let longestText = 60_000
    static let identifierKey = "ID"
    static let identifierColumn = Column(key: identifierKey, number: "1", type: "String", description: "identifier")

    /// Adds an allele of a known contig with a value for each column; no change, or one too long, is left out. Letters
    /// are upper case.
    mutating func add(
        contig: Int, position: Int, reference: [UInt8], alternate: [UInt8], identifier: UInt32, values: [UInt32]
    ) {
        let isSequence = alternate.allSatisfy { BaseTables.shared.index[Int($0)] < 4 }
        guard isSequence, reference.count + alternate.count <= KnownCompiler.longestText else { return }
        let normal = normalised(position, reference, alternate, contig)
        if normal.reference.isEmpty && normal.alternate.isEmpty { return }
        contigs.append(Int32(contig))
        unsortedKeys.append(
            KnownKey(
                position: UInt32(normal.position),
                allele: alleleCode(normal.reference, normal.alternate),
                identifier: identifier
            )
        )
        unsortedValues += values
    }

    /// The place of a value's text, encoded for INFO; 0 if it is missing or longer than a length can say.
    mutating func place(ofValue bytes: some Collection<UInt8>) -> UInt32 {
        if bytes.isEmpty || (bytes.count == 1 && bytes.first == UInt8(ascii: ".")) { return 0 }
        // Values that are percent-encoded already stay as they are; only what separates values is encoded.
        var encoded: [UInt8] = []
        for byte in bytes {
            if byte == UInt8(ascii: "%") { encoded.append(byte) } else { encoded += PercentEncoding.encode([byte]) }
        }
        return encoded.count > KnownCompiler.longestText ? 0 : place(of: encoded)
    }

    /// The place of an identifier's text; 0 for none.
    mutating func place(ofIdentifier field: UnsafeBufferPointer<UInt8>) -> UInt32 {
        if field.isEmpty || field.equals(".") { return 0 }
        let text = Array(CSQ.escaped(field.text.replacingOccurrences(of: ";", with: "&")).utf8)
        return text.count > KnownCompiler.longestText ? 0 : append(text)
    }

    private mutating func place(of bytes: [UInt8]) -> UInt32 {
        if let place = texts[bytes] { return place }
        let place = append(bytes)
        texts[bytes] = place
        return place
    }

    mutating func append(_ bytes: [UInt8]) -> UInt32 {
        let place = UInt32(truncatingIfNeeded: pool.count)
        pool += [UInt8(bytes.count & 255), UInt8(bytes.count >> 8)] + bytes
        return place
    }

    private mutating func alleleCode(_ reference: [UInt8], _ alternate: [UInt8]) -> UInt32 {
        let index = BaseTables.shared.index
        if reference.count == 1 && alternate.count == 1 && index[Int(reference[0])] < 4 {
            return UInt32(index[Int(reference[0])]) * 4 + UInt32(index[Int(alternate[0])])
        }
        let place = UInt32(truncatingIfNeeded: pool.count) | KnownKey.inPool
        for count in [reference.count, alternate.count] { pool += [UInt8(count & 255), UInt8(count >> 8)] }
        pool += reference + alternate
        return place
    }

    /// The same normalisation as ``NormalisedAllele``, on the sequence under construction.
    private func normalised(_ position: Int, _ reference: [UInt8], _ alternate: [UInt8], _ contig: Int)
        -> (position: Int, reference: [UInt8], alternate: [UInt8])
    {
        var position = position
        var reference = reference[...]
        var alternate = alternate[...]
        while let left = reference.last, let right = alternate.last, left == right {
            reference.removeLast()
            alternate.removeLast()
        }
        while let left = reference.first, let right = alternate.first, left == right {
            reference.removeFirst()
            alternate.removeFirst()
            position += 1
        }
        guard reference.isEmpty != alternate.isEmpty, position <= genome.sequences[contig].length + 1 else {
            return (position, Array(reference), Array(alternate))
        }
        var bases = Array(reference.isEmpty ? alternate : reference)
        var shift = 0
        while position > 1 && genome.base(contig, position - 1) == bases[bases.count - 1 - shift % bases.count] {
            position -= 1
            shift += 1
        }
        let turn = bases.count - shift % bases.count
        bases = Array((bases + bases)[turn..<turn + bases.count])
        return reference.isEmpty ? (position, [], bases) : (position, bases, [])
    }

    private mutating func finish() -> ReferenceManifest.Known {
        var order = Array(0..<Int32(contigs.count))
        order.sort {
            let (left, right) = (Int($0), Int($1))
            return (contigs[left], unsortedKeys[left].position, $0) < (contigs[right], unsortedKeys[right].position, $1)
        }
        order = joiningRepeats(order)
        // A column that no variant of this genome fills is not worth a field of every record.
        let count = columns.count
        let filled = columns.indices.filter { column in
            stride(from: column, to: unsortedValues.count, by: count).contains { unsortedValues[$0] != 0 }
        }
        var starts: [Int] = []
        keys.reserveCapacity(order.count)
        values.reserveCapacity(order.count * filled.count)
        for (index, place) in order.enumerated() {
            while starts.count <= Int(contigs[Int(place)]) { starts.append(index) }
            keys.append(unsortedKeys[Int(place)])
            for column in filled { values.append(unsortedValues[Int(place) * count + column]) }
        }
        while starts.count <= genome.sequences.count { starts.append(order.count) }
        return ReferenceManifest.Known(
            name: source.name,
            version: source.version ?? "",
            prefix: source.prefix,
            variants: order.count,
            columns: filled.map {
                ReferenceManifest.KnownColumn(
                    key: columns[$0].key,
                    outputKey: "\(source.prefix)_\(columns[$0].key)",
                    type: columns[$0].type,
                    description: columns[$0].description
                )
            },
            contigStarts: starts,
            leftOut: leftOut
        )
    }
}
