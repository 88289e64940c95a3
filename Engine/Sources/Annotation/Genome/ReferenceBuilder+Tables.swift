import Foundation

/// The tables of a reference.
extension ReferenceBuilder {
    /// The transcripts of the GFF3 file and of the tables of gene models.
    func geneModels(
        _ gff: GFF3File?,
        _ numbers: [String: Int],
        _ manifest: inout ReferenceManifest
    ) throws(AnnotationError) -> [GeneModel] {
        let codes = geneticCodes(gff, manifest)
        var models: [GeneModel] = []
        if let gff, let gff3 {
            try note(gff3, as: "gene models", in: &manifest)
            models = GeneModelAssembler(features: gff.features, geneticCodes: codes).assemble()
        }
        for source in ucsc where source.table == .refGene {
            try note(source.path, as: "gene models", version: source.version, in: &manifest)
            models += try GenePred.read(
                source.path, numbers: numbers, lengths: manifest.contigs.map(\.length), geneticCodes: codes)
        }
        return models
    }

    func buildTranscripts(
        _ models: [GeneModel],
        _ genome: PackedGenome,
        _ manifest: inout ReferenceManifest,
        _ text: inout TextPool,
        _ directory: StagedDirectory
    ) throws(AnnotationError) {
        var compiler = TranscriptCompiler()
        var bins = BinIndex.Builder()
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

    func buildKnown(
        _ genome: PackedGenome,
        _ numbers: [String: Int],
        _ manifest: inout ReferenceManifest,
        _ directory: StagedDirectory
    ) throws(AnnotationError) {
        for (index, source) in (known + snpSources).enumerated() {
            try requireKey(source.prefix, of: source.name)
            try note(source.path, as: "known variants", version: source.version, in: &manifest)
            var compiler = KnownCompiler(source: source, genome: genome, numbers: numbers)
            let entry = try compiler.compile()
            manifest.known.append(entry)
            try directory.write("known-\(index).keys.bin", compiler.keys)
            try directory.write("known-\(index).values.bin", compiler.values)
            try directory.write("known-\(index).text.bin", compiler.pool)
        }
    }
    private var snpSources: [KnownSource] {
        ucsc.filter { $0.table == .snp }.map { table in
            var source = KnownSource(
                path: table.path, name: table.name, prefix: table.name.uppercased(), version: table.version,
                columns: table.columns)
            source.isSNPTable = true
            return source
        }
    }

    func requireKey(_ key: String, of source: String) throws(AnnotationError) {
        let isKey = key.utf8.allSatisfy { $0 == 95 || ($0 | 0x20 >= 97 && $0 | 0x20 <= 122) || (48...57 ~= $0) }
        guard isKey && !key.isEmpty && !(48...57 ~= key.utf8.first!) else {
            throw AnnotationError(
                .badSource,
                "The key '\(key)' of \(source) may hold letters, digits and _ only, and must not begin with a digit."
            )
        }
    }
}
