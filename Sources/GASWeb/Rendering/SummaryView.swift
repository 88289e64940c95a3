import GAS

/// The outcome of a job for the details page. Charts are drawn from the tables, so each number is stated once.
struct SummaryView {
    /// A number with its meaning.
    struct Figure {
        let label: String
        let value: String
        let note: String
    }

    /// A table that the page's script draws too.
    struct Table {
        struct Row {
            let name: String
            let key: String
            let value: Int
            let count: String
            let share: String
        }

        let id: String
        let title: String
        let unit: String
        /// How it is drawn: `bar`, `column` or `ring`.
        let chart: String
        let isWide: Bool
        let rows: [Row]
    }

    struct Problem {
        let line: String
        let message: String
    }

    let figures: [Figure]
    let tables: [Table]
    let problems: [Problem]
    let hasProblems: Bool
    let problemCount: String
    let hasMoreProblems: Bool

    init(_ summary: ResultSummary) {
        figures = Self.figures(summary)
        tables = Self.tables(summary).filter { !$0.rows.isEmpty }
        problems = summary.problems.map {
            Problem(line: $0.line > 0 ? Wording.count($0.line) : "–", message: $0.message)
        }
        hasProblems = !summary.problems.isEmpty
        problemCount = Wording.count(summary.problemCount, "problem")
        hasMoreProblems = summary.problemCount > summary.problems.count
    }

    private static func figures(_ summary: ResultSummary) -> [Figure] {
        var figures = [
            Figure(
                label: "Records",
                value: Wording.count(summary.records),
                note: Wording.count(summary.alleles, "alternate allele")
            )
        ]
        // An assembly may come without known variants; then nothing was looked up.
        let lookedUp = summary.known + summary.novel
        if lookedUp > 0 {
            figures.append(
                Figure(
                    label: "Known variants",
                    value: Wording.percent(summary.known, of: lookedUp),
                    note: "\(Wording.count(summary.known)) known, \(Wording.count(summary.novel)) novel"
                )
            )
        }
        figures += [
            Figure(
                label: "Genes hit",
                value: Wording.count(summary.genes),
                note: "upstream and downstream not counted"
            ),
            Figure(
                label: "Ts/Tv",
                value: summary.transitionTransversionRatio.map { Wording.decimal($0, digits: 2) } ?? "–",
                note: "\(Wording.count(summary.transitions)) transitions, "
                    + "\(Wording.count(summary.transversions)) transversions"
            ),
        ]
        if summary.passedThrough > 0 {
            figures.append(
                Figure(
                    label: "Passed through",
                    value: Wording.count(summary.passedThrough),
                    note: "on contigs that the assembly does not have"
                )
            )
        }
        if summary.referenceMismatches > 0 {
            figures.append(
                Figure(
                    label: "REF mismatches",
                    value: Wording.count(summary.referenceMismatches),
                    note: "REF is not what the assembly has there"
                )
            )
        }
        return figures
    }

    private static func tables(_ summary: ResultSummary) -> [Table] {
        [
            table("consequences", "Consequences", "alleles", "bar", summary.consequences, isWide: true),
            table("impacts", "Impact", "alleles", "ring", summary.impacts),
            table("types", "Variant types", "alleles", "ring", summary.variantTypes),
            table(
                "tstv",
                "Transitions and transversions",
                "alleles",
                "ring",
                summary.transitions + summary.transversions == 0
                    ? []
                    : [
                        .init(name: "transitions", count: summary.transitions),
                        .init(name: "transversions", count: summary.transversions),
                    ]
            ),
            table("contigs", "Records by contig", "records", "bar", summary.contigs, isWide: true, hasTerms: false),
        ]
    }

    /// - Parameter hasTerms: whether names are terms of ours rather than names of somebody else's.
    private static func table(
        _ id: String,
        _ title: String,
        _ unit: String,
        _ chart: String,
        _ counts: [ResultSummary.Count],
        isWide: Bool = false,
        hasTerms: Bool = true
    ) -> Table {
        let sum = counts.reduce(0) { $0 + $1.count }
        return Table(
            id: id,
            title: title,
            unit: unit,
            chart: chart,
            isWide: isWide,
            rows: counts.map {
                Table.Row(
                    name: hasTerms ? $0.name.replacing("_", with: " ") : $0.name,
                    key: $0.name,
                    value: $0.count,
                    count: Wording.count($0.count),
                    share: Wording.percent($0.count, of: sum)
                )
            }
        )
    }
}
