import Foundation

/// Annotates the records of a chunk. One per worker; everything that a record needs is kept and reused.
struct RecordAnnotator: ~Copyable {
    /// What all workers share.
    struct Setup: Sendable {
        let reference: Reference
        let options: AnnotationOptions
        let columnCount: Int
        let isVersion3: Bool
        /// Our keys, to be taken out of an input that holds them.
        let keys: [[UInt8]]
        let columns: OutputColumns
        var listsProblems: Bool { options.problemsPath != nil }
    }

    /// As much output is written at once, even in the middle of a chunk.
    static let fullSize = 8 << 20

    let setup: Setup
    let store: ReferenceStore
    let distance: Int
    var tally: Tally
    /// Problems of the chunk at hand; lines are counted from the chunk's first line.
    private(set) var problems: [AnnotationSummary.Problem] = []
    private(set) var problemCount = 0
    /// Records on contigs that the reference lacks, by runs of one contig, of the lines at hand.
    private(set) var unknownContigs: [(name: String, count: Int)] = []
    /// The annotation of the record at hand is longer than is allowed and was broken off.
    var isTooLong = false
    /// Where in the output the record at hand begins.
    private(set) var recordStart = 0

    /// Where the entries of each annotated allele of the record at hand begin, in the order of the alleles.
    var marks: [AlleleMark] = []
    var problemRows = ProblemRows()
    /// Where in the output stands what was added to the record at hand; nothing was if it is empty.
    private var added = 0..<0
    /// The record at hand as VCF, and taken apart, if something else is made of it.
    private var lineBuffer = ByteBuffer(capacity: 1 << 12)
    private var record: AnnotatedRecord
    private let table: TableWriter
    private let objects: ObjectWriter

    var alleles = Alleles()
    var coding = CodingChange()
    var shiftedCoding = CodingChange()
    var rotated = ByteBuffer(capacity: 256)
    var found = NumberList()
    var foundAround = NumberList()
    var foundRegions = NumberList()
    var matches: [Int] = []
    var cursors: [Int]
    var knownScratch = ByteBuffer(capacity: 256)
    var existing = ByteBuffer(capacity: 256)
    var contigName = ByteBuffer(capacity: 64)
    var contig: ContigView?
    /// Bytes with which one of our keys begins.
    let firstLetters: [Bool]

    init(_ setup: Setup) {
        self.setup = setup
        store = setup.reference.store
        distance = setup.options.upstreamDistance
        tally = Tally(contigs: store.manifest.contigs.count, genes: store.manifest.genes)
        cursors = [Int](repeating: 0, count: store.known.count)
        var letters = [Bool](repeating: false, count: 256)
        for key in setup.keys { letters[Int(key[0])] = true }
        firstLetters = letters
        record = AnnotatedRecord(columns: setup.columns)
        table = TableWriter(columns: setup.columns)
        objects = ObjectWriter(columns: setup.columns)
    }

    /// Annotates whole lines of `chunk` from `position` on into `output`, until all are done or `output` is full enough
    /// to be written; returns their number and moves `position` behind them.
    mutating func annotate(
        _ chunk: UnsafeBufferPointer<UInt8>,
        from position: inout Int,
        into output: inout ByteBuffer
    ) throws(AnnotationError) -> Int {
        problems.removeAll(keepingCapacity: true)
        problemCount = 0
        unknownContigs.removeAll(keepingCapacity: true)
        problemRows.removeAll()
        contigName.removeAll()
        if position == 0, let zero = memchr(chunk.baseAddress!, 0, chunk.count) {
            throw zeroByte(chunk, at: UnsafeRawPointer(chunk.baseAddress!).distance(to: zero))
        }
        var line = 0
        while position < chunk.count && output.count < RecordAnnotator.fullSize {
            line += 1
            let start = chunk.baseAddress! + position
            let left = chunk.count - position
            let newline = memchr(start, 10, left)
            let length = newline.map { UnsafeRawPointer(start).distance(to: $0) } ?? left
            let whole = newline == nil ? length : length + 1
            let hasReturn = length > 0 && start[length - 1] == 13
            let text = UnsafeBufferPointer(start: start, count: hasReturn ? length - 1 : length)
            if text.isEmpty {
                tally.blankLines += 1
                note("an empty line", line)
            } else {
                guard length <= setup.options.limits.lineLength else {
                    let limits = setup.options.limits
                    throw ChunkReader.tooLong(text.slice(0, limits.lineLength), limits, line: line)
                }
                try write(text, lineNumber: line, into: &output)
            }
            if setup.options.outputFormat == .vcf { output.append(start + text.count, whole - text.count) }
            position += whole
        }
        return line
    }

    /// Annotates a record and writes it as what is asked for.
    @inline(__always)
    private mutating func write(
        _ line: UnsafeBufferPointer<UInt8>, lineNumber: Int, into output: inout ByteBuffer
    ) throws(AnnotationError) {
        if setup.options.outputFormat == .vcf {
            recordStart = output.count
            try annotate(line, lineNumber: lineNumber, into: &output)
            if isTooLong { throw tooLong(lineNumber) }
        } else {
            try convert(line, lineNumber: lineNumber, into: &output)
        }
    }

    private mutating func convert(
        _ line: UnsafeBufferPointer<UInt8>, lineNumber: Int, into output: inout ByteBuffer
    ) throws(AnnotationError) {
        var buffer = ByteBuffer(capacity: 0)
        swap(&buffer, &lineBuffer)
        buffer.removeAll(keepingAtMost: RecordAnnotator.fullSize)
        recordStart = 0
        added = 0..<0
        try annotate(line, lineNumber: lineNumber, into: &buffer)
        if isTooLong { throw tooLong(lineNumber) }
        record.set(buffer.bytes, added: added, marks: marks)
        switch setup.options.outputFormat {
        case .tsv: table.write(record, to: &output)
        case .jsonLines, .vcf: objects.write(record, to: &output)
        }
        swap(&buffer, &lineBuffer)
    }

