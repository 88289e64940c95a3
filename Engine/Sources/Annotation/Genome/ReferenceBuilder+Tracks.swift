/// The tracks of regions: of BED files, of UCSC's tables of intervals, and of tables that speak of genes.
extension ReferenceBuilder {
    /// AnnTools' putative promoter: so many bases before a transcript, where they lie in a CpG island.
    static let promoterLength = 500

    func buildTracks(
        _ models: [GeneModel],
        _ numbers: [String: Int],
        _ manifest: inout ReferenceManifest,
        _ text: inout TextPool,
        _ directory: StagedDirectory
    ) throws(AnnotationError) {
        var tracks = try bedTracks(numbers, &manifest, &text)
        let genes = spans(of: models)
        for source in ucsc {
            switch source.table {
            case .refGene, .snp: continue
            default: try note(source.path, as: "regions", version: source.version, in: &manifest)
            }
            let contigs = manifest.contigs
            switch source.table {
            case .gadAll: tracks.append(try associations(source, numbers, genes, contigs, &text))
            case .hgnc: tracks.append(try names(source, genes, contigs, &text))
            default: tracks += try intervals(source, numbers, models, contigs, &text)
            }
        }
        try requireDistinct(tracks.flatMap { $0.entry.columns.map(\.key) })
        for number in tracks.indices {
            tracks[number].finish(manifest.contigs)
            manifest.tracks.append(tracks[number].entry)
            try directory.write(TrackTable.regions.fileName(number), tracks[number].records)
            try directory.write(TrackTable.values.fileName(number), tracks[number].values)
            try directory.write(TrackTable.starts.fileName(number), tracks[number].bins.starts)
            try directory.write(TrackTable.entries.fileName(number), tracks[number].bins.entries)
        }
    }

    private func requireDistinct(_ keys: [String]) throws(AnnotationError) {
        var seen: Set<String> = []
        for key in keys where !seen.insert(key).inserted {
            throw AnnotationError(
                .badSource, "Two sources would write the INFO key \(key); leave one of them out or rename it.")
        }
    }

    private func sourceName(_ name: String, _ version: String?) -> String {
        version.map { "\(name) \($0)" } ?? name
    }

    /// One track for all BED files without a key of their own, one for each other key.
    private func bedTracks(
        _ numbers: [String: Int], _ manifest: inout ReferenceManifest, _ text: inout TextPool
    ) throws(AnnotationError) -> [TrackCompiler] {
        var tracks: [TrackCompiler] = []
        var places: [String: Int] = [:]
        for source in regions {
            try note(source.path, as: "regions", version: source.version, in: &manifest)
            let key = source.key ?? OutputFields.regionKey
            try requireKey(key, of: source.name)
            let place = places[key] ?? tracks.count
            places[key] = place
            if place == tracks.count {
                let column = ReferenceManifest.TrackColumn(key: key, description: "Regions that REF overlaps")
                tracks.append(
                    TrackCompiler(.init(sources: [], columns: [column]), contigs: manifest.contigs.count))
            }
            tracks[place].add(source: sourceName(source.name, source.version))
            try BED.read(source, numbers: numbers) { contig, start, end, name in
                tracks[place].add(contig: contig, start: start, end: end, [name], to: &text)
            }
        }
        return tracks
    }

    private func spans(of models: [GeneModel]) -> [String: [GeneTables.Span]] {
        var spans: [String: [GeneTables.Span]] = [:]
        for model in models where !model.symbol.isEmpty {
            spans[model.symbol, default: []].append(span(of: model))
        }
        return spans
    }

    private func span(of model: GeneModel) -> GeneTables.Span {
        GeneTables.Span(contig: model.contig, start: model.start, end: model.end, isForward: model.isForward)
    }

    private func intervals(
        _ source: UCSCSource, _ numbers: [String: Int], _ models: [GeneModel],
        _ contigs: [ReferenceManifest.ContigEntry], _ text: inout TextPool
    ) throws(AnnotationError) -> [TrackCompiler] {
        guard let layout = UCSCInterval(source.table) else { return [] }
        let name = sourceName(source.name, source.version)
        let columns = layout.columns.map { ReferenceManifest.TrackColumn(key: $0.key, description: $0.description) }
        var track = TrackCompiler(.init(sources: [name], columns: columns), contigs: contigs.count)
        var islands: [Int: [(start: Int, end: Int, name: String)]] = [:]
        let isIslands = source.table == .cpgIslandExt
        try UCSCInterval.read(source.path, fieldCount: layout.fieldCount, numbers: numbers) { contig, start, end, row in
            track.add(contig: contig, start: start, end: end, layout.columns.map { $0.text(row) }, to: &text)
            if isIslands { islands[contig, default: []].append((start, end, UCSCInterval.islandName(row))) }
        }
        return isIslands ? [track, promoters(name, islands, models, contigs, &text)] : [track]
    }

    private func promoters(
        _ source: String, _ islands: [Int: [(start: Int, end: Int, name: String)]], _ models: [GeneModel],
        _ contigs: [ReferenceManifest.ContigEntry], _ text: inout TextPool
    ) -> TrackCompiler {
        let columns = [
            ReferenceManifest.TrackColumn(
                key: "putativePromoterRegion",
                description: "CpG island in the \(ReferenceBuilder.promoterLength) bases upstream of a transcript"),
            ReferenceManifest.TrackColumn(key: "putativePromoterGene", description: "Gene of that transcript"),
        ]
        var track = TrackCompiler(.init(sources: [source], columns: columns), contigs: contigs.count)
        for model in models {
            let length = contigs[model.contig].length
            guard
                let upstream = GeneTables.upstream(
                    ReferenceBuilder.promoterLength, of: span(of: model), length: length)
            else { continue }
            for island in islands[model.contig] ?? [] {
                let start = max(upstream.start, island.start)
                let end = min(upstream.end, island.end)
                if start > end { continue }
                track.add(contig: model.contig, start: start, end: end, [island.name, model.symbol], to: &text)
            }
        }
        return track
    }

    private func associations(
        _ source: UCSCSource, _ numbers: [String: Int], _ genes: [String: [GeneTables.Span]],
        _ contigs: [ReferenceManifest.ContigEntry], _ text: inout TextPool
    ) throws(AnnotationError) -> TrackCompiler {
        let name = sourceName(source.name, source.version)
        var track = TrackCompiler(.init(sources: [name], columns: GeneTables.gadKeys), contigs: contigs.count)
        try GeneTables.readAssociations(source.path, numbers: numbers, genes: genes) { span, values in
            track.add(contig: span.contig, start: span.start, end: span.end, values, to: &text)
        }
        return track
    }

    private func names(
        _ source: UCSCSource, _ genes: [String: [GeneTables.Span]], _ contigs: [ReferenceManifest.ContigEntry],
        _ text: inout TextPool
    ) throws(AnnotationError) -> TrackCompiler {
        let column = ReferenceManifest.TrackColumn(key: "hugo", description: "Approved name of the gene")
        let name = sourceName(source.name, source.version)
        var track = TrackCompiler(.init(sources: [name], columns: [column]), contigs: contigs.count)
        let names = try GeneTables.readNames(source.path)
        for symbol in genes.keys.sorted() {
            guard let name = names[symbol] else { continue }
            for span in genes[symbol] ?? [] {
                track.add(contig: span.contig, start: span.start, end: span.end, [name], to: &text)
            }
        }
        return track
    }
}
