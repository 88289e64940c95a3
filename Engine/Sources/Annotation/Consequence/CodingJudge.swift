import Foundation

/// Judges a change by its codons and peptides. The predicates are VEP's, one each, and depend on each other as there.
struct CodingJudge {
    let change: Change
    let transcript: Transcript
    let place: TranscriptPlace
    let lengthens: Bool
    let shortens: Bool

    /// What the predicates share.
    private struct Facts {
        var isPartial = false
        var overlapsStart = false
        var startAltered = false
        var stopRetained = false
        var stopLost = false
        var stopGained = false
        var frameshift = false
        var inframeDeletion = false
        var startLost = false
        var startRetained = false
    }

    private var isIndel: Bool { lengthens || shortens }

    func add(to found: inout ConsequenceSet, coding: borrowing CodingChange, inFrameshiftIntron: Bool) {
        let hasPeptides = coding.hasPeptides
        let reference = coding.referencePeptide.bytes
        let alternate = coding.alternatePeptide.bytes
        if hasPeptides && !isIndel && isPlainMissense(reference, alternate) {
            found.insert(.missense)
            return
        }
        var facts = facts(coding)
        facts.startLost = isStartLost(facts, coding)
        let isProteinAltering = isProteinAltering(facts, coding)
        if facts.stopGained { found.insert(.stopGained) }
        if facts.frameshift { found.insert(.frameshift) }
        if facts.stopLost { found.insert(.stopLost) }
        if facts.startLost { found.insert(.startLost) }
        if facts.startRetained { found.insert(.startRetained) }
        if facts.stopRetained { found.insert(.stopRetained) }
        if facts.inframeDeletion { found.insert(.inframeDeletion) }
        if lengthens && !facts.startLost && isInframeInsertion(facts, coding) { found.insert(.inframeInsertion) }
        if isProteinAltering { found.insert(.proteinAltering) }
        if facts.isPartial { found.insert(.incompleteTerminalCodon) }
        if hasPeptides && !isIndel && !facts.startLost && !facts.stopLost && !facts.stopGained && !facts.isPartial
            && reference.count == alternate.count && !same(reference, alternate)
        {
            found.insert(.missense)
        }
        let holdsX = hasPeptides && (holds(reference, "X") || holds(alternate, "X"))
        if hasPeptides && !reference.isEmpty && same(reference, alternate) && !facts.stopRetained && !holdsX {
            found.insert(.synonymous)
        }
        let isWithinCDS = place.touchesCDS || inFrameshiftIntron
        if isWithinCDS && (!hasPeptides || holdsX)
            && !(facts.frameshift || facts.inframeDeletion || isProteinAltering || facts.startRetained
                || facts.startLost || facts.stopRetained || facts.stopLost)
        {
            found.insert(.codingSequence)
        }
    }

