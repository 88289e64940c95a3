/// The many names of one contig.
enum ContigNames {
    /// Accessions of RefSeq and of INSDC for the same sequence, where files use either.
    private static let twins = [
        ["NC_012920.1", "J01415.2"],  // human mitochondrion, rCRS
        ["NC_045512.2", "MN908947.3"],  // SARS-CoV-2, Wuhan-Hu-1
    ]

    /// The human mitochondrion that UCSC's hg18 and hg19 call chrM, which differs from the revised Cambridge Reference
    /// Sequence (rCRS) in sequence and in its positions.
    static let formerMitochondrion = (accession: "NC_001807.4", length: 16_571)
    /// The length of the rCRS, NC_012920.1.
    static let mitochondrionLength = 16_569

    /// Every name under which a file may speak of the contig `name`, its own excluded: with and without `chr`, the
    /// names of the mitochondrion, the accessions that `description` (the rest of a FASTA header) names, and `extra`;
    /// of human chromosomes and mitochondria, which their lengths or accessions tell, the accessions too.
    static func aliases(of name: String, description: String = "", length: Int = 0, extra: [String] = []) -> [String] {
        var found: [String] = []
        func add(_ alias: String) {
            if !alias.isEmpty && alias != name && !found.contains(alias) { found.append(alias) }
        }
        extra.forEach(add)
        if let word = description.split(separator: " ").first, isAccession(word) { add(String(word)) }
        for known in [name] + found {
            for twin in twins where twin.contains(known) { twin.forEach(add) }
            let bare = known.hasPrefix("chr") ? String(known.dropFirst(3)) : known
            if isMitochondrion(known) || known == twins[0][0] || known == formerMitochondrion.accession {
                mitochondrionAliases(length: length, isFormer: known == formerMitochondrion.accession).forEach(add)
            } else if isChromosome(bare) {
                add(bare)
                add("chr" + bare)
            }
            let human = HumanAssembly.find(accession: known) ?? HumanAssembly.find(name: known, length: length)
            if let human {
                let chromosome = HumanAssembly.chromosomes[human.chromosome]
                ([chromosome, "chr" + chromosome] + human.assembly.accessions(human.chromosome)).forEach(add)
            }
        }
        return found
    }

    /// `MT` is always the rCRS; only UCSC's own names are used for the mitochondrion before it.
    private static func mitochondrionAliases(length: Int, isFormer: Bool) -> [String] {
        if isFormer || length == formerMitochondrion.length { return ["M", "chrM", formerMitochondrion.accession] }
        return ["M", "MT", "chrM", "chrMT"] + (length == mitochondrionLength ? twins[0] : [])
    }

    /// Whether this is one of the names of a mitochondrion.
    static func isMitochondrion(_ name: String) -> Bool {
        ["M", "MT", "chrM", "chrMT", "Mt", "Mito", "chrMt", "chrMito"].contains(name)
    }

    /// 1...99 with an optional arm letter, X, Y, W, Z, or a Roman number (yeast).
    static func isChromosome(_ name: String) -> Bool {
        if ["X", "Y", "W", "Z"].contains(name) { return true }
        if let number = Int(name) { return number >= 1 && number < 100 }
        return !name.isEmpty && name.count <= 5 && name.allSatisfy { "IVX".contains($0) }
    }

    /// An INSDC or RefSeq accession with version: letters, perhaps an underscore, digits, a point, digits.
    static func isAccession(_ word: some StringProtocol) -> Bool {
        let parts = word.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty, parts[1].allSatisfy(\.isNumber) else { return false }
        let letters = parts[0].prefix { $0.isLetter && $0.isUppercase }
        let rest = parts[0].dropFirst(letters.count)
        let digits = rest.first == "_" ? rest.dropFirst() : rest
        return (1...6).contains(letters.count) && digits.count >= 4 && digits.allSatisfy(\.isNumber)
    }
}
