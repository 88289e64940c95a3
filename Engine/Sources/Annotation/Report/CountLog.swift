import Foundation

extension AnnotationSummary {
    /// The log for people, which is stored beside the result as `<name>.vcf.count.log`.
    public func countLog() -> String {
        var lines: [String] = []
        lines.append("GAS \(version) annotated \(inputName) (VCF \(inputVersion))")
        lines.append("Reference  \(referenceDescription)")
        if !assemblyEvidence.isEmpty { lines.append("Assembly   \(assemblyEvidence)") }
        lines.append("Time       \(CountLog.decimal(seconds, 2)) s, \(Phrase.grouped(Int(recordsPerSecond))) records/s")
        lines.append("")
        lines += CountLog.table("Totals", totals)
        lines += accountingLines
        lines += CountLog.section("Alleles by most severe consequence", mostSevere, order: CountLog.terms)
        lines += CountLog.section("Consequences on transcripts", consequences, order: CountLog.terms)
        lines += CountLog.section("Alleles by impact", impacts, order: Impact.allCases.map { "\($0.word)" })
        lines += CountLog.section("Alleles by type", types, order: VariantType.allCases.map(\.word))
        lines += CountLog.section("Records by contig", contigs, order: contigs.keys.sorted(by: CountLog.natural))
        lines += CountLog.section(
            "Passed through unchanged: contigs that the reference lacks",
            unknownContigs,
            order: unknownContigs.keys.sorted(by: CountLog.natural)
        )
        lines += CountLog.section(
            "Passed through unchanged: contigs that are another sequence than the reference's",
            otherSequences,
            order: otherSequences.keys.sorted(by: CountLog.natural)
        )
        if let haplotypes { lines += CountLog.table("Haplotypes", rows(of: haplotypes)) }
        lines += problemLines
        return lines.joined(separator: "\n") + "\n"
    }

    private var totals: [(String, String)] {
        var rows = [
            ("records", Phrase.grouped(records)), ("samples", Phrase.grouped(samples)),
            ("alternate alleles", Phrase.grouped(alleles)), ("annotated alleles", Phrase.grouped(annotatedAlleles)),
            ("genes hit", Phrase.grouped(genes)), ("transitions", Phrase.grouped(transitions)),
            ("transversions", Phrase.grouped(transversions)),
            ("transitions / transversions", transitionRatio.map { CountLog.decimal($0, 3) } ?? "-"),
        ]
        if known + novel > 0 {
            rows.append(("known alleles", Phrase.grouped(known)))
            rows.append(("novel alleles", Phrase.grouped(novel)))
        }
        rows.append(("passed through", Phrase.grouped(passedThrough)))
        rows.append(("REF mismatches", Phrase.grouped(referenceMismatches)))
        return rows
    }

    private func rows(of counts: HaplotypeSummary) -> [(String, String)] {
        [
            ("phased genotypes in coding sequences", counts.phasedGenotypes),
            ("unphased genotypes left out", counts.unphasedGenotypes),
            ("combinations of changes", counts.combinations),
            ("combinations that differ from their single changes", counts.differing),
            ("haplotypes not judged: splice site, end of the CDS, no sequence", counts.broken),
            ("haplotypes not judged: changes contradict each other", counts.contradictory),
            ("groups of records cut", counts.cuts), ("entries left out", counts.omitted),
        ].map { ($0.0, Phrase.grouped($0.1)) }
    }

    /// Every allele read, and what became of it; then why those were not annotated that were not.
    private var accountingLines: [String] {
        guard let accounting else { return [] }
        let rows = [
            ("read", accounting.alleles), ("= annotated", accounting.annotated),
            ("+ passed through", accounting.passedThrough), ("+ rejected", accounting.rejected),
        ]
        let order = NotAnnotated.allCases.map(\.code)
        return CountLog.table("Account of the alternate alleles", rows.map { ($0.0, Phrase.grouped($0.1)) })
            + CountLog.section("Alleles not annotated by reason", accounting.reasons, order: order)
            + (index.map { ["Index      \($0)", ""] } ?? [])
    }

    private var problemLines: [String] {
        guard wholeProblemCount > 0 else { return ["Problems: none"] }
        var lines = ["Problems (\(Phrase.grouped(wholeProblemCount)))"]
        for problem in problems {
            lines.append("  " + (problem.line.map { "line \($0): " } ?? "") + problem.message)
        }
        lines += contigProblems.map { "  " + $0 }
        let rest = wholeProblemCount - problems.count - contigProblems.count
        if rest > 0 { lines.append("  and \(Phrase.grouped(rest)) more") }
        return lines
    }
}

extension AnnotationSummary {
    /// Most contigs that are named.
    private static let contigLimit = 20

    /// A problem of the whole file for each contig that the reference lacks, the commonest first.
    public var contigProblems: [String] {
        unknownContigs.sorted { (-$0.value, $0.key) < (-$1.value, $1.key) }.prefix(Self.contigLimit).map {
            name, count in
            let records = count == 1 ? "1 record" : "\(Phrase.grouped(count)) records"
            let asBefore = count == 1 ? "it was" : "they were"
            return "\(records) on \(name), which \(reference) does not have, passed through as \(asBefore)"
        }
    }

    /// The problems of lines, and those of contigs.
    public var wholeProblemCount: Int { problemCount + unknownContigs.count }
}

/// Helps to lay out the log.
private enum CountLog {
    static let terms = Consequence.allCases.map { "\($0.term)" }

    static func section(_ title: String, _ counts: [String: Int], order: [String]) -> [String] {
        if counts.isEmpty { return [] }
        return table(title, order.compactMap { name in counts[name].map { (name, Phrase.grouped($0)) } })
    }

    static func table(_ title: String, _ rows: [(String, String)]) -> [String] {
        let nameWidth = rows.map(\.0.count).max() ?? 0
        let countWidth = rows.map(\.1.count).max() ?? 0
        return [title]
            + rows.map { name, count in
                "  " + name + String(repeating: " ", count: nameWidth - name.count + 2)
                    + String(repeating: " ", count: countWidth - count.count) + count
            } + [""]
    }

    static func decimal(_ number: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", number) }

    /// Numbers by value, then names: 1, 2, 10, X.
    static func natural(_ left: String, _ right: String) -> Bool {
        func key(_ name: String) -> (Int, String) {
            let bare = name.hasPrefix("chr") ? String(name.dropFirst(3)) : name
            return (Int(bare) ?? Int.max, name)
        }
        return key(left) < key(right)
    }
}
