/// Structural alternate alleles.
extension RecordAnnotator {
    /// Reads what the record's symbolic alleles and breakends do; nil stands for the others.
    mutating func readStructural(
        _ fields: RecordFields, _ position: Int, _ contig: ContigView, lineNumber: Int
    ) {
        structural.removeAll(keepingCapacity: true)
        let info = StructuralChange.Info(fields.infoText)
        let symbols = fields.altText.split(separator: UInt8(ascii: ","))
        let lengths = info.lengths?.split(separator: UInt8(ascii: ",")) ?? []
        for number in alleles.alternates.indices {
            let alternate = alleles.alternates[number]
            guard alternate.type == .symbolic || alternate.type == .breakend else {
                structural.append(nil)
                continue
            }
            let item = lengths.count == 1 ? lengths[0] : number < lengths.count ? lengths[number] : nil
            let length = item.flatMap { UnsafeBufferPointer(rebasing: $0).magnitude }
            let symbol = UnsafeBufferPointer(rebasing: symbols[number])
            structural.append(change(symbol, length, position, info, contig, lineNumber))
            if alternate.type == .breakend { checkMate(symbol, lineNumber) }
        }
    }

    private mutating func change(
        _ symbol: UnsafeBufferPointer<UInt8>, _ length: Int?, _ position: Int, _ info: StructuralChange.Info,
        _ contig: ContigView, _ line: Int
    ) -> Result<StructuralChange, StructuralChange.Failure>? {
        // VCF 3.3's D12 is no symbol of later versions.
        if setup.isVersion3 { return nil }
        do throws(StructuralChange.Failure) {
            let read = try StructuralChange(
                symbol, length: length, isOnly: alleles.alternates.count == 1, position: position, info: info)
            let end = read.change.end
            guard end <= (contig.isCircular ? 2 : 1) * contig.length else {
                note("a structural allele ends at \(end), beyond its contig, which has \(contig.length) bases", line)
                throw .endOutsideContig
            }
            let bases = end - read.change.start + 1
            guard bases <= setup.options.limits.structuralLength else {
                note("a structural allele of \(bases) bases is longer than is allowed here", line)
                throw .tooLong
            }
            return .success(read)
        } catch {
            if error == .noEnd { note("a structural allele has neither END nor SVLEN", line) }
            if error == .endBeforeStart { note("a structural allele has an END that does not lie behind POS", line) }
            return .failure(error)
        }
    }

    /// A breakend is annotated where it stands; that its mate cannot be found there is worth a remark.
    private mutating func checkMate(_ symbol: UnsafeBufferPointer<UInt8>, _ line: Int) {
        guard let mate = BreakendMate(symbol) else { return }
        guard let number = store.contigNumbers[mate.contig.text] else {
            return note("the mate of a breakend lies on \(mate.contig.text), which the reference lacks", line)
        }
        let length = store.contig(number).length
        // A telomere lies before the first base or behind the last one.
        if mate.position > length + 1 {
            note("the mate of a breakend lies outside its contig, which has \(length) bases", line)
        }
    }

    /// Writes the entry of a structural change on one transcript; what it wrote is to be taken back if the set is empty.
    mutating func addEntry(
        _ kind: StructuralChange.Kind, _ change: Change, _ transcript: Transcript, to output: inout ByteBuffer
    ) -> ConsequenceSet {
        gaps.removeAll()
        output.append(kind.term)
        guard change.overlaps(transcript.start, transcript.end) else {
            return addNeighbour(change, transcript, to: &output)
        }
        let record = transcript.record
        count(gene: record.pointee.gene)
        let prediction = Prediction(change, on: transcript)
        let terms = prediction.consequences(of: kind)
        if terms.isEmpty { return terms }
        CSQWriter.writeTerms(terms, to: &output)
        add(record.pointee.head, to: &output)
        CSQWriter.writeNumbers(prediction, to: &output)
        output.append(UInt8(ascii: "|"))
        CSQWriter.writePlaces(prediction, to: &output)
        output.append("|||")
        output.append(existing.bytes)
        output.append("||")
        add(record.pointee.tail, to: &output)
        return terms
    }
}