    private mutating func tooLong(_ line: Int) -> AnnotationError {
        isTooLong = false
        return AnnotationError(
            .limitExceeded,
            "What is to be said of this record is longer than the \(setup.options.limits.writtenLength) bytes that are "
                + "allowed here: \(Phrase.count(alleles.alternates.count, "alternate allele")) on "
                + "\(Phrase.count(found.count, "transcript")).",
            line: line,
            column: 5
        )
    }

    private func zeroByte(_ chunk: UnsafeBufferPointer<UInt8>, at position: Int) -> AnnotationError {
        var line = 1
        var column = 1
        for byte in chunk[..<position] {
            if byte == 10 {
                line += 1
                column = 1
            } else if byte == 9 {
                column += 1
            }
        }
        return AnnotationError(
            .binaryData,
            "There is a zero byte here; this is no text file.",
            line: line,
            column: column
        )
    }

    private mutating func note(_ message: @autoclosure () -> String, _ line: Int) {
        problemCount += 1
        if problems.count < setup.options.problemLimit {
            problems.append(AnnotationSummary.Problem(line: line, message: message()))
        }
    }

    // MARK: one record

    private mutating func annotate(
        _ line: UnsafeBufferPointer<UInt8>,
        lineNumber: Int,
        into output: inout ByteBuffer
    ) throws(AnnotationError) {
        let fields = try RecordFields(line, columns: setup.columnCount, lineNumber: lineNumber)
        let position = try fields.position(lineNumber: lineNumber)
        try alleles.read(
            fields,
            isVersion3: setup.isVersion3,
            limits: setup.options.limits,
            lineNumber: lineNumber
        )
        tally.records += 1
        countAlleles()
        guard let contig = contig(of: fields) else {
            tally.passedThrough += 1
            account(.unknownContig, fields, line: lineNumber)
            added = passThrough(line, fields, to: &output)
            return
        }
        tally.contigs[contig.number] += 1
        guard position >= 1 && position <= contig.length else {
            tally.passedThrough += 1
            note("POS \(position) lies outside its contig, which has \(contig.length) bases", lineNumber)
            account(.outsideContig, fields, line: lineNumber)
            added = passThrough(line, fields, to: &output)
            return
        }
        output.append(line.baseAddress!, fields.info)
        let begin = output.count
        copyInfo(fields.infoText, to: &output)
        let addedStart = output.count
        let isMismatch = !matchesReference(contig, position)
        if isMismatch {
            tally.mismatches += 1
            let name = store.manifest.name
            note("REF disagrees with the reference \(name)", lineNumber)
            separate(begin, &output)
            output.append("GAS_REF_MISMATCH")
        }
        addKnown(contig, position, begin, to: &output)
        addRegions(contig, position, begin, to: &output)
        addConsequences(contig, position, begin, to: &output)
        accountForTheRest(fields, line: lineNumber)
        added = addedStart..<output.count
        if output.count == begin { output.append(fields.infoText) }
        output.append(line.baseAddress! + fields.infoEnd, line.count - fields.infoEnd)
    }

    /// Writes the record as it is; returns the place of what was added to it: nothing, at the end of INFO.
    private func passThrough(
        _ line: UnsafeBufferPointer<UInt8>, _ fields: RecordFields, to output: inout ByteBuffer
    ) -> Range<Int> {
        let end = output.count + fields.infoEnd
        output.append(line)
        return end..<end
    }

    private mutating func countAlleles() {
        for (index, alternate) in alleles.alternates.enumerated() {
            tally.types[alternate.type.rawValue] += 1
            if alternate.type != .noAlternate { tally.alleles += 1 }
            guard alternate.type == .snv else { continue }
            let normal = NormalisedAllele(
                position: 0,
                reference: alleles.reference,
                alternate: alleles.alternate(index)
            )
            // A and G, C and T differ by one ring: indices 0 and 2, 1 and 3.
            guard let code = normal.substitution, code < 16 else { continue }
            if (code >> 2) ^ (code & 3) == 2 { tally.transitions += 1 } else { tally.transversions += 1 }
        }
    }

    /// The reference's contig of this record; nil, counted, if it has none. Looked up only when the name changes.
    @inline(__always)
    mutating func contig(of fields: RecordFields) -> ContigView? {
        let name = fields.chromText
        let isSame =
            name.count == contigName.count && memcmp(name.baseAddress!, contigName.base, name.count) == 0
            && !contigName.isEmpty
        if !isSame {
            contigName.removeAll()
            contigName.append(name)
            contig = store.contigNumbers[name.text].map { store.contig($0) }
            if contig == nil { unknownContigs.append((name.text, 0)) }
        }
        if contig == nil { unknownContigs[unknownContigs.count - 1].count += 1 }
        return contig
    }

    /// Compares REF with the genome, around the origin of a circle; if they agree, REF's unknown bases become known.
    private mutating func matchesReference(_ contig: ContigView, _ position: Int) -> Bool {
        tally.checked += 1
        guard alleles.referenceCount <= contig.length else { return false }
        let code = BaseTables.shared.code
        var differs = false
        for (offset, letter) in alleles.reference.enumerated() {
            let place = contig.wrapped(position + offset)
            guard place <= contig.length else { return false }
            let base = store.base(contig, place)
            // Letters agree if they share a base: N and the other IUPAC codes stand for several.
            if code[Int(letter)] & code[Int(base)] == 0 { return false }
            if letter != base { differs = true }
        }
        if differs { alleles.resolveReference { store.base(contig, around: position + $0) } }
        return true
    }
}
