import Foundation

/// What a run found, in numbers. Its JSON is stable: names are only added.
public struct AnnotationSummary: Codable, Sendable, Equatable {
    /// Something odd about one line, which was written out nevertheless.
    public struct Problem: Codable, Sendable, Equatable {
        /// The line of the input, 1-based; nil if it concerns the whole file.
        public var line: Int?
        /// What is odd about it.
        public var message: String
    }

    /// The input's name, as its owner knows it.
    public var inputName = ""
    /// The VCF version that the input states, such as `4.2`.
    public var inputVersion = ""
    /// The name of the reference that was used.
    public var reference = ""
    /// ``Reference/summaryLine`` of the reference that was used.
    public var referenceDescription = ""
    /// Why this reference: a sentence.
    public var assemblyEvidence = ""
    /// The program's version.
    public var version = ""
    /// Records read and written.
    public var records = 0
    /// Samples of the file.
    public var samples = 0
    /// Alternate alleles.
    public var alleles = 0
    /// Alternate alleles that got a consequence.
    public var annotatedAlleles = 0
    /// Alleles by their most severe consequence, under its Sequence Ontology name.
    public var mostSevere: [String: Int] = [:]
    /// Consequences of alleles on transcripts, under their Sequence Ontology names.
    public var consequences: [String: Int] = [:]
    /// Alleles by the impact of their most severe consequence.
    public var impacts: [String: Int] = [:]
    /// Alleles by kind: SNV, MNV, insertion, deletion, indel, symbolic, ...
    public var types: [String: Int] = [:]
    /// Records by contig, under the reference's name of it, or the file's where the reference lacks it.
    public var contigs: [String: Int] = [:]
    /// SNVs between two purines or two pyrimidines.
    public var transitions = 0
    /// SNVs between a purine and a pyrimidine.
    public var transversions = 0
    /// Transitions per transversion; nil without transversions.
    public var transitionRatio: Double?
    /// Alleles that a source of known variants knows; 0 if the reference has none.
    public var known = 0
    /// Alleles that no source of known variants knows; 0 if the reference has none.
    public var novel = 0
    /// Genes within which an allele lies.
    public var genes = 0
    /// Records written out unchanged: contig not in the reference, position outside it, or no sequence allele.
    public var passedThrough = 0
    /// Records by contig that the reference lacks.
    public var unknownContigs: [String: Int] = [:]
    /// Records by contig that is another sequence than the reference's of the same name; ``problems`` say why.
    public var otherSequences: [String: Int] = [:]
    /// Records whose REF disagrees with the reference; they are annotated and flagged `GAS_REF_MISMATCH`.
    public var referenceMismatches = 0
    /// What was made of the haplotypes; nil if they were not followed.
    public var haplotypes: HaplotypeSummary?
    /// What became of every alternate allele; nil in summaries of versions that did not count it.
    public var accounting: AlleleAccounting?
    /// What became of the tabix index, as a sentence; nil if none was asked for.
    public var index: String?
    /// The first problems, in the order of the file.
    public var problems: [Problem] = []
    /// All problems, also those that ``problems`` has no room for.
    public var problemCount = 0
    /// How long the run took, in seconds.
    public var seconds = 0.0
    /// Records per second.
    public var recordsPerSecond = 0.0

    /// The summary as JSON, keys sorted.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}

extension AnnotationSummary {
    /// Takes over the counts of all workers.
    mutating func fill(from tally: Tally, contigNames: [String]) {
        records = tally.records
        alleles = tally.alleles
        annotatedAlleles = tally.annotatedAlleles
        passedThrough = tally.passedThrough
        referenceMismatches = tally.mismatches
        transitions = tally.transitions
        transversions = tally.transversions
        transitionRatio = transversions > 0 ? Double(transitions) / Double(transversions) : nil
        known = tally.known
        novel = tally.novel
        accounting = AlleleAccounting(tally)
        genes = tally.genes.reduce(0) { $0 + $1.nonzeroBitCount }
        unknownContigs = tally.unknownContigs
        otherSequences = tally.otherSequences
        func named<Key: CaseIterable>(_ keys: Key.Type, _ counts: Tally.Counts, _ name: (Key) -> String) -> [String:
            Int]
        {
            var result: [String: Int] = [:]
            for (index, key) in keys.allCases.enumerated() where counts[index] > 0 { result[name(key)] = counts[index] }
            return result
        }
        mostSevere = named(Consequence.self, tally.worst) { "\($0.term)" }
        consequences = named(Consequence.self, tally.terms) { "\($0.term)" }
        impacts = named(Impact.self, tally.impacts) { "\($0.word)" }
        types = named(VariantType.self, tally.types) { $0.word }
        contigs = tally.unknownContigs.merging(tally.otherSequences, uniquingKeysWith: +)
        for (name, count) in zip(contigNames, tally.contigs) where count > 0 { contigs[name, default: 0] += count }
    }
}
