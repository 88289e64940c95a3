import Foundation

/// A contig of a reference.
public struct Contig: Sendable, Equatable {
    /// Its name in the reference's FASTA.
    public let name: String
    /// Its length in bases.
    public let length: Int
    /// Whether it is a circle; then position `length` is followed by position 1.
    public let isCircular: Bool
    /// Other names under which files may speak of it (`chr1` for `1`, accessions).
    public let aliases: [String]
}

/// A compiled genome: sequence, transcripts, known variants and regions, memory-mapped from a `.gasref` directory.
///
/// Opening takes milliseconds whatever the genome's size. A value is a handle on shared, read-only pages.
public struct Reference: Sendable {
    let store: ReferenceStore

    /// Opens a `.gasref` directory.
    /// - Throws: ``AnnotationError/Code/badReference`` if it is missing, incomplete or of another format version.
    public static func open(_ directory: String) throws(AnnotationError) -> Reference {
        Reference(store: try ReferenceStore(directory: directory))
    }

    /// The reference's name, such as `rCRS`.
    public var name: String { store.manifest.name }

    /// The contigs in the order of the FASTA.
    public var contigs: [Contig] {
        store.manifest.contigs.map {
            Contig(name: $0.name, length: $0.length, isCircular: $0.isCircular, aliases: $0.aliases)
        }
    }

    /// Transcripts of the gene models.
    public var transcriptCount: Int { store.manifest.transcripts }
    /// Known variants of all sources together.
    public var knownVariantCount: Int { store.manifest.known.reduce(0) { $0 + $1.variants } }
    /// Regions of all sources together.
    public var regionCount: Int { store.manifest.tracks.reduce(0) { $0 + $1.regions } }

    /// A sentence for each source of known variants of which records are left out because they do not fit the genome.
    public var leftOut: [String] { store.manifest.known.compactMap { $0.leftOut?.sentence($0.name) } }

    /// One line for people: "rCRS: 1 contig, 16,569 bases, 37 transcripts, 40,451 known variants, 42 regions".
    public var summaryLine: String {
        let bases = store.manifest.contigs.reduce(0) { $0 + $1.length }
        var parts = [
            Phrase.count(store.manifest.contigs.count, "contig"), Phrase.count(bases, "base"),
            Phrase.count(transcriptCount, "transcript"), Phrase.count(knownVariantCount, "known variant"),
        ]
        if regionCount > 0 { parts.append(Phrase.count(regionCount, "region")) }
        return "\(name): " + parts.joined(separator: ", ")
    }
}

/// Numbers in sentences.
enum Phrase {
    /// "1 contig", "16,569 bases".
    static func count(_ number: Int, _ noun: String) -> String { "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")" }

    /// A name from a file as it may stand in a sentence.
    static func shortened(_ name: String) -> String { name.count <= 60 ? name : name.prefix(60) + "..." }

    /// A number with commas between thousands.
    static func grouped(_ number: Int) -> String {
        var digits = Array(String(number.magnitude))
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: place)
            place -= 3
        }
        return (number < 0 ? "-" : "") + String(digits)
    }
}
