/// Lays gene models out as the flat tables that are searched when annotating.
struct TranscriptCompiler {
    private(set) var transcripts: [TranscriptRecord] = []
    private(set) var exons: [ExonRecord] = []
    private(set) var spliced: [UInt8] = []
    private(set) var mature: [IntervalRecord] = []
    private var genes: [String: Int32] = [:]

    var geneCount: Int { genes.count }

    /// Adds the transcripts of one contig, which must come in the order in which CSQ is to list them.
    mutating func add(_ models: [GeneModel], genome: PackedGenome, text: inout TextPool) throws(AnnotationError) {
        for model in models { try add(model, genome: genome, text: &text) }
    }

    private mutating func add(_ model: GeneModel, genome: PackedGenome, text: inout TextPool) throws(AnnotationError) {
        try check(model, genome)
        var record = TranscriptRecord()
        record.contig = Int32(model.contig)
        record.start = Int32(model.start)
        record.end = Int32(model.exons.map(\.end).max() ?? model.end)
        record.strand = model.isForward ? 1 : -1
        record.geneticCode = Int32(clamping: model.geneticCode ?? 1)
        record.exonOffset = Int32(exons.count)
        record.exonCount = Int32(model.exons.count)
        record.cdnaLength = Int32(addExons(model))
        if GeneticCode.known.contains(Int(record.geneticCode)) == false {
            throw AnnotationError(
                .badSource,
                "The transcript \(Phrase.shortened(model.id)) uses genetic code \(record.geneticCode), which is not known here."
            )
        }
        if !model.coding.isEmpty { addCoding(model, to: &record, genome: genome) }
        record.flags = flags(of: model)
        record.pickRank = model.attributes.pickRank(biotype: model.biotype)
        record.matureOffset = Int32(mature.count)
        record.matureCount = Int32(model.mature.count)
        mature += model.mature.map { IntervalRecord(start: Int32($0.start), end: Int32($0.end)) }
        let number = genes[model.gene] ?? Int32(genes.count)
        genes[model.gene] = number
        record.gene = number
        addText(of: model, to: &record, text: &text)
        transcripts.append(record)
    }

    /// The parts of a transcript must lie on its contig, and be no more of it than could be read of it twice.
    private func check(_ model: GeneModel, _ genome: PackedGenome) throws(AnnotationError) {
        let contig = genome.sequences[model.contig]
        let ends = model.exons.map(\.end) + model.coding.map(\.end) + model.mature.map(\.end)
        if let end = ends.max(), end > contig.length {
            throw AnnotationError(
                .badSource,
                "The transcript \(Phrase.shortened(model.id)) ends at \(end), beyond the end of "
                    + "\(Phrase.shortened(contig.name)); gene models and sequence are of different assemblies."
            )
        }
        let length = model.exons.reduce(0) { $0 + $1.end - $1.start + 1 }
        guard length <= 2 * contig.length, spliced.count + length <= Int(UInt32.max) else {
            throw AnnotationError(
                .badSource,
                "The exons of the transcript \(Phrase.shortened(model.id)) are longer than its sequence: they overlap."
            )
        }
    }

    /// Adds the exons in genomic order; returns the length of the cDNA.
    private mutating func addExons(_ model: GeneModel) -> Int {
        let first = exons.count
        exons += model.exons.map { ExonRecord(start: Int32($0.start), end: Int32($0.end), cdnaStart: 0) }
        let order = model.isForward ? Array(first..<exons.count) : Array((first..<exons.count).reversed())
        var position = 1
        for index in order {
            exons[index].cdnaStart = Int32(position)
            position += Int(exons[index].end - exons[index].start) + 1
        }
        return position - 1
    }

    private mutating func addCoding(_ model: GeneModel, to record: inout TranscriptRecord, genome: PackedGenome) {
        let low = model.coding.map(\.start).min()!
        let high = model.coding.map(\.end).max()!
        guard let lowCDNA = cdna(low, record, preferLast: false), let highCDNA = cdna(high, record, preferLast: true)
        else { return }
        record.genomicCodingStart = Int32(low)
        record.genomicCodingEnd = Int32(high)
        record.codingStart = Int32(min(lowCDNA, highCDNA))
        record.codingEnd = Int32(max(lowCDNA, highCDNA))
        // GFF3's phase counts the bases to skip; Ensembl's start phase counts the bases missing before the first one.
        let firstPhase = model.isForward ? model.coding.first!.phase : model.coding.last!.phase
        record.startPhase = Int32((3 - firstPhase) % 3)
        let length = Int(record.codingEnd - record.codingStart) + 1 + Int(record.startPhase)
        let endsTranscript = record.codingEnd == record.cdnaLength
        if length % 3 != 0 && endsTranscript && GeneticCode.completesStopWithTail(Int(record.geneticCode)) {
            record.tailBases = tailBases(model, record, length, genome)
        }
        appendSpliced(model, to: &record, genome: genome)
    }

