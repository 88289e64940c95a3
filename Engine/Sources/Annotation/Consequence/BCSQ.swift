/// The field `BCSQ`: the names of `bcftools csq`, `Consequence|gene|transcript|biotype|strand|amino_acid_change|dna_change`.
///
/// One entry for the change of the protein or a splice site, others for a splice region and for untranslated regions;
/// introns and exons of non-coding transcripts name no transcript, and equal entries of a record are written once. The
/// last three parts stand only behind a change of the protein. Nothing is said of changes outside transcripts.
enum BCSQ {
    /// In the order in which the names are joined.
    enum Term: UInt8, CaseIterable {
        case synonymous
        case missense
        case stopLost
        case stopGained
        case inframeDeletion
        case inframeInsertion
        case frameshift
        case spliceAcceptor
        case spliceDonor
        case startLost
        case spliceRegion
        case stopRetained
        case fivePrimeUTR
        case threePrimeUTR
        case nonCoding
        case intron
        case inframeAltering
        case startRetained
        case codingSequence

        var name: StaticString {
            switch self {
            case .synonymous: "synonymous"
            case .missense: "missense"
            case .stopLost: "stop_lost"
            case .stopGained: "stop_gained"
            case .inframeDeletion: "inframe_deletion"
            case .inframeInsertion: "inframe_insertion"
            case .frameshift: "frameshift"
            case .spliceAcceptor: "splice_acceptor"
            case .spliceDonor: "splice_donor"
            case .startLost: "start_lost"
            case .spliceRegion: "splice_region"
            case .stopRetained: "stop_retained"
            case .fivePrimeUTR: "5_prime_utr"
            case .threePrimeUTR: "3_prime_utr"
            case .nonCoding: "non_coding"
            case .intron: "intron"
            case .inframeAltering: "inframe_altering"
            case .startRetained: "start_retained"
            case .codingSequence: "coding_sequence"
            }
        }
    }

    /// What stands in one entry.
    struct Terms: Equatable {
        private(set) var bits: UInt32 = 0
        init(_ terms: Term...) { for term in terms { insert(term) } }
        var isEmpty: Bool { bits == 0 }
        mutating func insert(_ term: Term) { bits |= 1 << UInt32(term.rawValue) }
        func contains(_ term: Term) -> Bool { bits & (1 << UInt32(term.rawValue)) != 0 }

        /// Whether the entry names its transcript.
        var namesTranscript: Bool { !contains(.intron) && !contains(.nonCoding) }
        /// Whether strand, amino acids and bases follow.
        var describesChange: Bool {
            let others = Terms(
                .spliceAcceptor, .spliceDonor, .spliceRegion, .fivePrimeUTR, .threePrimeUTR, .nonCoding, .intron)
            return bits & others.bits == 0
        }

        func write(to output: inout ByteBuffer) {
            var rest = bits
            while rest != 0 {
                if rest != bits { output.append(UInt8(ascii: "&")) }
                output.append(Term(rawValue: UInt8(rest.trailingZeroBitCount))!.name)
                rest &= rest - 1
            }
        }
    }

    /// The entries for one allele on one transcript, from VEP's terms.
    static func entries(_ consequences: ConsequenceSet, isCoding: Bool) -> (Terms, Terms, Terms) {
        var region = Terms()
        var main = Terms()
        var outside = Terms()
        consequences.forEach { consequence in
            switch consequence {
            case .transcriptAblation:
                main = isCoding ? Terms(.fivePrimeUTR, .threePrimeUTR, .codingSequence) : Terms(.nonCoding)
            case .spliceAcceptor: main.insert(.spliceAcceptor)
            case .spliceDonor: main.insert(.spliceDonor)
            case .stopGained: main.insert(.stopGained)
            case .frameshift: main.insert(.frameshift)
            case .stopLost: main.insert(.stopLost)
            case .startLost: main.insert(.startLost)
            case .inframeInsertion: main.insert(.inframeInsertion)
            case .inframeDeletion: main.insert(.inframeDeletion)
            case .missense: main.insert(.missense)
            case .proteinAltering: main.insert(.inframeAltering)
            case .startRetained: main.insert(.startRetained)
            case .stopRetained: main.insert(.stopRetained)
            case .synonymous: main.insert(.synonymous)
            case .codingSequence, .incompleteTerminalCodon: main.insert(.codingSequence)
            case .spliceRegion, .spliceDonorFifthBase, .spliceDonorRegion: region.insert(.spliceRegion)
            case .fivePrimeUTR: outside.insert(.fivePrimeUTR)
            case .threePrimeUTR: outside.insert(.threePrimeUTR)
            case .nonCodingTranscriptExon, .matureMicroRNA: main.insert(.nonCoding)
            default: break
            }
        }
        if main.contains(.spliceDonor) || main.contains(.spliceAcceptor) { region = Terms() }
        if main.isEmpty && region.isEmpty && outside.isEmpty && consequences.contains(.intron) { main.insert(.intron) }
        return (region, main, outside)
    }

