/// What assembly a file seems to be of, when no installed reference fits: for the sentence that says so.
struct LikelyAssembly {
    /// ", it looks like NCBI36 (##reference=human_b36_both.fasta; contigs 1, 2, 3)", or "" if nothing is known.
    let clause: String

    /// Human assemblies: what `##reference` may call them, and the lengths of chromosomes 1, 2, 20, 21, 22 and X.
    private static let human: [(name: String, words: [String], lengths: Set<Int>)] = [
        (
            "NCBI36 (hg18)", ["ncbi36", "b36", "hg18", "build36", "build 36"],
            [247_249_719, 242_951_149, 62_435_964, 46_944_323, 49_691_432, 154_913_754]
        ),
        (
            "GRCh37 (hg19)", ["grch37", "b37", "hg19", "hs37", "g1k_v37", "build37"],
            [249_250_621, 243_199_373, 63_025_520, 48_129_895, 51_304_566, 155_270_560]
        ),
        (
            "GRCh38 (hg38)", ["grch38", "b38", "hg38", "hs38"],
            [248_956_422, 242_193_529, 64_444_167, 46_709_983, 50_818_468, 156_040_895]
        ),
        ("T2T-CHM13", ["chm13", "t2t"], [248_387_328, 242_696_752, 66_210_255, 45_090_682, 51_324_926, 154_259_566]),
    ]

    /// An assembly that some other header line names, such as a caller's command line. Short words are not trusted there.
    private static func named(anywhereIn header: VCFHeader) -> (name: String, words: [String], lengths: Set<Int>)? {
        let text = String(decoding: header.bytes[..<header.columnsStart], as: UTF8.self).lowercased()
        return human.first { entry in entry.words.contains { $0.utf8.count > 3 && text.contains($0) } }
    }

    /// Whether `text`, the header's `##reference`, speaks of an installed reference: by its name, by an accession of one of
    /// its contigs, or by another name of the same human assembly.
    static func isNamed(_ reference: Reference, in text: String) -> Bool {
        let text = text.lowercased()
        let name = reference.name.lowercased()
        if text.isEmpty { return false }
        if holds(text, name) { return true }
        if human.contains(where: { entry in
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
        let byLength = LikelyAssembly.human.first { !$0.lengths.isDisjoint(with: lengths) }
        let byText =
            LikelyAssembly.human.first { entry in entry.words.contains { text.contains($0) } }
            ?? (text.isEmpty ? LikelyAssembly.named(anywhereIn: header) : nil)
        var reasons: [String] = []
        if !header.reference.isEmpty { reasons.append("##reference=\(header.reference.prefix(120))") }
        let names = contigNames.isEmpty ? header.contigs.map(\.name) : contigNames
        if !names.isEmpty {
            let more = names.count > 5 ? ", ... (\(names.count))" : ""
            reasons.append(
                "\(names.count == 1 ? "contig" : "contigs") \(names.prefix(5).joined(separator: ", "))\(more)"
            )
        }
        let reason = reasons.isEmpty ? "" : " (\(reasons.joined(separator: "; ")))"
        if let known = byLength ?? byText {
            clause = "; it looks like human \(known.name)\(reason)"
        } else {
            clause = reason
        }
    }
}
