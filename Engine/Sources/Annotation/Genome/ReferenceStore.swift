import Foundation

/// The mapped tables of an opened reference, with typed pointers into them.
///
/// Sendable because nothing is written after `init`.
final class ReferenceStore: @unchecked Sendable {
    let manifest: ReferenceManifest
    private let files: [MappedFile]
    private let sequence: UnsafePointer<UInt8>
    let transcripts: UnsafePointer<TranscriptRecord>
    private let exons: UnsafePointer<ExonRecord>
    private let spliced: UnsafePointer<UInt8>
    private let mature: UnsafePointer<IntervalRecord>
    let text: UnsafePointer<UInt8>
    let transcriptBins: BinIndex
    let known: [KnownVariants]
    let tracks: [RegionTrack]
    /// Every name and alias of a contig to its number.
    let contigNumbers: [String: Int]

    static let tableNames = [
        "sequence.bin", "transcripts.bin", "exons.bin", "spliced.bin", "mature.bin", "text.bin", "bin-starts.bin",
        "bin-entries.bin",
    ]

    init(directory: String) throws(AnnotationError) {
        let manifest = try ReferenceStore.readManifest(directory)
        func map(_ name: String) throws(AnnotationError) -> MappedFile {
            guard let size = manifest.files[name] else {
                throw AnnotationError(.badReference, "The reference \(manifest.name) lacks \(name); build it again.")
            }
            return try MappedFile(path: directory + "/" + name, size: size)
        }
        var files: [MappedFile] = []
        for name in ReferenceStore.tableNames { files.append(try map(name)) }
        self.manifest = manifest
        sequence = files[0].table(of: UInt8.self).baseAddress!
        transcripts = files[1].table(of: TranscriptRecord.self).baseAddress!
        exons = files[2].table(of: ExonRecord.self).baseAddress!
        spliced = files[3].table(of: UInt8.self).baseAddress!
        mature = files[4].table(of: IntervalRecord.self).baseAddress!
        text = files[5].table(of: UInt8.self).baseAddress!
        transcriptBins = BinIndex(
            starts: files[6].table(of: UInt32.self).baseAddress!,
            entries: files[7].table(of: UInt32.self).baseAddress!
        )
        var tracks: [RegionTrack] = []
        for (number, track) in manifest.tracks.enumerated() {
            var tables: [MappedFile] = []
            for table in TrackTable.allCases { tables.append(try map(table.fileName(number))) }
            files += tables
            tracks.append(
                RegionTrack(
                    records: tables[0].table(of: RegionRecord.self).baseAddress!,
                    values: tables[1].table(of: TextRange.self).baseAddress!,
                    bins: BinIndex(
                        starts: tables[2].table(of: UInt32.self).baseAddress!,
                        entries: tables[3].table(of: UInt32.self).baseAddress!
                    ),
                    text: text,
                    places: track.places,
                    columnKeys: track.columns.map { Array(($0.key + "=").utf8) }
                )
            )
        }
        self.tracks = tracks
        var known: [KnownVariants] = []
        for (number, source) in manifest.known.enumerated() {
            let keys = try map("known-\(number).keys.bin")
            let values = try map("known-\(number).values.bin")
            let pool = try map("known-\(number).text.bin")
            files += [keys, values, pool]
            known.append(KnownVariants(source: source, keys: keys, values: values, pool: pool))
        }
        self.known = known
        self.files = files
        var numbers: [String: Int] = [:]
        for (number, contig) in manifest.contigs.enumerated() {
            for alias in contig.aliases { numbers[alias] = number }
        }
        for (number, contig) in manifest.contigs.enumerated() { numbers[contig.name] = number }
        contigNumbers = numbers
    }

    deinit {
        for source in known { source.deallocate() }
    }

    private static func readManifest(_ directory: String) throws(AnnotationError) -> ReferenceManifest {
        let name = directory.split(separator: "/").last.map(String.init) ?? directory
        guard let data = FileManager.default.contents(atPath: directory + "/manifest.json") else {
            throw AnnotationError(.badReference, "\(name) is no reference: it has no manifest.")
        }
        struct Version: Decodable { let formatVersion: Int }
        guard let version = try? JSONDecoder().decode(Version.self, from: data) else {
            throw AnnotationError(.badReference, "The manifest of \(name) cannot be read; build the reference again.")
        }
        guard version.formatVersion == ReferenceManifest.currentVersion else {
            throw AnnotationError(
                .badReference,
                "\(name) has format version \(version.formatVersion), this program reads version "
                    + "\(ReferenceManifest.currentVersion); build the reference again."
            )
        }
        guard let manifest = try? JSONDecoder().decode(ReferenceManifest.self, from: data) else {
            throw AnnotationError(.badReference, "The manifest of \(name) cannot be read; build the reference again.")
        }
        return manifest
    }

    /// The upper-case letter at a 1-based position of a contig; N outside it.
    @inline(__always)
    func base(_ contig: ContigView, _ position: Int) -> UInt8 {
        guard position >= 1 && position <= contig.length else { return UInt8(ascii: "N") }
        let index = contig.sequenceOffset + position - 1
        let pair = sequence[index >> 1]
        return BaseTables.shared.letter[Int(index & 1 == 0 ? pair >> 4 : pair & 15)]
    }

    /// The letter at a position that may lie a turn beyond the end of a circular contig, or before its first base.
    @inline(__always)
    func base(_ contig: ContigView, around position: Int) -> UInt8 {
        base(contig, contig.wrapped(position))
    }

    /// Whether the letters of REF, each of which may stand for several bases, allow those of the genome.
    func agrees(_ allele: UnsafeBufferPointer<UInt8>, _ position: Int, _ contig: ContigView) -> Bool {
        let code = BaseTables.shared.code
        return allele.indices.allSatisfy { offset in
            let place = contig.wrapped(position + offset)
            return place >= 1 && place <= contig.length
                && code[Int(allele[offset])] & code[Int(base(contig, place))] != 0
        }
    }

    func transcript(_ number: Int) -> Transcript {
        let record = transcripts + number
        return Transcript(
            record: record,
            exons: exons + Int(record.pointee.exonOffset),
            spliced: spliced + Int(record.pointee.splicedOffset),
            mature: mature + Int(record.pointee.matureOffset)
        )
    }

    func contig(_ number: Int) -> ContigView {
        let entry = manifest.contigs[number]
        return ContigView(
            number: number,
            length: entry.length,
            isCircular: entry.isCircular,
            sequenceOffset: entry.sequenceOffset,
            firstBin: entry.firstBin,
            binCount: entry.binCount
        )
    }
}

/// The files of a track of regions.
enum TrackTable: String, CaseIterable {
    case regions
    case values
    case starts
    case entries

    func fileName(_ track: Int) -> String { "track-\(track).\(rawValue).bin" }
}

/// What the hot loop needs to know of a contig.
struct ContigView {
    let number: Int
    let length: Int
    /// Position `length` is followed by position 1.
    let isCircular: Bool
    let sequenceOffset: Int
    let firstBin: Int
    let binCount: Int

    /// The position on a circular contig that is reached after at most one turn; any other position as it is.
    @inline(__always)
    func wrapped(_ position: Int) -> Int {
        guard isCircular else { return position }
        if position > length && position <= 2 * length { return position - length }
        return position < 1 && position > -length ? position + length : position
    }
}
