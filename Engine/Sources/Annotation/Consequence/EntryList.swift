/// The entries of a record, each written as CSQ's default fields, while it is decided which of them go out and in which
/// form. Reused from record to record; a plain run writes its entries at once and has no list.
struct EntryList: ~Copyable {
    /// One allele on one transcript.
    struct Entry {
        /// Index of the alternate allele.
        var allele: Int
        /// The transcript's number in the reference; -1 of an allele that is near none.
        var transcript: Int
        var terms: ConsequenceSet
        /// How far the 3' rule moved the change.
        var offset: Int
        /// Where the entry's text stands.
        var start: Int
        var end: Int
        /// Behind it what becomes of the amino acids, if that is asked for.
        var aminoAcidsEnd: Int
        var isPicked = false
    }

    private(set) var entries: [Entry] = []
    private var text = ByteBuffer(capacity: 1 << 14)
    /// The best entry of each group that is picked from.
    private var best: [Int: Int] = [:]

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        text.removeAll()
    }

    mutating func add(
        _ bytes: UnsafeBufferPointer<UInt8>, allele: Int, transcript: Int, terms: ConsequenceSet, offset: Int
    ) {
        let start = text.count
        text.append(bytes)
        entries.append(
            Entry(
                allele: allele, transcript: transcript, terms: terms, offset: offset, start: start, end: text.count,
                aminoAcidsEnd: text.count))
    }

    /// Lets `write` append what becomes of the amino acids of the last entry.
    mutating func addAminoAcids(_ write: (inout ByteBuffer) -> Void) {
        write(&text)
        entries[entries.count - 1].aminoAcidsEnd = text.count
    }

    func aminoAcids(_ entry: Entry) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: text.base + entry.end, count: entry.aminoAcidsEnd - entry.end)
    }

    /// The text of an entry; valid until the next one is added.
    func text(_ entry: Entry) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: text.base + entry.start, count: entry.end - entry.start)
    }

    /// Drops the entries that are not selected, or flags those that are.
    mutating func select(_ selection: ConsequenceSelection, in store: ReferenceStore) {
        if selection == .all || entries.isEmpty { return }
        if selection == .mostSevere {
            entries = entries.min { $0.terms.severity < $1.terms.severity }.map { [$0] } ?? []
            return
        }
        best.removeAll(keepingCapacity: true)
        for index in entries.indices {
            let entry = entries[index]
            // What lies near no gene is of none, and stays when genes are picked from.
            var group = 0
            if selection.isPerGene {
                group = entry.transcript < 0 ? 0 : Int(store.transcripts[entry.transcript].gene) + 1
            }
            if selection.isPerAllele { group += entry.allele * (store.manifest.genes + 1) }
            if let other = best[group], !isPicked(entry, before: entries[other], store) { continue }
            best[group] = index
        }
        for index in best.values { entries[index].isPicked = true }
        if !selection.flagsOnly { entries.removeAll { !$0.isPicked } }
    }

    /// VEP's order; see ``ConsequenceSelection``. Of equals the transcript that comes first counts, then the allele.
    private func isPicked(_ left: Entry, before right: Entry, _ store: ReferenceStore) -> Bool {
        func rank(_ entry: Entry) -> (Int32, Int, Int, Int, Int) {
            guard entry.transcript >= 0 else {
                return (PickRank.last, entry.terms.severity, 0, Int.max, entry.allele)
            }
            let transcript = store.transcript(entry.transcript)
            let length = transcript.isCoding ? transcript.codingLength - transcript.tailBases : transcript.cdnaLength
            return (
                transcript.record.pointee.pickRank, entry.terms.severity, -length, entry.transcript, entry.allele
            )
        }
        return rank(left) < rank(right)
    }
}

extension ConsequenceSet {
    /// The place of the most severe term in VEP's order, 0 for the worst; behind all if the set is empty.
    var severity: Int { bits.trailingZeroBitCount }
}
