/// What assembly a file seems to be of, when no installed reference fits: for the sentence that says so.
struct LikelyAssembly {
    /// ", it looks like NCBI36 (##reference=human_b36_both.fasta; contigs 1, 2, 3)", or "" if nothing is known.
    let clause: String

    /// An assembly that some other header line names, such as a caller's command line. Short words are not trusted there.
    private static func named(anywhereIn header: VCFHeader) -> HumanAssembly? {
        let text = String(decoding: header.bytes[..<header.columnsStart], as: UTF8.self).lowercased()
        return HumanAssembly.all.first { entry in entry.words.contains { $0.utf8.count > 3 && text.contains($0) } }
    }

    /// Whether `text`, the header's `##reference`, speaks of an installed reference: by its name, by an accession of one of
    /// its contigs, or by another name of the same human assembly.
    static func isNamed(_ reference: Reference, in text: String) -> Bool {
        let text = text.lowercased()
        let name = reference.name.lowercased()
        if text.isEmpty { return false }
        if holds(text, name) { return true }
        if HumanAssembly.all.contains(where: { entry in
            entry.words.contains { name.contains($0) } && entry.words.contains { text.contains($0) }
        }) {
            return true
        }
        return reference.store.manifest.contigs.contains { contig in
            ([contig.name] + contig.aliases).contains { ContigNames.isAccession($0) && holds(text, $0.lowercased()) }
        }
    }

    /// Whether `text` holds `word` as a word of its own.
    private static func holds(_ text: String, _ word: String) -> Bool {
        guard !word.isEmpty, let range = text.range(of: word) else { return false }
        let before = text[..<range.lowerBound].last
        let after = text[range.upperBound...].first
        return ![before, after].contains { $0.map { $0.isLetter || $0.isNumber } ?? false }
    }

    init(header: VCFHeader, contigNames: [String]) {
        let lengths = Set(header.contigs.compactMap(\.length))
        let text = header.reference.lowercased()
        let names = contigNames.isEmpty ? header.contigs.map(\.name) : contigNames
        let byLength = HumanAssembly.all.first { !lengths.isDisjoint(with: $0.lengths) }
        // The version of an accession tells the assembly: NC_000001.9 is NCBI36's, NC_000001.10 GRCh37's.
        let byAccession = names.lazy.compactMap { HumanAssembly.find(accession: $0)?.assembly }.first
        let byText =
            HumanAssembly.all.first { entry in entry.words.contains { text.contains($0) } }
            ?? (text.isEmpty ? LikelyAssembly.named(anywhereIn: header) : nil)
        var reasons: [String] = []
        if !header.reference.isEmpty { reasons.append("##reference=\(header.reference.prefix(120))") }
        if !names.isEmpty {
            let more = names.count > 5 ? ", ... (\(names.count))" : ""
            reasons.append(
                "\(names.count == 1 ? "contig" : "contigs") \(names.prefix(5).joined(separator: ", "))\(more)"
            )
        }
        let reason = reasons.isEmpty ? "" : " (\(reasons.joined(separator: "; ")))"
        if let known = byLength ?? byAccession ?? byText {
            clause = "; it looks like human \(known.name)\(reason)"
        } else {
            clause = reason
        }
    }
}
