import Foundation

/// How to annotate. Every member has a default that suits an interactive service on one machine.
public struct AnnotationOptions: Sendable {
    /// Fill HGVSc and HGVSp of the CSQ field. Costs about a third more time on coding variants.
    public var hgvs = false
    /// The forms in which consequences are written, each in a field of INFO; ``ConsequenceFormat/ann`` fills those of HGVS
    /// whatever ``hgvs`` says. With none the consequences are counted only.
    public var formats: Set<ConsequenceFormat> = [.csq]
    /// The fields of CSQ, in the order in which they are written; if nil, VEP's default ones, and PICK if
    /// ``selection`` flags. ``CSQField/list(_:)`` reads them from text. Fields of HGVS that are named here are filled
    /// whatever ``hgvs`` says.
    public var fields: [CSQField]?
    /// Which entries of a record are written.
    public var selection = ConsequenceSelection.all
    /// Add the field HGVSg to CSQ: the allele on its contig, under the name that the file has for it.
    public var hgvsGenomic = false
    /// Name the contig in HGVSg by its accession, such as `NC_000001.11`, where the reference knows one.
    public var hgvsGenomicAccession = false
    /// Which INFO fields are written.
    public var profile = OutputProfile.gas
    /// Add the field GAS_HAP: what the changes of one phased haplotype do together to a transcript, beside what each does
    /// alone. Needs phased genotypes and records sorted by position; records are gathered gene by gene.
    public var haplotypes = false
    /// How much is gathered at most to follow a haplotype.
    public var haplotypeLimits = HaplotypeLimits()
    /// How far from a transcript, in bases, a variant still counts as upstream or downstream. VEP's default is 5,000.
    public var upstreamDistance = 5_000
    /// How far downstream, if it is not as far as upstream.
    public var downstreamDistance: Int?
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
    /// What the result is written as; ``OutputFormat/init(fileName:)`` tells what a file's name asks for.
    public var outputFormat = OutputFormat.vcf
    /// Write a tabix index beside the result, under its name and `.tbi`. Only of a VCF that is packed (`.gz`) and sorted; else
    /// there is none, and ``AnnotationSummary/index`` says why.
    public var writesIndex = false
    /// Where to write `problems.tsv`, which names every record of which an allele is not annotated, and why; nowhere if nil.
    public var problemsPath: String?
    /// How many problems are kept with their line numbers; all are counted.
    public var problemLimit = 100

    /// Creates the defaults.
    public init() {}

    /// The fields that CSQ has.
    var csqFields: [CSQField] {
        if let fields { return fields }
        let standard = selection.flagsOnly ? CSQField.standardWithPick : CSQField.standard
        return hgvsGenomic ? standard + [.hgvsGenomic] : standard
    }
    /// Whether CSQ is written as it is predicted, entry by entry.
    var isPlain: Bool {
        let isStandard = csqFields == CSQField.standard || csqFields == CSQField.standard + [.hgvsGenomic]
        return formats == [.csq] && selection == .all && isStandard
    }
    var needsHGVS: Bool {
        hgvs || formats.contains(.ann)
            || (fields ?? []).contains { [.hgvsCoding, .hgvsProtein, .hgvsOffset].contains($0) }
    }
}

/// Upper bounds on what an input may ask for, so that no file can exhaust the machine.
public struct Limits: Sendable, Equatable {
    /// The longest line, in bytes.
    public var lineLength = 64 << 20
    /// The largest header, in bytes.
    public var headerLength = 64 << 20
    /// The largest input after unpacking, in bytes.
    public var unpackedSize = 1 << 40
    /// How many times its own size a compressed input may unpack to, once it has unpacked to more than
    /// ``expansionAllowance``. Deflate reaches 1,032; rare variants of half a million samples come near, a hundred samples
    /// stay below 100: a service that takes small files from anyone can set less.
    public var expansion = 1_000
    /// Bytes that may come out of a compressed input however small it is.
    public var expansionAllowance = 256 << 20
    /// The most columns of a line (nine fixed ones and the samples).
    public var columns = 1_000_000
    /// The most alternate alleles of a record.
    public var alternateAlleles = 10_000
    /// The most bases of a structural allele that is annotated; VEP's limit. Longer ones pass through, and are noted.
    public var structuralLength = 10_000_000
    /// The longest allele that is annotated, in bases. Every entry of CSQ may repeat it up to five times.
    public var alleleLength = 4 << 20
    /// The longest record that may be written, in bytes: an allele's consequences are written once for each transcript.
    public var writtenLength = 256 << 20
    /// The largest result, in bytes, before it is packed.
    public var writtenSize = 1 << 42

    /// Creates the defaults.
    public init() {}

    /// No bounds, for files that whoever installs a reference answers for.
    static let none: Limits = {
        var limits = Limits()
        limits.unpackedSize = .max
        limits.expansion = .max
        return limits
    }()
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
