/// Collects the regions of one track and lays them out as the tables of ``RegionTrack``.
struct TrackCompiler {
    private struct Region {
        var start: Int32
        var end: Int32
        var values: [TextRange]
    }

    /// The track's name and columns, without counts and places.
    private(set) var entry: ReferenceManifest.Track
    private var byContig: [[Region]]
    private(set) var records: [RegionRecord] = []
    private(set) var values: [TextRange] = []
    private(set) var bins = BinIndex.Builder()

    init(_ entry: ReferenceManifest.Track, contigs: Int) {
        self.entry = entry
        byContig = [[Region]](repeating: [], count: contigs)
    }

    /// Names another source whose regions this track holds too.
    mutating func add(source: String) { entry.sources.append(source) }

    /// Adds a region, 1-based and closed, with one text for each column; an empty text is a missing value.
    mutating func add(contig: Int, start: Int, end: Int, _ texts: [String], to pool: inout TextPool) {
        let ranges = texts.map { text in
            text.isEmpty
                ? TextRange() : pool.add(String(decoding: PercentEncoding.encode(text.utf8), as: UTF8.self))
        }
        byContig[contig].append(Region(start: Int32(start), end: Int32(clamping: end), values: ranges))
    }

    /// Sorts the regions and indexes them.
    mutating func finish(_ contigs: [ReferenceManifest.ContigEntry]) {
        for (number, contig) in contigs.enumerated() {
            let sorted = byContig[number].enumerated()
                .sorted {
                    ($0.element.start, $0.element.end, $0.offset) < ($1.element.start, $1.element.end, $1.offset)
                }
                .map(\.element)
            let place = bins.add(
                length: contig.length,
                intervals: sorted.map { (start: Int($0.start), end: Int($0.end)) },
                first: records.count
            )
            entry.places.append(ReferenceManifest.BinRange(first: place.first, count: place.count))
            for region in sorted {
                records.append(RegionRecord(start: region.start, end: region.end))
                values += region.values
            }
        }
        entry.regions = records.count
    }
}
