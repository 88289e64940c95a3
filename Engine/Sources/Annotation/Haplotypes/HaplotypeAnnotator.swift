/// Follows the haplotypes of a window's samples through the coding sequences, and writes what their changes do together.
///
/// For each transcript the alleles that lie on one haplotype are put together (``HaplotypeSets``), taken apart into blocks that
/// act together on the protein (``HaplotypeBlock``), and each block of two or more is judged as one change
/// (``HaplotypeJudge``). Changes behind the end of the product are told so. A haplotype that hits a splice site, reaches out of
/// the coding sequence or contradicts itself is not judged.
final class HaplotypeAnnotator {
    /// An entry of a record: its text lies in `text`.
    private struct Piece {
        let line: Int
        let offset: Int
        let count: Int
    }

    /// Where what changes do together is not what one of them does alone.
    private struct Difference {
        let inTerm: Bool
        let inProtein: Bool
    }

    /// What is found on a transcript, before it is written: a block, or a change behind one that ends the product.
    private struct Finding {
        let changes: [HaplotypeChange]
        /// The change behind the end of the product, the last of `changes`; nil if all act together.
        let isBehindStop: Bool
        let verdict: HaplotypeJudge.Verdict
        /// One for each change; none if these end the product before the allele.
        let differences: [Difference]
        var owners: [HaplotypeOwner]
    }

    private let setup: RecordAnnotator.Setup
    private let store: ReferenceStore
    private var sites = HaplotypeSites()
    private var rules: HaplotypeJudge
    private var text = ByteBuffer(capacity: 1 << 14)
    private var pieces: [Piece] = []
    /// The next piece to be written.
    private var cursor = 0
    private var counts = HaplotypeSummary()

    // Of the transcript at hand.
    private var meanings: [HaplotypeMember: HaplotypeChange.Meaning] = [:]
    private var verdicts: [HaplotypeMember: HaplotypeJudge.Verdict] = [:]
    private var findings: [Finding] = []
    private var numbers: [[HaplotypeMember]: Int] = [:]

    init(_ setup: RecordAnnotator.Setup) {
        self.setup = setup
        store = setup.reference.store
        rules = HaplotypeJudge(setup.reference.store)
    }

    /// Looks through a window; its entries are written afterwards, line by line. Returns what was counted.
    func follow(_ window: UnsafeBufferPointer<UInt8>) -> HaplotypeSummary {
        forget()
        counts = HaplotypeSummary()
        var genotypes = GenotypeReader()
        sites.gather(window, setup, &genotypes)
        counts.phasedGenotypes = genotypes.phased
        counts.unphasedGenotypes = genotypes.unphased
        for (number, touching) in sites.byTranscript.sorted(by: { $0.key < $1.key }) where touching.count > 1 {
            follow(store.transcript(number), touching)
        }
        // The entries of a record stand in the order of its transcripts.
        let sorted = pieces.enumerated().sorted { ($0.element.line, $0.offset) < ($1.element.line, $1.offset) }
        pieces = sorted.map(\.element)
        return counts
    }

    /// Drops the entries of the window before.
    func forget() {
        text.removeAll()
        pieces.removeAll(keepingCapacity: true)
        cursor = 0
    }

    /// Appends the field of a line of the window, if it has one; the lines must come in their order.
    func add(_ line: Int, isFirst: Bool, to output: inout ByteBuffer) {
        var isStarted = false
        while cursor < pieces.count && pieces[cursor].line <= line {
            let piece = pieces[cursor]
            cursor += 1
            if piece.line < line { continue }
            if isStarted {
                output.append(UInt8(ascii: ","))
            } else {
                if !isFirst { output.append(UInt8(ascii: ";")) }
                output.append("GAS_HAP=")
                isStarted = true
            }
            output.append(text.base + piece.offset, piece.count)
        }
    }

    // MARK: a transcript