    /// The poly-A tail that turns an incomplete last codon into a stop (T or TA into TAA); 0 if it does not.
    private func tailBases(_ model: GeneModel, _ record: TranscriptRecord, _ length: Int, _ genome: PackedGenome)
        -> Int32
    {
        let partial = length % 3
        var last: [UInt8] = []
        for offset in (0..<partial).reversed() {
            let position = model.isForward ? model.end - offset : model.start + offset
            let base = genome.base(model.contig, position)
            last.append(model.isForward ? base : Base.complements[Int(base)])
        }
        return last == Array("TA".utf8.prefix(partial)) ? Int32(3 - partial) : 0
    }

    private mutating func appendSpliced(_ model: GeneModel, to record: inout TranscriptRecord, genome: PackedGenome) {
        record.splicedOffset = UInt32(spliced.count)
        for exon in model.isForward ? model.exons : model.exons.reversed() {
            if model.isForward {
                for position in exon.start...exon.end { spliced.append(genome.base(model.contig, position)) }
            } else {
                for position in (exon.start...exon.end).reversed() {
                    spliced.append(Base.complements[Int(genome.base(model.contig, position))])
                }
            }
        }
        for _ in 0..<record.tailBases { spliced.append(UInt8(ascii: "A")) }
    }

    private func cdna(_ position: Int, _ record: TranscriptRecord, preferLast: Bool) -> Int? {
        let range = Int(record.exonOffset)..<Int(record.exonOffset + record.exonCount)
        let hits = range.filter { Int(exons[$0].start) <= position && position <= Int(exons[$0].end) }
        guard let index = preferLast ? hits.last : hits.first else { return nil }
        let exon = exons[index]
        let within = record.strand > 0 ? position - Int(exon.start) : Int(exon.end) - position
        return Int(exon.cdnaStart) + within
    }

    private func flags(of model: GeneModel) -> Int32 {
        var flags: Int32 = 0
        if model.biotype == "nonsense_mediated_decay" { flags |= TranscriptRecord.isNMD }
        if model.biotype == "miRNA" { flags |= TranscriptRecord.isMicroRNA }
        if model.biotype == "protein_coding" { flags |= TranscriptRecord.isProteinCoding }
        if model.tags.contains("cds_start_NF") { flags |= TranscriptRecord.startNotFound }
        if model.tags.contains("cds_end_NF") { flags |= TranscriptRecord.endNotFound }
        // Ensembl calls an intron of at most 13 bases a frameshift intron: no spliceosome removes it.
        for (left, right) in zip(model.exons, model.exons.dropFirst())
        where right.start > left.end + 1 && right.start - left.end - 2 <= 12 {
            flags |= TranscriptRecord.hasFrameshiftIntron
        }
        return flags
    }

    private func addText(of model: GeneModel, to record: inout TranscriptRecord, text: inout TextPool) {
        let head = [model.symbol, model.gene, "Transcript", model.id, model.biotype].map(CSQ.escaped)
        record.head = text.add("|" + head.joined(separator: "|") + "|")
        let flags = model.tags.filter { ["cds_start_NF", "cds_end_NF"].contains($0) }.joined(separator: "&")
        let tail = [model.isForward ? "1" : "-1", flags, model.symbolSource, model.hgncID].map(CSQ.escaped)
        record.tail = text.add(tail.joined(separator: "|"))
        record.name = text.add(CSQ.escaped(model.name))
        record.protein = text.add(CSQ.escaped(model.proteinName.isEmpty ? model.name : model.proteinName))
        record.attributes = text.add(model.attributes.fields)
    }
}

/// Text of a reference under construction; equal texts are kept once.
struct TextPool {
    private(set) var bytes: [UInt8] = []
    private var known: [String: TextRange] = [:]

    mutating func add(_ text: String) -> TextRange {
        if let range = known[text] { return range }
        let range = TextRange(offset: UInt32(bytes.count), count: UInt32(text.utf8.count))
        bytes += text.utf8
        known[text] = range
        return range
    }
}
