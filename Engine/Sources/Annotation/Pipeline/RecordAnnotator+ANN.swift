/// The field `ANN`.
extension RecordAnnotator {
    /// Writes the entries with the most severe terms first; of equals those of canonical transcripts first, then the
    /// transcripts that begin first (section "Effect sort order" of the format's description).
    mutating func writeANN(to output: inout ByteBuffer) {
        let alternates = altText.split(separator: UInt8(ascii: ","))
        let order = list.entries.indices.map { index -> (terms: UInt64, other: Bool, start: Int, index: Int) in
            let entry = list.entries[index]
            let terms = ANN.terms(entry.terms, isConservative: isConservative(entry))
            guard entry.transcript >= 0 else { return (terms, true, Int.max, index) }
            let record = store.transcripts[entry.transcript]
            return (terms, !FieldList(text(record.attributes))[0].equals("YES"), Int(record.start), index)
        }
        // Impacts do not rise from one term to the next, so that the lowest bit holds them too.
        let sorted = order.sorted {
            let (left, right) = ($0.terms.trailingZeroBitCount, $1.terms.trailingZeroBitCount)
            return (left, $0.other ? 1 : 0, $0.start, $0.index) < (right, $1.other ? 1 : 0, $1.start, $1.index)
        }
        for (place, item) in sorted.enumerated() {
            if place > 0 { output.append(UInt8(ascii: ",")) }
            let entry = list.entries[item.index]
            output.append(UnsafeBufferPointer(rebasing: alternates[entry.allele]))
            writeANN(entry, item.terms, to: &output)
        }
    }

    /// Whether a change begins between two codons.
    private func isConservative(_ entry: EntryList.Entry) -> Bool {
        guard entry.terms.contains(.inframeInsertion) || entry.terms.contains(.inframeDeletion) else { return false }
        let place = FieldList(list.text(entry))[CSQField.cdsPosition.index]
        guard let first = place.slice(0, place.firstIndex(of: UInt8(ascii: "-")) ?? place.count).decimal else {
            return false
        }
        // An insertion has the positions on both sides of it.
        return entry.terms.contains(.inframeInsertion) ? first % 3 == 0 : first % 3 == 1
    }

    /// All fields of an entry but the first.
    private func writeANN(_ entry: EntryList.Entry, _ terms: UInt64, to output: inout ByteBuffer) {
        let fields = FieldList(list.text(entry))
        func field(_ field: CSQField) -> UnsafeBufferPointer<UInt8> { fields[field.index] }
        func next() { output.append(UInt8(ascii: "|")) }
        next()
        ANN.write(terms, to: &output)
        next()
        guard entry.transcript >= 0 else { return output.append("||intergenic_region||||||||||") }
        let transcript = store.transcript(entry.transcript)
        output.append(field(.symbol).isEmpty ? field(.gene) : field(.symbol))
        next()
        output.append(field(.gene))
        output.append("|transcript|")
        output.append(field(.feature))
        next()
        output.append(field(.biotype))
        next()
        writeRank(field(.exon).isEmpty ? field(.intron) : field(.exon), to: &output)
        next()
        writeDescription(field(.hgvsCoding), to: &output)
        next()
        writeProtein(field(.hgvsProtein), to: &output)
        next()
        writePlace(field(.cdnaPosition), of: transcript.cdnaLength, to: &output)
        next()
        writePlace(field(.cdsPosition), of: transcript.codingLength, to: &output)
        next()
        writePlace(field(.proteinPosition), of: proteinLength(transcript), to: &output)
        next()
        if field(.distance).isEmpty {
            writeDistance(field(.cdnaPosition), transcript, to: &output)
        } else {
            output.append(field(.distance))
        }
        next()
        let bases = transcript.isCoding ? transcript.codingLength : 0
        if bases % 3 != 0 { output.append("WARNING_TRANSCRIPT_INCOMPLETE") }
    }

    private func proteinLength(_ transcript: Transcript) -> Int {
        guard transcript.isCoding else { return 0 }
        return transcript.proteinLength(code: GeneticCodes.shared.table(Int(transcript.record.pointee.geneticCode)))
    }

    /// `2-3/10` as `2/10`.
    private func writeRank(_ numbers: UnsafeBufferPointer<UInt8>, to output: inout ByteBuffer) {
        let total = numbers.firstIndex(of: UInt8(ascii: "/")) ?? numbers.count
        let first = numbers.slice(0, total)
        output.append(first.slice(0, first.firstIndex(of: UInt8(ascii: "-")) ?? first.count))
        output.append(numbers.slice(total, numbers.count))
    }

    /// A description of HGVS without the name before it.
    private func writeDescription(_ text: UnsafeBufferPointer<UInt8>, to output: inout ByteBuffer) {
        output.append(text.slice(text.firstIndex(of: UInt8(ascii: ":")).map { $0 + 1 } ?? 0, text.count))
    }

    /// The same of a protein. SnpEff writes one residue that stays as `Ala2Ala`, and one that becomes a stop as `Trp3*`.
    private func writeProtein(_ text: UnsafeBufferPointer<UInt8>, to output: inout ByteBuffer) {
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), text.count > colon + 6 else { return }
        output.append(text.slice(colon + 1, text.count))
        let residue = text.slice(colon + 3, colon + 6)
        let rest = text.slice(colon + 6, text.count)
        guard rest.count > 3, rest.slice(0, rest.count - 3).decimal != nil else { return }
        let end = rest.slice(rest.count - 3, rest.count)
        let before = output.count - 3
        if end.equals("%3D") {
            output.truncate(to: before)
            output.append(residue)
        } else if end.equals("Ter") && !residue.equals("Ter") {
            output.truncate(to: before)
            output.append(UInt8(ascii: "*"))
        }
    }

    /// Of a change in an untranslated region, how far it is from the CDS.
    private func writeDistance(
        _ place: UnsafeBufferPointer<UInt8>, _ transcript: Transcript, to output: inout ByteBuffer
    ) {
        guard transcript.isCoding, let position = known(place)?.decimal else { return }
        if position < transcript.codingStart { output.append(decimal: transcript.codingStart - position) }
        if position > transcript.codingEnd { output.append(decimal: position - transcript.codingEnd) }
    }

    /// The first known position and the length: `12/130`.
    private func writePlace(_ place: UnsafeBufferPointer<UInt8>, of length: Int, to output: inout ByteBuffer) {
        guard let known = known(place) else { return }
        output.append(known)
        output.append(UInt8(ascii: "/"))
        output.append(decimal: length)
    }

    /// The first position of `12-14`, the second of `?-14`.
    private func known(_ place: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        let dash = place.firstIndex(of: UInt8(ascii: "-")) ?? place.count
        let first = place.slice(0, dash)
        if first.decimal != nil { return first }
        let second = place.slice(min(dash + 1, place.count), place.count)
        return second.decimal != nil ? second : nil
    }
}
