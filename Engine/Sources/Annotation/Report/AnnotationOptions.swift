import Foundation

/// How to annotate. Every member has a default that suits an interactive service on one machine.
public struct AnnotationOptions: Sendable {
    /// Fill HGVSc and HGVSp of the CSQ field. Costs about a third more time on coding variants.
    public var hgvs = false
    /// Add the field HGVSg to CSQ: the allele on its contig, under the name that the file has for it.
    public var hgvsGenomic = false
    /// Name the contig in HGVSg by its accession, such as `NC_000001.11`, where the reference knows one.
    public var hgvsGenomicAccession = false
    /// Add the field GAS_HAP: what the changes of one phased haplotype do together to a transcript, beside what each does
    /// alone. Needs phased genotypes and records sorted by position; records are gathered gene by gene.
    public var haplotypes = false
    /// How much is gathered at most to follow a haplotype.
    public var haplotypeLimits = HaplotypeLimits()
    /// How far from a transcript, in bases, a variant still counts as upstream or downstream. VEP's default is 5,000.
    public var upstreamDistance = 5_000
    /// Worker threads; at least 1. The output is the same, byte for byte, for every number.
    public var threads = max(1, ProcessInfo.processInfo.activeProcessorCount)
    /// What a hostile file may ask for at most.
    public var limits = Limits()
    /// The share of REF alleles (0 to 1) that may disagree with the reference before the file counts as another assembly's.
    public var referenceMismatchThreshold = 0.1
    /// How many REF alleles must have been compared before ``referenceMismatchThreshold`` is applied.
    public var referenceMismatchMinimum = 20
    /// How many records are looked at to decide the assembly.
    public var detectionRecords = 2_000
    /// The program's version, written into the output's header.
    public var version = "0"
    /// The date written into the output's header, as `yyyy-MM-dd` in UTC; none if nil.
    public var date: Date?
    /// The file's name as its owner knows it, for the log and for messages.
    public var inputName = "the file"
    /// How many problems are kept with their line numbers; all are counted.
    public var problemLimit = 100

    /// Creates the defaults.
    public init() {}
}

/// Upper bounds on what an input may ask for, so that no file can exhaust the machine.
public struct Limits: Sendable, Equatable {
    /// The longest line, in bytes.
    public var lineLength = 64 << 20
    /// The largest header, in bytes.
    public var headerLength = 256 << 20
    /// The largest input after unpacking, in bytes.
    public var unpackedSize = 1 << 40
    /// The most columns of a line (nine fixed ones and the samples).
    public var columns = 1_000_000
    /// The most alternate alleles of a record.
    public var alternateAlleles = 10_000

    /// Creates the defaults.
    public init() {}
}

/// How far a run has come.
public struct AnnotationProgress: Sendable, Equatable {
    /// Records annotated and written so far.
    public let records: Int
    /// Bytes of the input file read so far, as stored (that is, compressed if it is).
    public let bytesRead: Int
    /// The size of the input file in bytes, as stored.
    public let totalBytes: Int
    /// Seconds since the run began.
    public let seconds: Double

    /// Creates a progress report.
    public init(records: Int, bytesRead: Int, totalBytes: Int, seconds: Double) {
        self.records = records
        self.bytesRead = bytesRead
        self.totalBytes = totalBytes
        self.seconds = seconds
    }
}
