import Foundation

/// HGVSp: the description of a change on the protein (https://hgvs-nomenclature.org, protein: substitution, deletion,
/// insertion, duplication, deletion-insertion, frame shift, extension).
///
/// It is read off the codons of the change in its 3'-shifted place, which is where HGVSc puts it.
struct ProteinDescription {
    let transcript: Transcript
    let place: TranscriptPlace
    let terms: ConsequenceSet
    private let code: UnsafePointer<UInt8>
    private let length: Int

    /// - Parameters:
    ///   - place: the shifted change's place; its ends must be translated.
    ///   - terms: the consequences of the change where it was given.
    init(transcript: Transcript, place: TranscriptPlace, terms: ConsequenceSet) {
        self.transcript = transcript
        self.place = place
        self.terms = terms
        code = GeneticCodes.shared.table(Int(transcript.record.pointee.geneticCode))
        length = transcript.proteinLength(code: code)
    }

    /// Appends `NAME:p.` and the description, or nothing if there is none. `coding` holds the shifted change's codons.
    func write(
        name: UnsafeBufferPointer<UInt8>,
        coding: borrowing CodingChange,
        to output: inout ByteBuffer
    ) {
        guard coding.hasPeptides else { return }
        let begin = output.count
        output.append(name)
        output.append(":p.")
        // By what is left of the alleles in their shifted place: REF as given may reach into an intron.
        let growth = coding.bases.count - (place.cdsEnd - place.cdsStart + 1)
        let isComplete = growth % 3 != 0 ? writeFrameshift(coding, to: &output) : writeInframe(coding, to: &output)
        if !isComplete { output.truncate(to: begin) }
    }

    private func residue(_ position: Int) -> UInt8 { transcript.residue(position, code: code) }

    private func alternate(_ coding: borrowing CodingChange) -> AlternateCDS {
        AlternateCDS(
            transcript: transcript,
            start: place.cdsStart - 1,
            replaced: place.cdsEnd - place.cdsStart + 1,
            bases: coding.bases.bytes
        )
    }

    private func writeResidue(_ letter: UInt8, _ position: Int, to output: inout ByteBuffer) {
        output.append(AminoAcid.threeLetters(letter))
        output.append(decimal: position)
    }

    /// Whether the start codon is lost, by a change that touches it once alleles are trimmed.
    private var losesStart: Bool { terms.contains(.startLost) && place.cdsStart <= 3 }

    /// What becomes of a protein without its start cannot be said: `p.Met1?`.
    private func writeStartLost(to output: inout ByteBuffer) -> Bool {
        writeResidue(residue(1), 1, to: &output)
        output.append(UInt8(ascii: "?"))
        return true
    }

    // MARK: frame shifts

    /// `p.Arg97ProfsTer23`: the first residue that differs, and how far the new frame is open, that residue counted.
    private func writeFrameshift(_ coding: borrowing CodingChange, to output: inout ByteBuffer) -> Bool {
        if losesStart { return writeStartLost(to: &output) }
        let changed = alternate(coding)
        let hasStop = length < transcript.codingLength / 3
        var position = min(place.proteinStart, place.proteinEnd)
        while true {
            if position * 3 > changed.count { return false }
            let old = position <= length ? residue(position) : UInt8(ascii: "*")
            let new = changed.residue(position, code: code)
            if position > length && !hasStop { return false }
            if old == new && old == UInt8(ascii: "*") {
                writeResidue(old, position, to: &output)
                output.append("%3D")
                return true
            }
            if old == new {
                position += 1
                continue
            }
            writeResidue(old, position, to: &output)
            output.append(AminoAcid.threeLetters(new))
            if new == UInt8(ascii: "*") { return true }
            output.append("fsTer")
            writeCount(changed.stop(from: position, code: code).map { $0 - position + 1 }, to: &output)
            return true
        }
    }

    private func writeCount(_ count: Int?, to output: inout ByteBuffer) {
        if let count, count > 0 { output.append(decimal: count) } else { output.append(UInt8(ascii: "?")) }
    }

    // MARK: changes in frame

    private func writeInframe(_ coding: borrowing CodingChange, to output: inout ByteBuffer) -> Bool {
        let reference = coding.referencePeptide.bytes
        let changed = coding.alternatePeptide.bytes
        let first = place.proteinStart
        if losesStart { return writeStartLost(to: &output) }
        if reference.count == changed.count && reference.elementsEqual(changed) {
            return writeUnchanged(reference, first, to: &output)
        }
        var prefix = 0
        while prefix < reference.count && prefix < changed.count && reference[prefix] == changed[prefix] {
            if reference[prefix] == UInt8(ascii: "*") { return writeUnchanged(reference, first, to: &output) }
            prefix += 1
        }
        var suffix = 0
        while prefix + suffix < min(reference.count, changed.count)
            && reference[reference.count - 1 - suffix] == changed[changed.count - 1 - suffix]
        { suffix += 1 }
        let old = reference.slice(prefix, reference.count - suffix)
        let new = changed.slice(prefix, changed.count - suffix)
        let start = first + prefix
        if old.isEmpty { return writeInsertion(new, before: start, to: &output) }
        if new.isEmpty { return writeDeletion(old, at: start, coding, to: &output) }
        return writeSubstitution(old, new, at: start, coding, to: &output)
    }