    private func follow(_ transcript: Transcript, _ touching: [Int]) {
        meanings.removeAll(keepingCapacity: true)
        verdicts.removeAll(keepingCapacity: true)
        findings.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
        let contig = store.contig(Int(transcript.record.pointee.contig))
        for set in HaplotypeSets(touching, of: sites).sets {
            guard let changes = changes(of: set.members, on: transcript) else {
                counts.broken += set.owners.count
                continue
            }
            if changes.count < 2 { continue }
            if HaplotypeBlock.contradicts(changes) {
                counts.contradictory += set.owners.count
                continue
            }
            judge(changes[...], set.owners, transcript, contig)
        }
        for finding in findings { write(finding, transcript) }
    }

    /// The changes of a set, 5' to 3'; nil if one of them breaks the haplotype.
    private func changes(of members: [HaplotypeMember], on transcript: Transcript) -> [HaplotypeChange]? {
        var changes: [HaplotypeChange] = []
        for member in members {
            let meaning =
                meanings[member]
                ?? HaplotypeChange.meaning(
                    of: member, at: sites.sites[Int(member.site)], in: sites, on: transcript)
            meanings[member] = meaning
            switch meaning {
            case .breaks: return nil
            case .nothing: continue
            case .change(let change): changes.append(change)
            }
        }
        return changes.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    }

    private func alone(_ change: HaplotypeChange, _ transcript: Transcript, _ contig: ContigView)
        -> HaplotypeJudge.Verdict
    {
        if let known = verdicts[change.member] { return known }
        let verdict = rules.alone(change.given, on: transcript, contig)
        verdicts[change.member] = verdict
        return verdict
    }

    private func judge(
        _ changes: ArraySlice<HaplotypeChange>, _ owners: [HaplotypeOwner], _ transcript: Transcript,
        _ contig: ContigView
    ) {
        var rest = changes
        while !rest.isEmpty {
            let block = HaplotypeBlock.first(of: rest) { rules.isReached($1, after: $0, on: transcript, contig) }
            rest = rest[block.changes.endIndex...]
            guard let verdict = verdict(block, owners, transcript, contig) else { return }
            // Without its start nobody knows what the rest of the product is.
            if verdict.terms.contains(.startLost) { return }
            guard verdict.endsProduct(isOutOfFrame: block.isOutOfFrame) else { continue }
            for change in rest {
                note(Array(block.changes) + [change], isBehindStop: true, verdict, [], owners)
            }
            return
        }
    }

    /// Judges a block, and takes note of it if it is more than one change.
    private func verdict(
        _ block: HaplotypeBlock, _ owners: [HaplotypeOwner], _ transcript: Transcript, _ contig: ContigView
    ) -> HaplotypeJudge.Verdict? {
        let singles = block.changes.map { alone($0, transcript, contig) }
        if singles.count == 1 { return singles[0] }
        if let number = numbers[block.changes.map(\.member)] {
            findings[number].owners += owners
            return findings[number].verdict
        }
        var single = ConsequenceSet()
        for verdict in singles { single.formUnion(verdict.terms) }
        guard let verdict = rules.together(block.changes, single: single, on: transcript, contig),
            !verdict.terms.isEmpty
        else { return nil }
        let differences = singles.map {
            Difference(inTerm: $0.terms.worst != verdict.terms.worst, inProtein: $0.protein != verdict.protein)
        }
        note(Array(block.changes), isBehindStop: false, verdict, differences, owners)
        return verdict
    }

    private func note(
        _ changes: [HaplotypeChange], isBehindStop: Bool, _ verdict: HaplotypeJudge.Verdict,
        _ differences: [Difference], _ owners: [HaplotypeOwner]
    ) {
        // A change behind the stop has a key of its own, beside the block that its members might be.
        let mark = isBehindStop ? [HaplotypeMember(site: -1, allele: -1)] : []
        let key = changes.map(\.member) + mark
        if let number = numbers[key] {
            findings[number].owners += owners
            return
        }
        numbers[key] = findings.count
        findings.append(
            Finding(
                changes: changes, isBehindStop: isBehindStop, verdict: verdict, differences: differences,
                owners: owners))
    }

