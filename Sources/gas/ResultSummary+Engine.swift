import Annotation
import Foundation
import GAS

extension ResultSummary {
    /// The engine's summary in the service's words.
    init(_ summary: AnnotationSummary) {
        self.init(reference: summary.reference, referenceDescription: summary.referenceDescription)
        records = summary.records
        alleles = summary.alleles
        consequences = Self.counts(summary.mostSevere, order: AnnotationSummary.termsBySeverity)
        impacts = Self.counts(summary.impacts, order: ["HIGH", "MODERATE", "LOW", "MODIFIER"])
        variantTypes = Self.counts(summary.types, order: [])
        contigs = Self.counts(summary.contigs, order: []).sorted {
            $0.name.compare($1.name, options: .numeric) == .orderedAscending
        }
        transitions = summary.transitions
        transversions = summary.transversions
        known = summary.known
        novel = summary.novel
        genes = summary.genes
        passedThrough = summary.unknownContigs.values.reduce(0, +)
        referenceMismatches = summary.referenceMismatches
        problems = summary.problems.map { Problem(line: $0.line ?? 0, message: $0.message) }
        problems += summary.contigProblems.map { Problem(line: 0, message: $0) }
        problemCount = summary.wholeProblemCount
        seconds = summary.seconds
    }

    /// Counts in a given order; names that the order does not have follow, the most frequent first.
    private static func counts(_ counts: [String: Int], order: [String]) -> [Count] {
        let ranks = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
        return counts.map { Count(name: $0.key, count: $0.value) }.sorted { left, right in
            let (leftRank, rightRank) = (ranks[left.name] ?? Int.max, ranks[right.name] ?? Int.max)
            return (leftRank, -left.count, left.name) < (rightRank, -right.count, right.name)
        }
    }
}

extension JobProgress {
    /// The engine's progress in the service's words.
    init(_ progress: AnnotationProgress) {
        self.init(
            records: progress.records, bytes: progress.bytesRead, totalBytes: progress.totalBytes,
            seconds: progress.seconds)
    }
}
