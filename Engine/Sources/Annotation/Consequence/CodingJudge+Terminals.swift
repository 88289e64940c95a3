import Foundation

/// The start codon and the stop codon.
extension CodingJudge {
    // MARK: the start codon

    var overlapsStartCodon: Bool {
        if transcript.has(TranscriptRecord.startNotFound) || place.cdnaStart == 0 || place.cdnaEnd == 0 { return false }
        return place.cdnaEnd >= transcript.codingStart && place.cdnaStart <= transcript.codingStart + 2
    }

    /// Whether the CDS no longer stands whole at the end of 5' UTR and CDS after the edit: whether the bases before the
    /// edit's end, read backwards, still spell the CDS's beginning.
    func altersStart(_ coding: borrowing CodingChange) -> Bool {
        let bases = coding.bases.bytes
        let needed = place.cdnaEnd - transcript.codingStart + 1
        for step in 0..<max(0, needed) {
            let expected = transcript.spliced[place.cdnaEnd - 1 - step]
            let index = bases.count - 1 - step
            if index >= 0 {
                if bases[index] != expected { return true }
                continue
            }
            let before = place.cdnaStart - 1 + index
            if before < 0 || transcript.spliced[before] != expected { return true }
        }
        return false
    }

    /// Whether the three bases at the start codon's place are no longer ATG; asked only where a 5' UTR is known.
    func losesATG(_ coding: borrowing CodingChange) -> Bool {
        guard coding.isUnambiguous, transcript.codingStart > 1 else { return false }
        let bases = coding.bases.bytes
        for (offset, expected) in "ATG".utf8.enumerated() {
            let index = transcript.codingStart - 1 + offset
            let base: UInt8
            if index < place.cdnaStart - 1 {
                base = transcript.spliced[index]
            } else if index < place.cdnaStart - 1 + bases.count {
                base = bases[index - place.cdnaStart + 1]
            } else {
                let source = index - bases.count + place.cdnaEnd - place.cdnaStart + 1
                base = source < transcript.cdnaLength ? transcript.spliced[source] : UInt8(ascii: "N")
            }
            if base != expected { return true }
        }
        return false
    }

    /// Whether an edit within the CDS leaves the start codon's bases where they were. It could as well be written behind
    /// that codon, and must mean there what it means here.
    func keepsStartInPlace(_ coding: borrowing CodingChange) -> Bool {
        guard place.cdsStart > 0, place.cdnaStart >= transcript.codingStart else { return false }
        let alternate = AlternateCDS(
            transcript: transcript,
            start: place.cdsStart - 1,
            replaced: place.cdnaEnd - place.cdnaStart + 1,
            bases: coding.bases.bytes
        )
        return (0..<3).allSatisfy { alternate.base($0) == transcript.codingBase($0) }
    }

    /// A deletion from outside the transcript into a CDS that begins with the transcript.
    var runsOverStart: Bool {
        shortens && transcript.codingStart == 1 && !transcript.has(TranscriptRecord.startNotFound)
            && (transcript.isForward ? runsOverLowEnd : runsOverHighEnd)
    }

    /// A deletion from a CDS that ends with the transcript, in a stop codon, to outside.
    var runsOverStop: Bool {
        guard shortens, transcript.codingEnd == transcript.cdnaLength, !transcript.has(TranscriptRecord.endNotFound),
            transcript.isForward ? runsOverHighEnd : runsOverLowEnd
        else { return false }
        let code = GeneticCodes.shared.table(Int(transcript.record.pointee.geneticCode))
        return transcript.proteinLength(code: code) < transcript.codingLength / 3
    }

    private var runsOverLowEnd: Bool { change.start < transcript.start && change.end >= transcript.start }
    private var runsOverHighEnd: Bool { change.end > transcript.end && change.start <= transcript.end }

    func isStartLost(_ facts: Facts, _ coding: borrowing CodingChange) -> Bool {
        if runsOverStart { return true }
        guard facts.overlapsStart else { return false }
        let keepsFrame =
            (lengthens && isInframeInsertion(facts, coding)) || facts.inframeDeletion
        if facts.startAltered && !keepsFrame { return true }
        if losesATG(coding) { return true }
        let reference = coding.referencePeptide.bytes
        let alternate = coding.alternatePeptide.bytes
        guard coding.hasPeptides, !reference.isEmpty, place.proteinStart == 1 else { return false }
        return !ends(alternate, with: reference) && !begins(alternate, with: reference)
    }

    // MARK: the stop codon

    var overlapsStopCodon: Bool {
        if transcript.has(TranscriptRecord.endNotFound) || place.cdnaStart == 0 || place.cdnaEnd == 0 { return false }
        return place.cdnaEnd >= transcript.codingEnd - 2 + transcript.tailBases
            && place.cdnaStart <= transcript.codingEnd
    }

    func isStopLost(_ facts: Facts, _ coding: borrowing CodingChange) -> Bool {
        if facts.isPartial { return false }
        let alternate = coding.alternatePeptide.bytes
        if coding.hasPeptides && !holds(alternate, "X") {
            return !holds(alternate, "*") && holds(coding.referencePeptide.bytes, "*")
        }
        return altersStop(coding)
    }

    func isStopRetained(_ coding: borrowing CodingChange) -> Bool {
        let alternate = coding.alternatePeptide.bytes
        if coding.hasPeptides && !alternate.isEmpty && !holds(alternate, "X") {
            return keepsStop(coding.referencePeptide.bytes, alternate)
        }
        if coding.hasPeptides && holds(alternate, "X") && keepsStopInPlace(coding.referencePeptide.bytes, alternate) {
            return true
        }
        return isIndel && overlapsStopCodon && place.cdsStart > 0 && coding.isUnambiguous && !altersStop(coding)
    }

    /// The peptide's first stop stands where the reference's did.
    func keepsStopInPlace(
        _ reference: UnsafeBufferPointer<UInt8>,
        _ alternate: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard let stop = reference.firstIndex(of: UInt8(ascii: "*")) else { return false }
        return alternate.firstIndex(of: UInt8(ascii: "*")) == stop
    }

    func keepsStop(_ reference: UnsafeBufferPointer<UInt8>, _ alternate: UnsafeBufferPointer<UInt8>) -> Bool {
        guard alternate.contains(UInt8(ascii: "*")) else { return false }
        if keepsStopInPlace(reference, alternate) { return true }
        // An insertion just before or in the stop codon that brings a stop at once: the protein stays as it was.
        let code = GeneticCodes.shared.table(Int(transcript.record.pointee.geneticCode))
        let length = transcript.proteinLength(code: code)
        if place.proteinStart > length { return alternate[0] == UInt8(ascii: "*") }
        let needed = length - place.proteinStart + 1
        guard alternate.count > needed, reference.count >= needed, alternate[needed] == UInt8(ascii: "*") else {
            return false
        }
        return memcmp(alternate.baseAddress!, reference.baseAddress!, needed) == 0
    }

    /// Whether the codon at the stop codon's place, after the edit, is no stop.
    func altersStop(_ coding: borrowing CodingChange) -> Bool {
        guard coding.isUnambiguous, isIndel, overlapsStopCodon, place.cdsStart > 0 else { return false }
        let alternate = AlternateCDS(
            transcript: transcript,
            start: place.cdsStart - 1,
            replaced: place.cdnaEnd - place.cdnaStart + 1,
            bases: coding.bases.bytes
        )
        let code = GeneticCodes.shared.table(Int(transcript.record.pointee.geneticCode))
        return alternate.residue(transcript.codingLength / 3, code: code) != UInt8(ascii: "*")
    }
}
