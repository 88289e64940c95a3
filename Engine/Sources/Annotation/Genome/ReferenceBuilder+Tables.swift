import Foundation

/// The tables of a reference.
extension ReferenceBuilder {
    func buildTranscripts(
        _ gff: GFF3File?,
        _ genome: PackedGenome,
        _ numbers: [String: Int],
        _ manifest: inout ReferenceManifest,
        _ text: inout TextPool,
        _ directory: StagedDirectory
    ) throws(AnnotationError) {
        var compiler = TranscriptCompiler()
        var bins = BinIndex.Builder()
        var models: [GeneModel] = []
        if let gff, let gff3 {
            try note(gff3, as: "gene models", in: &manifest)
            models = GeneModelAssembler(features: gff.features, geneticCodes: geneticCodes(gff, manifest)).assemble()
        }
        let byContig = Dictionary(grouping: models, by: \.contig)
        for number in manifest.contigs.indices {
            // VEP lists transcripts by identifier.
            let sorted = (byContig[number] ?? []).sorted { $0.id < $1.id }
            let first = compiler.transcripts.count
            try compiler.add(sorted, genome: genome, text: &text)
            let added = compiler.transcripts[first...].map { (start: Int($0.start), end: Int($0.end)) }
            let place = bins.add(length: manifest.contigs[number].length, intervals: added, first: first)
            (manifest.contigs[number].firstBin, manifest.contigs[number].binCount) = place
        }
        manifest.transcripts = compiler.transcripts.count
        manifest.codingTranscripts = compiler.transcripts.lazy.filter { $0.codingStart > 0 }.count
        manifest.genes = compiler.geneCount
        try directory.write("transcripts.bin", compiler.transcripts)
        try directory.write("exons.bin", compiler.exons)
        try directory.write("spliced.bin", compiler.spliced)
        try directory.write("mature.bin", compiler.mature)
        try directory.write("bin-starts.bin", bins.starts)
        try directory.write("bin-entries.bin", bins.entries)
    }

    func buildRegions(
        _ numbers: [String: Int],
        _ manifest: inout ReferenceManifest,
        _ text: inout TextPool,
        _ directory: StagedDirectory
    ) throws(AnnotationError) {
        var byContig = [[RegionRecord]](repeating: [], count: manifest.contigs.count)
        for source in regions {
            try note(source.path, as: "regions", in: &manifest)
            manifest.regions.names.append(source.name)
            try BED.read(source, numbers: numbers) { contig, start, end, name in
                let range = text.add(String(decoding: PercentEncoding.encode(name.utf8), as: UTF8.self))
                byContig[contig].append(RegionRecord(start: Int32(start), end: Int32(end), name: range))
            }
        }
        var records: [RegionRecord] = []
        var bins = BinIndex.Builder()
        for number in manifest.contigs.indices {
            let sorted = byContig[number].enumerated()
                .sorted {
                    ($0.element.start, $0.element.end, $0.offset) < ($1.element.start, $1.element.end, $1.offset)
                }
                .map(\.element)
            let place = bins.add(
                length: manifest.contigs[number].length,
                intervals: sorted.map { (start: Int($0.start), end: Int($0.end)) },
                first: records.count
            )
            (manifest.contigs[number].firstRegionBin, manifest.contigs[number].regionBinCount) = place
            records += sorted
        }
        manifest.regions.regions = records.count
        try directory.write("regions.bin", records)
        try directory.write("region-bin-starts.bin", bins.starts)
        try directory.write("region-bin-entries.bin", bins.entries)
    }

    func buildKnown(
        _ genome: PackedGenome,
        _ numbers: [String: Int],
        _ manifest: inout ReferenceManifest,
        _ directory: StagedDirectory
    ) throws(AnnotationError) {
        for (index, source) in known.enumerated() {
            guard !source.prefix.isEmpty,
                source.prefix.utf8.allSatisfy({ $0 == 95 || ($0 | 0x20 >= 97 && $0 | 0x20 <= 122) || (48...57 ~= $0) })
            else {
                throw AnnotationError(
                    .badSource,
                    "The prefix '\(source.prefix)' of \(source.name) may hold letters, digits and _ only."
                )
            }
            try note(source.path, as: "known variants", in: &manifest)
            var compiler = try KnownCompiler(source: source, genome: genome, numbers: numbers)
            let entry = try compiler.compile()
            manifest.known.append(entry)
            try directory.write("known-\(index).keys.bin", compiler.keys)
            try directory.write("known-\(index).values.bin", compiler.values)
            try directory.write("known-\(index).text.bin", compiler.pool)
        }
    }
}
