/// Writes one entry of the CSQ field after another.
enum CSQWriter {
    /// Everything of an entry after the allele and before the transcript's own fields.
    @inline(__always)
    static func writeTerms(_ terms: ConsequenceSet, to output: inout ByteBuffer) {
        if terms.bits & (terms.bits - 1) == 0 {
            return ConsequenceText.shared.write(terms.bits.trailingZeroBitCount, to: &output)
        }
        var rest = terms.bits
        var separator = UInt8(ascii: "|")
        while rest != 0 {
            output.append(separator)
            ConsequenceText.shared.writeTerm(rest.trailingZeroBitCount, to: &output)
            separator = UInt8(ascii: "&")
            rest &= rest - 1
        }
        output.append(UInt8(ascii: "|"))
        output.append(terms.impact.word)
    }

    /// EXON and INTRON, as `2-3/10`, each followed by `|`.
    static func writeNumbers(_ prediction: borrowing Prediction, to output: inout ByteBuffer) {
        let transcript = prediction.transcript
        let change = prediction.change
        let place = prediction.place
        if place.touchesExonSpan {
            var first = Int.max
            var last = 0
            for index in place.firstExon...place.lastExon {
                let exon = transcript.exons[index]
                guard change.overlaps(Int(exon.start), Int(exon.end)) else { continue }
                let number = transcript.exonNumber(index)
                first = min(first, number)
                last = max(last, number)
            }
            if last > 0 { writeRange(first, last, of: transcript.exonCount, to: &output) }
        }
        output.append(UInt8(ascii: "|"))
        if transcript.exonCount > 1 {
            var first = Int.max
            var last = 0
            var index = max(0, place.firstExon - 1)
            while index + 1 < transcript.exonCount {
                let start = Int(transcript.exons[index].end) + 1
                let end = Int(transcript.exons[index + 1].start) - 1
                if start > change.high { break }
                if start <= end && change.overlaps(start, end) {
                    let number = transcript.intronNumber(index)
                    first = min(first, number)
                    last = max(last, number)
                }
                index += 1
            }
            if last > 0 { writeRange(first, last, of: transcript.exonCount - 1, to: &output) }
        }
        output.append(UInt8(ascii: "|"))
    }

    private static func writeRange(_ first: Int, _ last: Int, of total: Int, to output: inout ByteBuffer) {
        output.append(decimal: first)
        if last > first {
            output.append(UInt8(ascii: "-"))
            output.append(decimal: last)
        }
        output.append(UInt8(ascii: "/"))
        output.append(decimal: total)
    }

    /// cDNA_position, CDS_position and Protein_position, Amino_acids and Codons, each preceded by `|`.
    static func writePositions(
        _ prediction: borrowing Prediction,
        coding: borrowing CodingChange,
        to output: inout ByteBuffer
    ) {
        writePlaces(prediction, to: &output)
        output.append(UInt8(ascii: "|"))
        if prediction.isCoding {
            if coding.hasPeptides { writePeptides(coding, to: &output) }
            output.append(UInt8(ascii: "|"))
            if coding.hasCodons { writeCodons(coding, prediction.change, to: &output) }
        } else {
            output.append(UInt8(ascii: "|"))
        }
    }

    /// cDNA_position, CDS_position and Protein_position, each preceded by `|`.
    @inline(__always)
    static func writePlaces(_ prediction: borrowing Prediction, to output: inout ByteBuffer) {
        let place = prediction.place
        writePosition(place.cdnaStart, place.cdnaEnd, to: &output)
        writePosition(place.cdsStart, place.cdsEnd, to: &output)
        writePosition(place.proteinStart, place.proteinEnd, to: &output)
    }

    /// `12`, `12-14`, `?-14` or `12-?`; of an insertion the two positions it stands between.
    private static func writePosition(_ start: Int, _ end: Int, to output: inout ByteBuffer) {
        output.append(UInt8(ascii: "|"))
        if start == 0 && end == 0 { return }
        let (low, high) = start != 0 && end != 0 && start > end ? (end, start) : (start, end)
        writeKnown(low, to: &output)
        if low == high { return }
        output.append(UInt8(ascii: "-"))
        writeKnown(high, to: &output)
    }

    private static func writeKnown(_ position: Int, to output: inout ByteBuffer) {
        if position == 0 { output.append(UInt8(ascii: "?")) } else { output.append(decimal: position) }
    }

    private static func writePeptides(_ coding: borrowing CodingChange, to output: inout ByteBuffer) {
        let reference = coding.referencePeptide.bytes
        let alternate = coding.alternatePeptide.bytes
        let isSame = reference.count == alternate.count && reference.elementsEqual(alternate)
        if !isSame {
            writeOrDash(reference, to: &output)
            output.append(UInt8(ascii: "/"))
        }
        writeOrDash(alternate, to: &output)
    }

    private static func writeOrDash(_ text: UnsafeBufferPointer<UInt8>, to output: inout ByteBuffer) {
        if text.isEmpty { output.append(UInt8(ascii: "-")) } else { output.append(text) }
    }

    /// Unchanged bases in lower case, changed ones in upper case.
    private static func writeCodons(_ coding: borrowing CodingChange, _ change: Change, to output: inout ByteBuffer) {
        let from = coding.offsetInCodon
        // Bases that the ribosome reads twice are in the codons twice.
        let repeated = coding.bases.count - change.alternate.count
        let referenceEnd = from + max(0, change.end - change.start + 1) + repeated
        writeCodon(coding.referenceCodons.bytes, from, referenceEnd, to: &output)
        output.append(UInt8(ascii: "/"))
        writeCodon(coding.alternateCodons.bytes, from, from + coding.bases.count, to: &output)
    }

    private static func writeCodon(
        _ codon: UnsafeBufferPointer<UInt8>,
        _ from: Int,
        _ to: Int,
        to output: inout ByteBuffer
    ) {
        if codon.isEmpty { return output.append(UInt8(ascii: "-")) }
        for index in 0..<codon.count {
            output.append(index >= from && index < to ? codon[index] : codon[index] | 0x20)
        }
    }
}
