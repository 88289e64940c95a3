import Foundation

/// A record in a coding sequence that someone carries.
struct HaplotypeSite {
    /// Line of the window, 1-based.
    let line: Int
    let position: Int
    /// Its alleles in ``HaplotypeSites/bases``; REF first.
    let alleles: Range<Int>
    /// Its carriers in ``HaplotypeSites/carriers``.
    let carriers: Range<Int>
    /// The base that VEP takes off the front of all alleles, or 0.
    let anchor: Int
    /// REF agrees with the genome.
    let isRight: Bool
}

/// The records of a window that lie in coding sequences, with their carriers: what haplotypes are made of.
struct HaplotypeSites: ~Copyable {
    /// An allele; one that is no sequence has no bases.
    struct Allele {
        let start: Int
        let count: Int
        let type: VariantType
    }

    private(set) var sites: [HaplotypeSite] = []
    private(set) var carriers: [Carrier] = []
    private(set) var alleles: [Allele] = []
    /// Sites by number of the transcript whose coding sequence they touch.
    private(set) var byTranscript: [Int: [Int]] = [:]
    private var bases = ByteBuffer(capacity: 1 << 14)
    private var record = Alleles()
    private var found = NumberList()
    private var transcripts: [Int] = []

    /// Gathers the sites of a window's lines. Malformed lines are left to those who annotate them.
    mutating func gather(
        _ window: UnsafeBufferPointer<UInt8>, _ setup: RecordAnnotator.Setup, _ genotypes: inout GenotypeReader
    ) {
        sites.removeAll(keepingCapacity: true)
        carriers.removeAll(keepingCapacity: true)
        alleles.removeAll(keepingCapacity: true)
        byTranscript.removeAll(keepingCapacity: true)
        bases.removeAll()
        let store = setup.reference.store
        var name = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        var contig: ContigView?
        var lineNumber = 0
        var position = 0
        while position < window.count {
            lineNumber += 1
            let left = window.count - position
            let newline = memchr(window.baseAddress! + position, 10, left)
            let end = newline.map { UnsafeRawPointer(window.baseAddress!).distance(to: $0) } ?? window.count
            let hasReturn = end > position && window[end - 1] == 13
            let line = window.slice(position, hasReturn ? end - 1 : end)
            position = end + 1
            guard !line.isEmpty,
                let fields = try? RecordFields(line, columns: setup.columnCount, lineNumber: lineNumber)
            else { continue }
            if !name.elementsEqual(fields.chromText) {
                name = fields.chromText
                let isOther = setup.others.reasons[name.text] != nil
                contig = isOther ? nil : store.contigNumbers[name.text].map { store.contig($0) }
            }
            if let contig { add(fields, contig, lineNumber, setup, &genotypes) }
        }
    }

    private mutating func add(
        _ fields: RecordFields, _ contig: ContigView, _ lineNumber: Int, _ setup: RecordAnnotator.Setup,
        _ genotypes: inout GenotypeReader
    ) {
        let store = setup.reference.store
        guard let position = try? fields.position(lineNumber: lineNumber), position >= 1, position <= contig.length,
            findTranscripts(contig, position, position + fields.refText.count, store)
        else { return }
        let limits = setup.options.limits
        guard
            (try? record.read(fields, isVersion3: setup.isVersion3, limits: limits, lineNumber: lineNumber)) != nil
        else { return }
        let isRight = store.agrees(record.reference, position, contig)
        let first = carriers.count
        genotypes.read(fields.line, from: min(fields.infoEnd + 1, fields.line.count), into: &carriers)
        if carriers.count == first { return }
        let firstAllele = alleles.count
        append(record.reference, .same)
        for index in record.alternates.indices {
            let alternate = record.alternates[index]
            append(alternate.isSequence ? record.alternate(index) : record.reference.slice(0, 0), alternate.type)
        }
        for transcript in transcripts { byTranscript[transcript, default: []].append(sites.count) }
        sites.append(
            HaplotypeSite(
                line: lineNumber, position: position, alleles: firstAllele..<alleles.count,
                carriers: first..<carriers.count, anchor: record.anchor, isRight: isRight))
    }

    private mutating func append(_ text: UnsafeBufferPointer<UInt8>, _ type: VariantType) {
        alleles.append(Allele(start: bases.count, count: text.count, type: type))
        bases.append(text)
    }

    /// Finds the transcripts whose coding sequence the interval touches; false if there are none.
    private mutating func findTranscripts(_ contig: ContigView, _ low: Int, _ high: Int, _ store: ReferenceStore)
        -> Bool
    {
        transcripts.removeAll(keepingCapacity: true)
        let margin = Transcript.spliceSite
        store.transcriptBins.collect(
            from: low - margin, to: high + margin, firstBin: contig.firstBin, binCount: contig.binCount, into: &found)
        for index in 0..<found.count where store.transcript(Int(found[index])).touchesCoding(low, high) {
            transcripts.append(Int(found[index]))
        }
        return !transcripts.isEmpty
    }

    /// The bases of an allele of a site, REF being 0; valid until the next window. nil if there is no such allele.
    func allele(_ number: Int, of site: HaplotypeSite) -> (bases: UnsafeBufferPointer<UInt8>, type: VariantType)? {
        guard number < site.alleles.count else { return nil }
        let allele = alleles[site.alleles.lowerBound + number]
        return (bases.bytes.slice(allele.start, allele.start + allele.count), allele.type)
    }
}
