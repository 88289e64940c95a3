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
        /// Contigs that are not the reference's in spite of their names.
        let others: OtherSequences
        /// The fields of AnnTools' profile; nil under another.
        let annTools: AnnToolsFields?
        /// The reference's tracks under the keys of the profile.
        let tracks: [RegionTrack]
        /// Names of the samples, if haplotypes are to be followed.
        let samples: [[UInt8]]
        let columns: OutputColumns
        var listsProblems: Bool { options.problemsPath != nil }
    }

    /// As much output is written at once, even in the middle of a chunk.
    static let fullSize = 8 << 20

    let setup: Setup
    let store: ReferenceStore
    let rendering: Rendering
    /// How far a transcript reaches at most, upstream or downstream.
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

    /// The lines at hand.
    private var chunk = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    /// Where the entries of each annotated allele of the record at hand begin, in the order of the alleles.
    var marks = List<AlleleMark>()
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
    /// Where a change must lie to be told of the transcript at the same place of `found`.
    var reach = List<Interval>()
    /// Of which contig and bins the transcripts stand in `found`.
    var foundWhere = BinIndex.Window()
    var forms = EntryForms()
    var gaps = EntryMarks()
    /// The bases of the change at hand if it replaces one base by another; of both strands.
    var substitution: Substitution?
    /// A bit for each gene in which a change lies.
    private var genes: List<UInt64>
    var foundAround = NumberList()
    var foundRegions = NumberList()
    /// The variants that the alleles of the record at hand are, source by source; -1 for none.
    var matches = List<Int>()
    /// Where the last search of each source ended.
    var cursors: List<Int>
    var knownScratch = ByteBuffer(capacity: 256)
    var existing = ByteBuffer(capacity: 256)
    let isListed: Bool
    let writesHGVS: Bool
    let writesGenomic: Bool
    /// The record's ALT, while it is annotated.
    var altText = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    /// Where the entries of the record's BCSQ stand in the output.
    var seen: [Range<Int>] = []
    var list = EntryList()
    /// By alternate allele, of a record that has any that is no sequence; else empty.
    var structural: [Result<StructuralChange, StructuralChange.Failure>?] = []
    /// How far the 3' rule moved the change of the last entry with HGVS.
    var hgvsOffset = 0
    /// HGVSg of the allele at hand, if it is asked for.
    var genomic = ByteBuffer(capacity: 64)
    /// The name of its contig there.
    var genomicName = ByteBuffer(capacity: 64)
    var isMitochondrion = false
    var contigName = ByteBuffer(capacity: 64)
    var contig: ContigView?
    private var recordsOfContig = 0
    /// The contig at hand is another sequence than the reference's.
    private var isOther = false
    /// Whether that was decided by the alleles of this chunk.
    private var isDoubtful = false
    /// Why, until it is noted.
    private var reason: String?
    var annTools = AnnToolsTable()
    /// Follows the haplotypes; nil if that is not asked for, or if there are no samples.
    let haplotypes: HaplotypeAnnotator?
    /// Lines of the chunk that were annotated before those at hand.
    private var linesBefore = 0
    /// What is to be said at the first line of the chunk.
    private var notes: [String] = []
    /// Bytes with which one of our keys begins.
    let firstLetters: [Bool]

    init(_ setup: Setup) {
        self.setup = setup
        store = setup.reference.store
        // In a class of its own: with a closure in the initializer of a type that cannot be copied, Swift 6.3 releases
        // members of it before they are set.
        let rendering = Rendering(setup.options)
        self.rendering = rendering
        distance = max(rendering.upstream, rendering.downstream)
        isListed = rendering.isListed
        writesHGVS = rendering.writesHGVS
        writesGenomic = setup.options.csqFields.contains(.hgvsGenomic)
        tally = Tally(contigs: store.manifest.contigs.count, genes: store.manifest.genes)
        genes = List(repeating: 0, count: tally.genes.count)
        cursors = List(repeating: 0, count: store.known.count)
        haplotypes = setup.samples.isEmpty ? nil : HaplotypeAnnotator(setup)
        var letters = [Bool](repeating: false, count: 256)
        for key in setup.keys { letters[Int(key[0])] = true }
        firstLetters = letters
        record = AnnotatedRecord(columns: setup.columns)
        table = TableWriter(columns: setup.columns)
        objects = ObjectWriter(columns: setup.columns)
    }

    /// Looks ahead through a window of whole lines, which is then to be annotated.
    mutating func follow(_ window: HaplotypeWindow, _ lines: UnsafeBufferPointer<UInt8>) {
        notes = window.notes
        if window.isCut { tally.haplotypes.cuts += 1 }
        guard let haplotypes else { return }
        if window.isFollowed { tally.haplotypes.add(haplotypes.follow(lines)) } else { haplotypes.forget() }
    }

    /// Annotates whole lines of `chunk` from `position` on into `output`, until all are done or `output` is full enough
    /// to be written; returns their number and moves `position` behind them.
    mutating func annotate(
        _ chunk: UnsafeBufferPointer<UInt8>,
        from position: inout Int,
        into output: inout ByteBuffer
    ) throws(AnnotationError) -> Int {
        self.chunk = chunk
        problems.removeAll(keepingCapacity: true)
        problemCount = 0
        unknownContigs.removeAll(keepingCapacity: true)
        problemRows.removeAll()
        contigName.removeAll()
        if position == 0 {
            linesBefore = 0
            for message in notes { note(message, 1) }
        }
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
        linesBefore += line
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

    mutating func note(_ message: @autoclosure () -> String, _ line: Int) {
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
            if let reason {
                note(reason, lineNumber)
                self.reason = nil
            }
            tally.passedThrough += 1
            account(isOther ? .otherSequence : .unknownContig, fields, line: lineNumber)
            added = passThrough(line, fields, to: &output)
            return
        }
        recordsOfContig += 1
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
        if alleles.isAmbiguous {
            note("ALT holds a letter that stands for several bases; VCF knows A, C, G, T and N alone", lineNumber)
        }
        if isListed { altText = fields.altText }
        if alleles.hasSymbols {
            readStructural(fields, position, contig, lineNumber: lineNumber)
        } else if !structural.isEmpty {
            structural.removeAll(keepingCapacity: true)
        }
        addKnown(contig, position, begin, to: &output)
        addRegions(contig, position, begin, to: &output)
        if setup.annTools == nil {
            addConsequences(contig, position, begin, to: &output)
        } else {
            addAnnTools(contig, position, begin, to: &output)
        }
        haplotypes?.add(linesBefore + lineNumber, isFirst: output.count == begin, to: &output)
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

    /// Adds the records since the contig changed to its count.
    private mutating func countContig() {
        if let contig { tally.contigs[contig.number] += recordsOfContig }
        recordsOfContig = 0
    }

    /// Notes that a change lies in a gene.
    @inline(__always)
    mutating func count(gene: Int32) {
        let gene = Int(gene)
        genes[gene >> 6] |= 1 << UInt64(gene & 63)
    }

    /// What this worker counted, when it has done its last chunk.
    mutating func finish() -> Tally {
        countContig()
        for index in genes.indices { tally.genes[index] |= genes[index] }
        return tally
    }

    private mutating func countAlleles() {
        for index in alleles.alternates.indices {
            let alternate = alleles.alternates[index]
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
            countContig()
            contigName.removeAll()
            contigName.append(name)
            contig = store.contigNumbers[name.text].map { store.contig($0) }
            setOther(name.text)
            if writesGenomic, let contig { setGenomicName(contig) }
            if contig == nil && !isOther { unknownContigs.append((name.text, 0)) }
        }
        if contig == nil { countPassed(name) }
        return contig
    }

    /// Decides whether the contig at hand is another sequence than the reference's; then it counts as none of its contigs.
    private mutating func setOther(_ name: String) {
        (isOther, isDoubtful, reason) = (false, false, nil)
        guard let found = contig else { return }
        isOther = setup.others.reasons[name] != nil
        isDoubtful = !isOther && setup.others.isDoubtful(name, found, in: store)
        if isDoubtful { reason = OtherSequences.reason(name, found, chunk, setup.reference) }
        if reason != nil { isOther = true }
        if isOther { contig = nil }
    }

    private mutating func countPassed(_ name: UnsafeBufferPointer<UInt8>) {
        if isOther {
            tally.otherSequences[name.text, default: 0] += 1
        } else {
            unknownContigs[unknownContigs.count - 1].count += 1
        }
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
