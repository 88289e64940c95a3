/// Structural alternate alleles.
extension RecordAnnotator {
    /// Reads what the record's symbolic alleles and breakends do; nil stands for the others.
    mutating func readStructural(_ fields: RecordFields, _ position: Int, lineNumber: Int) {
        structural.removeAll(keepingCapacity: true)
        let alt = fields.altText
        let count = alleles.alternates.count
        var start = 0
        for number in 0..<count {
            let alternate = alleles.alternates[number]
            var end = start
            while end < alt.count && alt[end] != UInt8(ascii: ",") { end += 1 }
            let isSymbol = alternate.type == .symbolic || alternate.type == .breakend
            let symbol = alt.slice(start, end)
            start = end + 1
            structural.append(
                isSymbol ? change(symbol, number, of: count, position, fields.infoText, lineNumber) : nil)
        }
    }

    private mutating func change(
        _ symbol: UnsafeBufferPointer<UInt8>, _ number: Int, of count: Int, _ position: Int,
        _ info: UnsafeBufferPointer<UInt8>, _ lineNumber: Int
    ) -> StructuralChange? {
        // VCF 3.3's D12 is no symbol of later versions.
        if setup.isVersion3 { return nil }
        do throws(StructuralChange.Failure) {
            let read = try StructuralChange(symbol, number: number, of: count, position: position, info: info)
            let length = read.change.end - read.change.start + 1
            guard length <= setup.options.limits.structuralLength else {
                note("a structural allele of \(length) bases is longer than is allowed here", lineNumber)
                return nil
            }
            return read
        } catch {
            if error == .noEnd { note("a structural allele has neither END nor SVLEN", lineNumber) }
            return nil
        }
    }

    /// Writes the entry of a structural change on one transcript; what it wrote is to be taken back if the set is empty.
    mutating func addEntry(
        _ kind: StructuralChange.Kind, _ change: Change, _ transcript: Transcript, to output: inout ByteBuffer
    ) -> ConsequenceSet {
        marks.removeAll()
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
