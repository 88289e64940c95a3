import Foundation

/// Turns a VCF of known variants into the tables of ``KnownVariants``.
struct KnownCompiler {
    private struct Variant {
        var contig: Int
        var position: UInt32
        var allele: UInt32
        var identifier: UInt32
        var order: Int
        var values: [UInt32]
    }

    private struct Column {
        var key: String
        var number: String
        var type: String
        var description: String
    }

    private let source: ReferenceBuilder.KnownSource
    private let genome: PackedGenome
    private let numbers: [String: Int]
    private let fileName: String
    private var columns: [Column] = []
    private var variants: [Variant] = []
    private var texts: [[UInt8]: UInt32] = [:]
    private(set) var keys: [KnownKey] = []
    private(set) var values: [UInt32] = []
    /// Length-prefixed texts; the first bytes are unused so that place 0 can mean "none".
    private(set) var pool: [UInt8] = [0, 0, 0, 0]

    init(source: ReferenceBuilder.KnownSource, genome: PackedGenome, numbers: [String: Int]) throws(AnnotationError) {
        self.source = source
        self.genome = genome
        self.numbers = numbers
        fileName = (source.path as NSString).lastPathComponent
    }

    /// Reads the file and fills the tables.
    mutating func compile() throws(AnnotationError) -> ReferenceManifest.Known {
        var lines = try LineReader(path: source.path, name: fileName)
        var sawColumns = false
        while let line = try lines.next() {
            if line.hasPrefix("##") {
                readDeclaration(line)
            } else if line.hasPrefix("#CHROM") {
                sawColumns = true
            } else if !line.isEmpty {
                guard sawColumns else {
                    throw AnnotationError(.badSource, "\(fileName) is no VCF: it has no #CHROM line.", line: 1)
                }
                try readRecord(Fields(line), line: lines.lineNumber)
            }
        }
        return finish()
    }

    /// `##INFO=<ID=AF,Number=1,Type=Float,Description="...">`; Number=G has no meaning without genotypes.
    private mutating func readDeclaration(_ line: UnsafeBufferPointer<UInt8>) {
        guard let declaration = HeaderDeclaration(line), declaration.kind == "INFO", let key = declaration["ID"] else {
            return
        }
        let number = declaration["Number"] ?? "."
        if number == "G" { return }
        let type = number == "0" ? "Integer" : declaration["Type"] ?? "String"
        // A list per allele cannot be told from the list of alleles, so that its commas are encoded and it is a String.
        let isList = !["0", "1", "A", "R"].contains(number)
        columns.append(
            Column(
                key: key,
                number: number,
                type: isList ? "String" : type,
                description: declaration["Description"] ?? ""
            )
        )
    }

    private mutating func readRecord(_ fields: Fields, line: Int) throws(AnnotationError) {
        guard fields.count >= 5, let position = fields[1].decimal, position >= 1 else {
            throw AnnotationError(.badSource, "\(fileName) has a record without a position or alleles.", line: line)
        }
        guard let contig = numbers[fields[0].text] else { return }
        let reference = fields[3].map { $0 & 0xdf }
        let alternates = Fields(fields[4], separator: UInt8(ascii: ","))
        let info = fields.count > 7 ? self.info(fields[7]) : [:]
        for number in 0..<alternates.count {
            let alternate = alternates[number].map { $0 & 0xdf }
            let isSequence = alternate.allSatisfy { BaseTables.shared.index[Int($0)] < 4 }
            if !isSequence || alternate.isEmpty || reference.count + alternate.count > 60_000 { continue }
            let normal = normalised(position, reference, alternate, contig)
            if normal.reference.isEmpty && normal.alternate.isEmpty { continue }
            variants.append(
                Variant(
                    contig: contig,
                    position: UInt32(normal.position),
                    allele: alleleCode(normal.reference, normal.alternate),
                    identifier: identifier(fields[2]),
                    order: variants.count,
                    values: columns.map { value(info[$0.key], of: $0, allele: number) }
                )
            )
        }
    }

    private func info(_ field: UnsafeBufferPointer<UInt8>) -> [String: UnsafeBufferPointer<UInt8>] {
        var found: [String: UnsafeBufferPointer<UInt8>] = [:]
        let pairs = Fields(field, separator: UInt8(ascii: ";"))
        for index in 0..<pairs.count {
            let pair = pairs[index]
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.count
            found[pair.slice(0, equals).text] = pair.slice(min(equals + 1, pair.count), pair.count)
        }
        return found
    }

    /// The place of the text of one value of one allele; 0 if it is missing.
    private mutating func value(_ field: UnsafeBufferPointer<UInt8>?, of column: Column, allele: Int) -> UInt32 {
        guard let field else { return 0 }
        if column.number == "0" { return place(of: [UInt8(ascii: "1")]) }
        var bytes = field
        if column.number == "A" || column.number == "R" {
            let list = Fields(field, separator: UInt8(ascii: ","))
            let index = column.number == "A" ? allele : allele + 1
            if index >= list.count { return 0 }
            bytes = list[index]
        }
        if bytes.isEmpty || bytes.equals(".") { return 0 }
        // Values that are percent-encoded already stay as they are; only what separates values is encoded.
        var encoded: [UInt8] = []
        for byte in bytes {
            if byte == UInt8(ascii: "%") { encoded.append(byte) } else { encoded += PercentEncoding.encode([byte]) }
        }
        return encoded.count > 60_000 ? 0 : place(of: encoded)
    }

    private mutating func identifier(_ field: UnsafeBufferPointer<UInt8>) -> UInt32 {
        if field.isEmpty || field.equals(".") { return 0 }
        let text = CSQ.escaped(field.text.replacingOccurrences(of: ";", with: "&"))
        return place(of: Array(text.utf8))
    }

    private mutating func place(of bytes: [UInt8]) -> UInt32 {
        if let place = texts[bytes] { return place }
        let place = UInt32(pool.count)
        pool += [UInt8(bytes.count & 255), UInt8(bytes.count >> 8)] + bytes
        texts[bytes] = place
        return place
    }

    private mutating func alleleCode(_ reference: [UInt8], _ alternate: [UInt8]) -> UInt32 {
        let index = BaseTables.shared.index
        if reference.count == 1 && alternate.count == 1 && index[Int(reference[0])] < 4 {
            return UInt32(index[Int(reference[0])]) * 4 + UInt32(index[Int(alternate[0])])
        }
        let place = UInt32(pool.count) | KnownKey.inPool
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
        variants.sort { ($0.contig, $0.position, $0.order) < ($1.contig, $1.position, $1.order) }
        // A column that no variant of this genome fills is not worth a field of every record.
        let filled = columns.indices.filter { column in variants.contains { $0.values[column] != 0 } }
        var starts: [Int] = []
        for (index, variant) in variants.enumerated() {
            while starts.count <= variant.contig { starts.append(index) }
            keys.append(
                KnownKey(position: variant.position, allele: variant.allele, identifier: variant.identifier)
            )
            for column in filled { values.append(variant.values[column]) }
        }
        while starts.count <= genome.sequences.count { starts.append(variants.count) }
        return ReferenceManifest.Known(
            name: source.name,
            prefix: source.prefix,
            variants: variants.count,
            columns: filled.map {
                ReferenceManifest.KnownColumn(
                    key: columns[$0].key,
                    outputKey: "\(source.prefix)_\(columns[$0].key)",
                    type: columns[$0].type,
                    description: columns[$0].description
                )
            },
            contigStarts: starts
        )
    }
}
