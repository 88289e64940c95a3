import Foundation

/// Judges a change by its codons and peptides. The predicates are VEP's, one each, and depend on each other as there.
struct CodingJudge {
    let change: Change
    let transcript: Transcript
    let place: TranscriptPlace
    let lengthens: Bool
    let shortens: Bool

    /// What the predicates share.
    struct Facts {
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

    var isIndel: Bool { lengthens || shortens }

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
        if facts.startAltered && keepsStartInPlace(coding) {
            facts.overlapsStart = false
            facts.startAltered = false
        }
        facts.startRetained = isIndel && facts.overlapsStart && !facts.startAltered
        facts.stopRetained = isStopRetained(coding)
        facts.stopLost = isStopLost(facts, coding) || runsOverStop
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

    // MARK: in-frame changes

    func isInframeInsertion(_ facts: Facts, _ coding: borrowing CodingChange) -> Bool {
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
}