    /// bcftools' name of a biotype.
    static func write(biotype: UnsafeBufferPointer<UInt8>, to output: inout ByteBuffer) {
        if biotype.equals("nonsense_mediated_decay") { return output.append("NMD") }
        output.append(biotype)
    }

    /// `2A>2G`, `2A` if nothing changes, `4KLQDC*>4NCR*` to the end of a shifted frame.
    static func writeAminoAcids(
        _ prediction: borrowing Prediction, _ coding: borrowing CodingChange, isFrameshift: Bool,
        to output: inout ByteBuffer
    ) {
        let transcript = prediction.transcript
        let place = prediction.place
        let code = GeneticCodes.shared.table(Int(transcript.record.pointee.geneticCode))
        let reference = coding.referencePeptide.bytes
        let alternate = coding.alternatePeptide.bytes
        if !isFrameshift && reference.count == alternate.count && reference.elementsEqual(alternate) {
            output.append(decimal: place.proteinStart)
            return output.append(reference)
        }
        // The base that VCF puts in front of an indel belongs to it: where one side would be empty, or a frame shifts
        // between two codons, the residue on that side stands on both.
        let isBare = reference.isEmpty || (!isFrameshift && alternate.isEmpty)
        let isBefore = isBare && transcript.isForward && place.proteinStart > 1
        let isAfter = isBare && !transcript.isForward && !isFrameshift
        let first = isBefore ? place.proteinStart - 1 : place.proteinStart
        let after = isAfter ? transcript.residue(place.proteinEnd + 1, code: code) : 0
        output.append(decimal: first)
        if isFrameshift {
            for position in first..<max(first, transcript.codingLength / 3 + 1) {
                output.append(transcript.residue(position, code: code))
            }
        } else {
            if isBefore { output.append(transcript.residue(first, code: code)) }
            output.append(reference)
            if isAfter { output.append(after) }
        }
        output.append(UInt8(ascii: ">"))
        output.append(decimal: first)
        if isFrameshift {
            writeShiftedFrame(from: first, prediction, coding, code, to: &output)
        } else {
            if isBefore { output.append(transcript.residue(first, code: code)) }
            let stop = alternate.firstIndex(of: UInt8(ascii: "*"))
            output.append(alternate.slice(0, stop.map { $0 + 1 } ?? alternate.count))
            if isAfter && stop == nil { output.append(after) }
        }
    }

    /// The residues up to the new stop, or to the end of the transcript.
    private static func writeShiftedFrame(
        from first: Int, _ prediction: borrowing Prediction, _ coding: borrowing CodingChange,
        _ code: UnsafePointer<UInt8>, to output: inout ByteBuffer
    ) {
        let place = prediction.place
        let changed = AlternateCDS(
            transcript: prediction.transcript, start: place.cdsStart - 1,
            replaced: place.cdsEnd - place.cdsStart + 1, bases: coding.bases.bytes)
        var position = first
        while position * 3 <= changed.count {
            let residue = changed.residue(position, code: code)
            output.append(residue)
            if residue == UInt8(ascii: "*") { break }
            position += 1
        }
    }
}
