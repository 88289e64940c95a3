import Foundation

/// What `manifest.json` of a reference holds: everything small, and the sizes of the tables.
struct ReferenceManifest: Codable, Sendable {
    /// Raised whenever a table's layout changes; a reference of another version must be built again.
    static let currentVersion = 2

    struct ContigEntry: Codable, Sendable {
        var name: String
        var length: Int
        var isCircular: Bool
        var aliases: [String]
        /// Where in `sequence.bin` the contig begins, in bases; even.
        var sequenceOffset: Int
        var firstBin: Int = 0
        var binCount: Int = 0
    }

    struct Source: Codable, Sendable {
        var kind: String
        var name: String
        var size: Int
        /// CRC-32 of the file as stored, as eight hexadecimal digits.
        var crc32: String
        /// The file's date of modification, `yyyy-MM-dd`.
        var date: String
        /// The source's own version, such as `b155`; empty if none was given.
        var version: String
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
        /// The source's own version; empty if none was given.
        var version: String
        var prefix: String
        var variants: Int
        var columns: [KnownColumn]
        /// Per contig, the number of its first variant; one more at the end.
        var contigStarts: [Int]
        /// Records of the source that are not among the variants; nil in references built before they were counted.
        var leftOut: KnownLeftOut?
    }

    /// Where the bins of a contig begin, and how many it has.
    struct BinRange: Codable, Sendable {
        var first: Int
        var count: Int
    }

    struct TrackColumn: Codable, Sendable {
        /// The key in INFO.
        var key: String
        var description: String
    }

    /// Regions whose rows have the same columns.
    struct Track: Codable, Sendable {
        /// The names of its sources, with their versions.
        var sources: [String]
        var columns: [TrackColumn]
        var regions = 0
        /// Per contig.
        var places: [BinRange] = []
    }

    var formatVersion = ReferenceManifest.currentVersion
    var name: String
    var contigs: [ContigEntry] = []
    var genes = 0
    var transcripts = 0
    var codingTranscripts = 0
    var known: [Known] = []
    var tracks: [Track] = []
    var sources: [Source] = []
    /// File name to size in bytes.
    var files: [String: Int] = [:]
}

extension ReferenceManifest.Known {
    /// `dbSNP b155`, or the name alone.
    var nameAndVersion: String { version.isEmpty ? name : "\(name) \(version)" }
}
