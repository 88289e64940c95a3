import Foundation

/// What `manifest.json` of a reference holds: everything small, and the sizes of the tables.
struct ReferenceManifest: Codable, Sendable {
    /// Raised whenever a table's layout changes; a reference of another version must be built again.
    static let currentVersion = 1

    struct ContigEntry: Codable, Sendable {
        var name: String
        var length: Int
        var isCircular: Bool
        var aliases: [String]
        /// Where in `sequence.bin` the contig begins, in bases; even.
        var sequenceOffset: Int
        var firstBin: Int = 0
        var binCount: Int = 0
        var firstRegionBin: Int = 0
        var regionBinCount: Int = 0
    }

    struct Source: Codable, Sendable {
        var kind: String
        var name: String
        var size: Int
        /// CRC-32 of the file as stored, as eight hexadecimal digits.
        var crc32: String
        /// The file's date of modification, `yyyy-MM-dd`.
        var date: String
    }

    struct KnownColumn: Codable, Sendable {
        /// The key in the source's INFO.
        var key: String
        /// The key that we write: prefix, underscore, key.
        var outputKey: String
        var type: String
        var description: String
    }

    struct Known: Codable, Sendable {
        var name: String
        var prefix: String
        var variants: Int
        var columns: [KnownColumn]
        /// Per contig, the number of its first variant; one more at the end.
        var contigStarts: [Int]
    }

    struct Regions: Codable, Sendable {
        var names: [String]
        var regions: Int
    }

    var formatVersion = ReferenceManifest.currentVersion
    var name: String
    var contigs: [ContigEntry] = []
    var genes = 0
    var transcripts = 0
    var codingTranscripts = 0
    var known: [Known] = []
    var regions = Regions(names: [], regions: 0)
    var sources: [Source] = []
    /// File name to size in bytes.
    var files: [String: Int] = [:]
}