    // MARK: text

    private func write(_ finding: Finding, _ transcript: Transcript) {
        counts.combinations += 1
        if finding.isBehindStop || finding.differences.contains(where: { $0.inTerm || $0.inProtein }) {
            counts.differing += 1
        }
        let owners = unique(finding.owners)
        let members = finding.changes.sorted { $0.member.site < $1.member.site }
        let firstShown = finding.isBehindStop ? finding.changes.count - 1 : 0
        for (number, change) in finding.changes.enumerated().dropFirst(firstShown) {
            guard text.count < setup.options.haplotypeLimits.bytes else {
                counts.omitted += 1
                continue
            }
            let begin = text.count
            if change.given.alternate.isEmpty {
                text.append(UInt8(ascii: "-"))
            } else {
                text.append(change.given.alternate)
            }
            CSQWriter.writeTerms(finding.verdict.terms, to: &text)
            let head = transcript.record.pointee.head
            text.append(store.text + Int(head.offset), Int(head.count))
            finding.verdict.protein.withUnsafeBufferPointer { text.append($0) }
            text.append(UInt8(ascii: "|"))
            writeMembers(members)
            text.append(UInt8(ascii: "|"))
            text.append(decimal: owners.count)
            text.append(UInt8(ascii: "|"))
            writeOwners(owners)
            text.append(UInt8(ascii: "|"))
            writeFlags(finding.isBehindStop ? nil : finding.differences[number])
            let line = sites.sites[Int(change.member.site)].line
            pieces.append(Piece(line: line, offset: begin, count: text.count - begin))
        }
    }

    /// Each haplotype once, by sample; one may come from several phase sets.
    private func unique(_ owners: [HaplotypeOwner]) -> [HaplotypeOwner] {
        let sorted = owners.sorted { ($0.sample, $0.copy) < ($1.sample, $1.copy) }
        return sorted.enumerated().filter { $0.offset == 0 || sorted[$0.offset - 1] != $0.element }.map(\.element)
    }

    private func writeMembers(_ members: [HaplotypeChange]) {
        let limit = setup.options.haplotypeLimits.members
        for (index, member) in members.enumerated() {
            if index > 0 { text.append(UInt8(ascii: "&")) }
            if index == limit { return text.append("...") }
            let site = sites.sites[Int(member.member.site)]
            text.append(decimal: site.position)
            text.append(UInt8(ascii: "+"))
            writeAllele(0, site)
            text.append(UInt8(ascii: ">"))
            writeAllele(Int(member.member.allele), site)
        }
    }

    /// The bases of an allele as the file has them; of a long one their number.
    private func writeAllele(_ number: Int, _ site: HaplotypeSite) {
        guard let bases = sites.allele(number, of: site)?.bases else { return }
        if bases.count <= 50 { return text.append(bases) }
        text.append(UInt8(ascii: "["))
        text.append(decimal: bases.count)
        text.append(UInt8(ascii: "]"))
    }

    private func writeOwners(_ owners: [HaplotypeOwner]) {
        let limit = setup.options.haplotypeLimits.names
        for (index, owner) in owners.enumerated() {
            if index > 0 { text.append(UInt8(ascii: "&")) }
            if index == limit { return text.append("...") }
            setup.samples[Int(owner.sample)].withUnsafeBufferPointer { text.append($0) }
            text.append(UInt8(ascii: ":"))
            text.append(decimal: Int(owner.copy) + 1)
        }
    }

    /// - Parameter difference: nil of an allele behind the stop.
    private func writeFlags(_ difference: Difference?) {
        let begin = text.count
        let flags: [(Bool, StaticString)] = [
            (difference?.inTerm == true, "DIFFERS_CONSEQUENCE"), (difference?.inProtein == true, "DIFFERS_PROTEIN"),
            (difference == nil, "AFTER_STOP"),
        ]
        for (isSet, flag) in flags where isSet {
            if text.count > begin { text.append(UInt8(ascii: "&")) }
            text.append(flag)
        }
    }
}