    /// The common case, decided at once: one residue for another, neither start nor stop nor unknown.
    private func isPlainMissense(_ reference: UnsafeBufferPointer<UInt8>, _ alternate: UnsafeBufferPointer<UInt8>)
        -> Bool
    {
        guard reference.count == 1 && alternate.count == 1 && reference[0] != alternate[0] else { return false }
        let special: (UInt8) -> Bool = { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "X") }
        return place.proteinStart > 1 && !special(reference[0]) && !special(alternate[0])
            && place.proteinStart * 3 <= transcript.codingLength
    }

    private func facts(_ coding: borrowing CodingChange) -> Facts {
        var facts = Facts()
        let left = transcript.codingLength - (place.proteinStart * 3 - 3)
        facts.isPartial = place.cdsStart > 0 && left > 0 && left < 3
        facts.overlapsStart = overlapsStartCodon
        facts.startAltered = coding.isUnambiguous && facts.overlapsStart && isIndel && altersStart(coding)
        facts.startRetained = isIndel && facts.overlapsStart && !facts.startAltered
        facts.stopRetained = isStopRetained(coding)
        facts.stopLost = isStopLost(facts, coding)
        facts.stopGained =
            coding.hasPeptides && !facts.stopRetained && !facts.stopLost && holds(coding.alternatePeptide.bytes, "*")
            && !holds(coding.referencePeptide.bytes, "*")
        facts.frameshift = isFrameshift(facts)
        facts.inframeDeletion = shortens && isInframeDeletion(facts, coding)
        return facts
    }

    private func isFrameshift(_ facts: Facts) -> Bool {
        guard isIndel, !facts.isPartial, !facts.stopRetained, place.isTranslated else { return false }
        return (change.alternate.count - (place.cdsEnd - place.cdsStart + 1)) % 3 != 0
    }

    // MARK: the start codon

    private var overlapsStartCodon: Bool {
        if transcript.has(TranscriptRecord.startNotFound) || place.cdnaStart == 0 || place.cdnaEnd == 0 { return false }
        return place.cdnaEnd >= transcript.codingStart && place.cdnaStart <= transcript.codingStart + 2
    }

    /// Whether the CDS no longer stands whole at the end of 5' UTR and CDS after the edit: whether the bases before the
    /// edit's end, read backwards, still spell the CDS's beginning.
    private func altersStart(_ coding: borrowing CodingChange) -> Bool {
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
    private func losesATG(_ coding: borrowing CodingChange) -> Bool {
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

    private func isStartLost(_ facts: Facts, _ coding: borrowing CodingChange) -> Bool {
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

    private var overlapsStopCodon: Bool {
        if transcript.has(TranscriptRecord.endNotFound) || place.cdnaStart == 0 || place.cdnaEnd == 0 { return false }
        return place.cdnaEnd >= transcript.codingEnd - 2 + transcript.tailBases
            && place.cdnaStart <= transcript.codingEnd
    }

    private func isStopLost(_ facts: Facts, _ coding: borrowing CodingChange) -> Bool {
        if facts.isPartial { return false }
        let alternate = coding.alternatePeptide.bytes
        if coding.hasPeptides && !holds(alternate, "X") {
            return !holds(alternate, "*") && holds(coding.referencePeptide.bytes, "*")
        }
        return altersStop(coding)
    }

    private func isStopRetained(_ coding: borrowing CodingChange) -> Bool {
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
    private func keepsStopInPlace(
        _ reference: UnsafeBufferPointer<UInt8>,
        _ alternate: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard let stop = reference.firstIndex(of: UInt8(ascii: "*")) else { return false }
        return alternate.firstIndex(of: UInt8(ascii: "*")) == stop
    }

    private func keepsStop(_ reference: UnsafeBufferPointer<UInt8>, _ alternate: UnsafeBufferPointer<UInt8>) -> Bool {
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
    private func altersStop(_ coding: borrowing CodingChange) -> Bool {
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

    // MARK: in-frame changes

    private func isInframeInsertion(_ facts: Facts, _ coding: borrowing CodingChange) -> Bool {
        guard coding.hasPeptides, !facts.frameshift, coding.alternateCodons.count > coding.referenceCodons.count else {
            return false
        }
        let reference = coding.referencePeptide.bytes
        var alternate = coding.alternatePeptide.bytes
        if facts.startRetained && ends(alternate, with: reference) { return false }
        if let stop = alternate.firstIndex(of: UInt8(ascii: "*")) { alternate = alternate.slice(0, stop + 1) }
        return begins(alternate, with: reference) || ends(alternate, with: reference)
    }

    private func isInframeDeletion(_ facts: Facts, _ coding: borrowing CodingChange) -> Bool {
        let reference = coding.referenceCodons.bytes
        let alternate = coding.alternateCodons.bytes
        guard coding.hasCodons, !facts.isPartial, !facts.frameshift, alternate.count < reference.count else {
            return false
        }
        if begins(reference, with: alternate) || ends(reference, with: alternate) { return true }
        var prefix = 0
        while prefix < alternate.count && reference[prefix] == alternate[prefix] { prefix += 1 }
        var suffix = 0
        while prefix + suffix < alternate.count
            && reference[reference.count - 1 - suffix] == alternate[alternate.count - 1 - suffix]
        {
            suffix += 1
        }
        return prefix + suffix == alternate.count && (reference.count - alternate.count) % 3 == 0
    }

    private func isProteinAltering(_ facts: Facts, _ coding: borrowing CodingChange) -> Bool {
        guard coding.hasPeptides, !facts.inframeDeletion, !facts.startLost, !facts.frameshift else { return false }
        let reference = coding.referencePeptide.bytes
        let alternate = coding.alternatePeptide.bytes
        if reference.count == alternate.count { return false }
        if reference.first == UInt8(ascii: "*") || alternate.first == UInt8(ascii: "*") { return false }
        return !begins(alternate, with: reference) && !ends(alternate, with: reference)
    }

    // MARK: peptides as text

    private func same(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        left.count == right.count && memcmp(left.baseAddress!, right.baseAddress!, left.count) == 0
    }

    private func holds(_ text: UnsafeBufferPointer<UInt8>, _ letter: Unicode.Scalar) -> Bool {
        memchr(text.baseAddress!, Int32(letter.value), text.count) != nil
    }

    private func begins(_ text: UnsafeBufferPointer<UInt8>, with part: UnsafeBufferPointer<UInt8>) -> Bool {
        text.count >= part.count && memcmp(text.baseAddress!, part.baseAddress!, part.count) == 0
    }

    private func ends(_ text: UnsafeBufferPointer<UInt8>, with part: UnsafeBufferPointer<UInt8>) -> Bool {
        text.count >= part.count
            && memcmp(text.baseAddress! + text.count - part.count, part.baseAddress!, part.count) == 0
    }
}

/// A transcript's translated sequence after an edit, continuing into the 3' UTR, without building it.
struct AlternateCDS {
    let transcript: Transcript
    /// 0-based, in the translated sequence.
    let start: Int
    let replaced: Int
    let bases: UnsafeBufferPointer<UInt8>

    /// The number of bases up to the transcript's end.
    var count: Int { transcript.codingAndTrailerLength - replaced + bases.count }

    @inline(__always)
    func base(_ position: Int) -> UInt8? {
        if position < start { return transcript.codingBase(position) }
        if position < start + bases.count { return bases[position - start] }
        return transcript.codingBase(position - bases.count + replaced)
    }

    /// The residue at a 1-based position; X if it is unknown or past the end.
    func residue(_ position: Int, code: UnsafePointer<UInt8>) -> UInt8 {
        let index = BaseTables.shared.index
        let at = position * 3 - 3
        guard let first = base(at), let second = base(at + 1), let third = base(at + 2) else {
            return UInt8(ascii: "X")
        }
        let (one, two, three) = (index[Int(first)], index[Int(second)], index[Int(third)])
        if one | two | three > 3 { return UInt8(ascii: "X") }
        return code[Int(one) << 4 | Int(two) << 2 | Int(three)]
    }

    /// The 1-based position of the first stop at or after `position`; nil if the sequence ends before one.
    func stop(from position: Int, code: UnsafePointer<UInt8>) -> Int? {
        var residue = position
        while residue * 3 <= count {
            if self.residue(residue, code: code) == UInt8(ascii: "*") { return residue }
            residue += 1
        }
        return nil
    }
}