    private func writeUnchanged(_ peptide: UnsafeBufferPointer<UInt8>, _ first: Int, to output: inout ByteBuffer)
        -> Bool
    {
        guard !peptide.isEmpty else { return false }
        writeResidue(peptide[0], first, to: &output)
        if peptide.count > 1 {
            output.append(UInt8(ascii: "_"))
            writeResidue(peptide[peptide.count - 1], first + peptide.count - 1, to: &output)
        }
        output.append("%3D")
        return true
    }

    /// How many residues a protein grows by when it runs through its lost stop.
    private func extensionCount(_ coding: borrowing CodingChange) -> Int? {
        alternate(coding).stop(from: 1, code: code).map { $0 - 1 - length }.flatMap { $0 > 0 ? $0 : nil }
    }

    private func writeExtension(_ coding: borrowing CodingChange, to output: inout ByteBuffer) {
        output.append("extTer")
        writeCount(extensionCount(coding), to: &output)
    }

    private func writeSubstitution(
        _ old: UnsafeBufferPointer<UInt8>,
        _ new: UnsafeBufferPointer<UInt8>,
        at start: Int,
        _ coding: borrowing CodingChange,
        to output: inout ByteBuffer
    ) -> Bool {
        writeResidue(old[0], start, to: &output)
        if old.count == 1 && new.count == 1 {
            output.append(AminoAcid.threeLetters(new[0]))
            if old[0] == UInt8(ascii: "*") { writeExtension(coding, to: &output) }
            return true
        }
        if old.count > 1 {
            output.append(UInt8(ascii: "_"))
            writeResidue(old[old.count - 1], start + old.count - 1, to: &output)
        }
        output.append("delins")
        writePeptide(new, to: &output)
        if old[old.count - 1] == UInt8(ascii: "*"), !new.contains(UInt8(ascii: "*")) {
            writeExtension(coding, to: &output)
        }
        return true
    }

    /// Residues up to the first stop.
    private func writePeptide(_ peptide: UnsafeBufferPointer<UInt8>, to output: inout ByteBuffer) {
        for letter in peptide {
            output.append(AminoAcid.threeLetters(letter))
            if letter == UInt8(ascii: "*") { return }
        }
    }

    private func writeDeletion(
        _ old: UnsafeBufferPointer<UInt8>,
        at start: Int,
        _ coding: borrowing CodingChange,
        to output: inout ByteBuffer
    ) -> Bool {
        // The 3' rule, on residues: the deleted run may begin later if what follows repeats it.
        var start = start
        while start + old.count <= length && residue(start) == residue(start + old.count) { start += 1 }
        writeResidue(residue(start), start, to: &output)
        if old.count > 1 {
            output.append(UInt8(ascii: "_"))
            writeResidue(residue(start + old.count - 1), start + old.count - 1, to: &output)
        }
        output.append("del")
        if old[old.count - 1] == UInt8(ascii: "*") { writeExtension(coding, to: &output) }
        return true
    }

    private func writeInsertion(
        _ new: UnsafeBufferPointer<UInt8>,
        before start: Int,
        to output: inout ByteBuffer
    ) -> Bool {
        var start = start
        let count = new.count
        var turn = 0
        while start <= length && residue(start) == new[turn % count] {
            start += 1
            turn += 1
        }
        var isCopy = start - count >= 1
        var index = 0
        while isCopy && index < count {
            isCopy = residue(start - count + index) == new[(turn + index) % count]
            index += 1
        }
        if isCopy {
            writeResidue(residue(start - count), start - count, to: &output)
            if count > 1 {
                output.append(UInt8(ascii: "_"))
                writeResidue(residue(start - 1), start - 1, to: &output)
            }
            output.append("dup")
            return true
        }
        guard start > 1, start <= transcript.codingLength / 3 else { return false }
        writeResidue(residue(start - 1), start - 1, to: &output)
        output.append(UInt8(ascii: "_"))
        writeResidue(residue(start), start, to: &output)
        output.append("ins")
        for index in 0..<count {
            let letter = new[(turn + index) % count]
            output.append(AminoAcid.threeLetters(letter))
            if letter == UInt8(ascii: "*") { break }
        }
        return true
    }
}
