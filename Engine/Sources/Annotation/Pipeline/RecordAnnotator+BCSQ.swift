import Foundation

/// The field `BCSQ`.
extension RecordAnnotator {
    /// Writes the entries of the record's alleles that are sequences; nothing if they have none.
    mutating func writeBCSQ(_ position: Int, to output: inout ByteBuffer) {
        let begin = output.count
        seen.removeAll(keepingCapacity: true)
        let alternates = altText.split(separator: UInt8(ascii: ","))
        for entry in list.entries where entry.transcript >= 0 && alleles.alternates[entry.allele].isSequence {
            let transcript = store.transcript(entry.transcript)
            let (region, main, outside) = BCSQ.entries(entry.terms, isCoding: transcript.isCoding)
            for terms in [region, main, outside] where !terms.isEmpty {
                let before = output.count
                if before > begin { output.append(UInt8(ascii: ",")) }
                let start = output.count
                writeBCSQ(entry, terms, transcript, position, alternates[entry.allele], to: &output)
                if !isNew(start, in: output) { output.truncate(to: before) }
            }
        }
    }

    /// Whether the text behind `start` is not among that of this record yet.
    private mutating func isNew(_ start: Int, in output: borrowing ByteBuffer) -> Bool {
        let count = output.count - start
        let isKnown = seen.contains {
            $0.count == count && memcmp(output.base + $0.lowerBound, output.base + start, count) == 0
        }
        if !isKnown { seen.append(start..<output.count) }
        return !isKnown
    }

    private func writeBCSQ(
        _ entry: EntryList.Entry, _ terms: BCSQ.Terms, _ transcript: Transcript, _ position: Int,
        _ alternate: Slice<UnsafeBufferPointer<UInt8>>, to output: inout ByteBuffer
    ) {
        let fields = FieldList(list.text(entry))
        func field(_ field: CSQField) -> UnsafeBufferPointer<UInt8> { fields[field.index] }
        terms.write(to: &output)
        output.append(UInt8(ascii: "|"))
        output.append(field(.symbol).isEmpty ? field(.gene) : field(.symbol))
        output.append(UInt8(ascii: "|"))
        if terms.namesTranscript { output.append(field(.feature)) }
        output.append(UInt8(ascii: "|"))
        BCSQ.write(biotype: field(.biotype), to: &output)
        guard terms.describesChange else { return }
        output.append(transcript.isForward ? "|+" : "|-")
        let aminoAcids = list.aminoAcids(entry)
        if aminoAcids.isEmpty { return }
        output.append(UInt8(ascii: "|"))
        output.append(aminoAcids)
        output.append(UInt8(ascii: "|"))
        output.append(decimal: position)
        output.append(alleles.reference)
        output.append(UInt8(ascii: ">"))
        output.append(UnsafeBufferPointer(rebasing: alternate))
    }

    /// Adds to the last entry what becomes of the amino acids; the codons of its change must still be set.
    mutating func addAminoAcids(_ change: Change, _ transcript: Transcript, _ terms: ConsequenceSet) {
        let hidden: [Consequence] = [.startLost, .spliceDonor, .spliceAcceptor, .transcriptAblation]
        if hidden.contains(where: terms.contains) { return }
        let prediction = Prediction(change, on: transcript)
        guard prediction.isCoding, prediction.place.isTranslated, coding.hasPeptides else { return }
        list.addAminoAcids { text in
            BCSQ.writeAminoAcids(prediction, coding, isFrameshift: terms.contains(.frameshift), to: &text)
        }
    }
}
