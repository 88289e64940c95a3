import Foundation

/// The outcome of a job in numbers: what the details page draws, and what is kept as JSON beside the result.
public struct ResultSummary: Sendable, Hashable, Codable {
    /// A name and how often it occurred.
    public struct Count: Sendable, Hashable, Codable {
        /// What was counted.
        public let name: String
        /// How often.
        public let count: Int

        /// Makes a count.
        public init(name: String, count: Int) {
            self.name = name
            self.count = count
        }
    }

    /// Something about the input that its owner should know.
    public struct Problem: Sendable, Hashable, Codable {
        /// 1-based line of the uploaded file; 0 when the problem is not of one line.
        public let line: Int
        /// One sentence.
        public let message: String

        /// Makes a problem.
        public init(line: Int, message: String) {
            self.line = line
            self.message = message
        }
    }

    /// The assembly that was used, and one line about it.
    public var reference: String
    /// Its contigs, bases, transcripts and known variants in one line.
    public var referenceDescription: String
    /// Records of the file.
    public var records: Int
    /// Alternate alleles of all records.
    public var alleles: Int
    /// Alleles by their most severe consequence, most severe first.
    public var consequences: [Count]
    /// Alleles by impact: HIGH, MODERATE, LOW, MODIFIER.
    public var impacts: [Count]
    /// Alleles by type: SNV, insertion and so on.
    public var variantTypes: [Count]
    /// Records by contig, chr2 before chr10.
    public var contigs: [Count]
    /// Alleles that exchange a purine for a purine or a pyrimidine for a pyrimidine.
    public var transitions: Int
    /// Alleles that exchange a purine for a pyrimidine or back.
    public var transversions: Int
    /// Alleles found, and not found, among the reference's known variants.
    public var known: Int
    /// Alleles not found among them.
    public var novel: Int
    /// Genes hit by at least one allele, upstream and downstream not counted.
    public var genes: Int
    /// Records on contigs that the reference does not have, copied unchanged.
    public var passedThrough: Int
    /// Records whose REF is not what the reference has there.
    public var referenceMismatches: Int
    /// The first problems, by line, and how many there were in all.
    public var problems: [Problem]
    /// How many there were in all.
    public var problemCount: Int
    /// Time spent in the engine.
    public var seconds: Double

    /// Makes an empty summary for a reference.
    public init(reference: String, referenceDescription: String) {
        self.reference = reference
        self.referenceDescription = referenceDescription
        records = 0
        alleles = 0
        consequences = []
        impacts = []
        variantTypes = []
        contigs = []
        transitions = 0
        transversions = 0
        known = 0
        novel = 0
        genes = 0
        passedThrough = 0
        referenceMismatches = 0
        problems = []
        problemCount = 0
        seconds = 0
    }

    /// Transitions per transversion; `nil` without transversions.
    public var transitionTransversionRatio: Double? {
        transversions > 0 ? Double(transitions) / Double(transversions) : nil
    }
}
