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
    }

    private let setup: Setup
    private let store: ReferenceStore
    private let distance: Int
    var tally: Tally
    /// Problems of the chunk at hand; lines are counted from the chunk's first line.
    private(set) var problems: [AnnotationSummary.Problem] = []
    private(set) var problemCount = 0

    private var alleles = Alleles()
    private var coding = CodingChange()
    private var shiftedCoding = CodingChange()
    private var rotated = ByteBuffer(capacity: 256)
    private var found: [UInt32] = []
    private var foundRegions: [UInt32] = []
    private var matches: [Int] = []
    private var cursors: [Int]
    private var knownScratch = ByteBuffer(capacity: 256)
    private var contigName = ByteBuffer(capacity: 64)
    private var contig: ContigView?
    /// Bytes with which one of our keys begins.
    private let firstLetters: [Bool]

    init(_ setup: Setup) {
        self.setup = setup
        store = setup.reference.store
        distance = setup.options.upstreamDistance
        tally = Tally(contigs: store.manifest.contigs.count, genes: store.manifest.genes)
        cursors = [Int](repeating: 0, count: store.known.count)
        var letters = [Bool](repeating: false, count: 256)
        for key in setup.keys { letters[Int(key[0])] = true }
        firstLetters = letters
    }

    /// Annotates whole lines into `output`; returns their number.
    mutating func annotate(
        _ chunk: UnsafeBufferPointer<UInt8>,
        into output: inout ByteBuffer
    ) throws(AnnotationError) -> Int {
        problems.removeAll(keepingCapacity: true)
        problemCount = 0
        if let zero = memchr(chunk.baseAddress!, 0, chunk.count) {
            throw zeroByte(chunk, at: UnsafeRawPointer(chunk.baseAddress!).distance(to: zero))
        }
        var position = 0
        var line = 0
        while position < chunk.count {
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
                    throw AnnotationError(
                        .limitExceeded,
                        "This line is longer than the \(setup.options.limits.lineLength) bytes that are allowed here.",
                        line: line
                    )
                }
                try annotate(text, lineNumber: line, into: &output)
            }
            output.append(start + text.count, whole - text.count)
            position += whole
        }
        return line
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
            limit: setup.options.limits.alternateAlleles,
            lineNumber: lineNumber
        )
        tally.records += 1
        countAlleles()
        guard let contig = contig(of: fields) else {
            tally.passedThrough += 1
            output.append(line)
            return
        }
        tally.contigs[contig.number] += 1
        guard position >= 1 && position <= contig.length else {
            tally.passedThrough += 1
            note("POS \(position) lies outside its contig, which has \(contig.length) bases", lineNumber)
            output.append(line)
            return
        }
        output.append(line.baseAddress!, fields.info)
        let begin = output.count
        copyInfo(fields.infoText, to: &output)
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
        if output.count == begin { output.append(fields.infoText) }
        output.append(line.baseAddress! + fields.infoEnd, line.count - fields.infoEnd)
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
    private mutating func contig(of fields: RecordFields) -> ContigView? {
        let name = fields.chromText
        let isSame =
            name.count == contigName.count && memcmp(name.baseAddress!, contigName.base, name.count) == 0
            && !contigName.isEmpty
        if !isSame {
            contigName.removeAll()
            contigName.append(name)
            contig = store.contigNumbers[name.text].map { store.contig($0) }
        }
        if contig == nil { tally.unknownContigs[name.text, default: 0] += 1 }
        return contig
    }

    private mutating func matchesReference(_ contig: ContigView, _ position: Int) -> Bool {
        tally.checked += 1
        let code = BaseTables.shared.code
        for (offset, letter) in alleles.reference.enumerated() {
            guard position + offset <= contig.length else { return false }
            // Letters agree if they share a base: N and the other IUPAC codes stand for several.
            if code[Int(letter)] & code[Int(store.base(contig, position + offset))] == 0 { return false }
        }
        return true
    }

    // MARK: INFO

    /// Copies INFO without `.` and without fields under our keys.
    private func copyInfo(_ info: UnsafeBufferPointer<UInt8>, to output: inout ByteBuffer) {
        if info.count == 1 && info[0] == UInt8(ascii: ".") { return }
        if !holdsOurs(info) { return output.append(info) }
        var position = 0
        let begin = output.count
        while position < info.count {
            var end = position
            while end < info.count && info[end] != UInt8(ascii: ";") { end += 1 }
            let pair = info.slice(position, end)
            let key = pair.slice(0, pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.count)
            if !isOurs(key) {
                if output.count > begin { output.append(UInt8(ascii: ";")) }
                output.append(pair)
            }
            position = end + 1
        }
    }

    /// Whether a field of the input is under one of our keys: looks at the beginning of every field.
    private func holdsOurs(_ info: UnsafeBufferPointer<UInt8>) -> Bool {
        var position = 0
        while position < info.count {
            let start = info.baseAddress! + position
            let left = info.count - position
            let end = memchr(start, 59, left).map { UnsafeRawPointer(start).distance(to: $0) } ?? left
            if firstLetters[Int(start[0])] {
                let key = memchr(start, 61, end).map { UnsafeRawPointer(start).distance(to: $0) } ?? end
                if isOurs(info.slice(position, position + key)) { return true }
            }
            position += end + 1
        }
        return false
    }

    private func isOurs(_ key: UnsafeBufferPointer<UInt8>) -> Bool {
        setup.keys.contains { $0.count == key.count && $0.elementsEqual(key) }
    }

    @inline(__always)
    private func separate(_ begin: Int, _ output: inout ByteBuffer) {
        if output.count > begin { output.append(UInt8(ascii: ";")) }
    }

    /// One field for each column of each source that knows one of the alleles: a value per ALT, `.` where there is none.
    private mutating func addKnown(_ contig: ContigView, _ position: Int, _ begin: Int, to output: inout ByteBuffer) {
        matches.removeAll(keepingCapacity: true)
        if store.known.isEmpty { return }
        let count = alleles.alternates.count
        for (number, source) in store.known.enumerated() {
            let first = matches.count
            for index in 0..<count { matches.append(match(index, source, number, contig, position)) }
            guard matches[first...].contains(where: { $0 >= 0 }) else { continue }
            for column in 0..<source.columnCount {
                write(source, number, column, first, count, begin, to: &output)
            }
        }
        for index in 0..<count where alleles.alternates[index].isSequence {
            let isKnown = stride(from: index, to: matches.count, by: count).contains { matches[$0] >= 0 }
            if isKnown { tally.known += 1 } else { tally.novel += 1 }
        }
    }

    private mutating func match(
        _ index: Int,
        _ source: KnownVariants,
        _ number: Int,
        _ contig: ContigView,
        _ position: Int
    ) -> Int {
        guard alleles.alternates[index].isSequence else { return -1 }
        var normal = NormalisedAllele(
            position: position,
            reference: alleles.reference,
            alternate: alleles.alternate(index)
        )
        normal.alignLeft(in: store, contig: contig, scratch: &knownScratch)
        return source.find(normal, contig: contig.number, cursor: &cursors[number]) ?? -1
    }

    private func write(
        _ source: KnownVariants,
        _ number: Int,
        _ column: Int,
        _ first: Int,
        _ count: Int,
        _ begin: Int,
        to output: inout ByteBuffer
    ) {
        var hasValue = false
        for index in 0..<count where matches[first + index] >= 0 {
            if source.value(matches[first + index], column) != nil { hasValue = true }
        }
        if !hasValue { return }
        separate(begin, &output)
        output.append(text: source.source.columns[column].outputKey)
        output.append(UInt8(ascii: "="))
        for index in 0..<count {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            let match = matches[first + index]
            if match >= 0, let value = source.value(match, column) {
                output.append(value)
            } else {
                output.append(UInt8(ascii: "."))
            }
        }
    }

    private mutating func addRegions(_ contig: ContigView, _ position: Int, _ begin: Int, to output: inout ByteBuffer) {
        if store.regions.count == 0 { return }
        let before = output.count
        separate(begin, &output)
        output.append("GAS_REGION=")
        let wrote = store.regions.write(
            contig: contig,
            from: position,
            to: position + alleles.referenceCount - 1,
            found: &foundRegions,
            to: &output
        )
        if !wrote { output.truncate(to: before) }
    }

    // MARK: CSQ

    private mutating func addConsequences(
        _ contig: ContigView,
        _ position: Int,
        _ begin: Int,
        to output: inout ByteBuffer
    ) {
        var isFirst = true
        let low = position + alleles.anchor - 1
        let high = position + alleles.referenceCount
        store.transcriptBins.collect(
            from: low - distance,
            to: high + distance,
            firstBin: contig.firstBin,
            binCount: contig.binCount,
            into: &found
        )
        for index in alleles.alternates.indices where alleles.alternates[index].isSequence {
            if isFirst {
                separate(begin, &output)
                output.append("CSQ=")
            } else {
                output.append(UInt8(ascii: ","))
            }
            isFirst = false
            addEntries(of: index, contig, position, to: &output)
        }
        if isFirst { tally.passedThrough += 1 }
    }

    private mutating func addEntries(
        of index: Int,
        _ contig: ContigView,
        _ position: Int,
        to output: inout ByteBuffer
    ) {
        let change = alleles.change(index, position: position)
        var all = ConsequenceSet()
        for place in 0..<found.count {
            let transcript = store.transcript(Int(found[place]))
            if change.high < transcript.start - distance || change.low > transcript.end + distance { continue }
            let before = output.count
            if !all.isEmpty { output.append(UInt8(ascii: ",")) }
            let terms = addEntry(change, index, transcript, contig, to: &output)
            if terms.isEmpty {
                output.truncate(to: before)
            } else {
                all.formUnion(terms)
                count(terms)
            }
        }
        if all.isEmpty {
            all.insert(.intergenic)
            count(all)
            addAllele(change, to: &output)
            CSQWriter.writeTerms(all, to: &output)
            output.append("||||||||||||||")
            output.append(UInt8(ascii: "|"))
            addExisting(index, to: &output)
            output.append("|||||")
        }
        tally.annotatedAlleles += 1
        if let worst = all.worst { tally.worst[Int(worst.rawValue)] += 1 }
        tally.impacts[Int(all.impact.rawValue)] += 1
    }

    @inline(__always)
    private mutating func count(_ terms: ConsequenceSet) {
        var rest = terms.bits
        while rest != 0 {
            tally.terms[rest.trailingZeroBitCount] += 1
            rest &= rest - 1
        }
    }

    @inline(__always)
    private func addAllele(_ change: Change, to output: inout ByteBuffer) {
        if change.alternate.isEmpty { output.append(UInt8(ascii: "-")) } else { output.append(change.alternate) }
    }

    /// Writes the entry of one allele on one transcript; what it wrote is to be taken back if the set is empty.
    private mutating func addEntry(
        _ change: Change,
        _ index: Int,
        _ transcript: Transcript,
        _ contig: ContigView,
        to output: inout ByteBuffer
    ) -> ConsequenceSet {
        let record = transcript.record
        addAllele(change, to: &output)
        guard change.overlaps(transcript.start, transcript.end) else {
            return addNeighbour(change, index, transcript, to: &output)
        }
        let gene = Int(record.pointee.gene)
        tally.genes[gene >> 6] |= 1 << UInt64(gene & 63)
        let prediction = Prediction(change, on: transcript)
        if prediction.isCoding { coding.set(change, at: prediction.place, on: transcript) }
        let terms = prediction.consequences(coding: coding)
        if terms.isEmpty { return terms }
        CSQWriter.writeTerms(terms, to: &output)
        add(record.pointee.head, to: &output)
        CSQWriter.writeNumbers(prediction, to: &output)
        if setup.options.hgvs && !terms.contains(.transcriptAblation) {
            addHGVS(prediction, terms, transcript, contig, to: &output)
        } else {
            output.append(UInt8(ascii: "|"))
        }
        CSQWriter.writePositions(prediction, coding: coding, to: &output)
        output.append(UInt8(ascii: "|"))
        addExisting(index, to: &output)
        output.append("||")
        add(record.pointee.tail, to: &output)
        return terms
    }

    private mutating func addNeighbour(
        _ change: Change,
        _ index: Int,
        _ transcript: Transcript,
        to output: inout ByteBuffer
    ) -> ConsequenceSet {
        let isBefore = change.end >= transcript.start - distance && change.end < transcript.start
        let isAfter = change.start <= transcript.end + distance && change.start > transcript.end
        guard isBefore || isAfter else { return ConsequenceSet() }
        let terms = ConsequenceSet(isBefore == transcript.isForward ? .upstreamGene : .downstreamGene)
        CSQWriter.writeTerms(terms, to: &output)
        add(transcript.record.pointee.head, to: &output)
        output.append("|||||||||")
        addExisting(index, to: &output)
        output.append(UInt8(ascii: "|"))
        let ends = [
            change.start - transcript.start, change.start - transcript.end, change.end - transcript.start,
            change.end - transcript.end,
        ]
        output.append(decimal: Int(ends.lazy.map(\.magnitude).min()!))
        output.append(UInt8(ascii: "|"))
        add(transcript.record.pointee.tail, to: &output)
        return terms
    }

    @inline(__always)
    private func add(_ range: TextRange, to output: inout ByteBuffer) {
        output.append(store.text + Int(range.offset), Int(range.count))
    }

    private func text(_ range: TextRange) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: store.text + Int(range.offset), count: Int(range.count))
    }

    /// Existing_variation: identifiers of the known variants that this allele is, joined by `&`.
    @inline(__always)
    private func addExisting(_ index: Int, to output: inout ByteBuffer) {
        if matches.isEmpty { return }
        let count = alleles.alternates.count
        var isFirst = true
        for (number, source) in store.known.enumerated() {
            let match = matches[number * count + index]
            guard match >= 0, let identifier = source.identifier(match) else { continue }
            if !isFirst { output.append(UInt8(ascii: "&")) }
            isFirst = false
            output.append(identifier)
        }
    }

    /// HGVSc, `|`, HGVSp.
    private mutating func addHGVS(
        _ prediction: borrowing Prediction,
        _ terms: ConsequenceSet,
        _ transcript: Transcript,
        _ contig: ContigView,
        to output: inout ByteBuffer
    ) {
        let description = CodingDescription(
            prediction.change,
            on: transcript,
            of: contig,
            in: store,
            scratch: &rotated
        )
        guard let description else { return output.append(UInt8(ascii: "|")) }
        description.write(name: text(transcript.record.pointee.name), to: &output)
        output.append(UInt8(ascii: "|"))
        guard prediction.isCoding else { return }
        let shifted = description.shifted
        let place = TranscriptPlace(shifted, on: transcript)
        guard place.isTranslated else { return }
        shiftedCoding.set(shifted, at: place, on: transcript)
        ProteinDescription(transcript: transcript, place: place, terms: terms).write(
            name: text(transcript.record.pointee.protein),
            isFrameshift: terms.contains(.frameshift),
            coding: shiftedCoding,
            to: &output
        )
    }
}
