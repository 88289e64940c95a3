/// The codons that a change touches and what becomes of them, as values of an ``AnnToolsTable``.
enum AnnToolsCoding {
    /// The values from `referenceCodon` to `functionalClass`.
    static func write(_ coding: borrowing CodingChange, _ terms: ConsequenceSet, to table: inout AnnToolsTable) {
        let hasPeptides = coding.hasPeptides
        table.text.append(coding.referenceCodons.bytes)
        table.close(.referenceCodon)
        if hasPeptides { writeResidues(coding.referencePeptide.bytes, to: &table.text) }
        table.close(.referenceAA)
        table.text.append(coding.alternateCodons.bytes)
        table.close(.variantCodon)
        if hasPeptides { writeResidues(coding.alternatePeptide.bytes, to: &table.text) }
        table.close(.variantAA)
        let changes = !isSame(coding.referencePeptide.bytes, coding.alternatePeptide.bytes)
        if hasPeptides { table.text.append(changes ? "true" : "false") }
        table.close(.changesAA)
        if hasPeptides { table.text.append(functionalClass(terms, changes: changes)) }
        table.close(.functionalClass)
    }

    /// `p.K76R`, if one residue becomes one other or stays.
    static func writeProtein(_ coding: borrowing CodingChange, _ residue: Int, to output: inout ByteBuffer) {
        let reference = coding.referencePeptide.bytes
        let alternate = coding.alternatePeptide.bytes
        guard coding.hasPeptides, reference.count == 1, alternate.count == 1, coding.alternateCodons.count == 3
        else { return }
        output.append("p.")
        output.append(reference[0])
        output.append(decimal: residue)
        output.append(alternate[0])
    }

    /// GATK's words for substitutions, and the Sequence Ontology's for what GATK had none for.
    private static func functionalClass(_ terms: ConsequenceSet, changes: Bool) -> StaticString {
        if terms.contains(.stopGained) { return "nonsense" }
        if terms.contains(.frameshift) { return "frameshift" }
        if terms.contains(.stopLost) { return "readthrough" }
        if terms.contains(.inframeInsertion) { return "inframe_insertion" }
        if terms.contains(.inframeDeletion) { return "inframe_deletion" }
        return changes ? "missense" : "silent"
    }

    private static func isSame(_ one: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
        one.count == other.count && one.elementsEqual(other)
    }

    /// In three letters, `Stop` for a stop, as GATK has it.
    private static func writeResidues(_ residues: UnsafeBufferPointer<UInt8>, to output: inout ByteBuffer) {
        for residue in residues {
            output.append(residue == UInt8(ascii: "*") ? "Stop" : AminoAcid.threeLetters(residue))
        }
    }
}
