import CZlib
import Foundation

/// Compiles an assembly into a `.gasref` directory that ``Reference/open(_:)`` maps into memory.
///
/// The directory is written under a temporary name beside its place, synced and renamed, so that a half-built reference
/// is never opened. Building is deterministic: the same sources give the same tables.
public struct ReferenceBuilder: Sendable {
    /// Known variants, whose identifiers and INFO values annotate matching alleles: a VCF, plain, gzip or BGZF.
    public struct KnownSource: Sendable, Codable {
        /// The file.
        public var path: String
        /// The source's name for people, such as `HmtVar`.
        public var name: String
        /// What the INFO keys that we write begin with: prefix `MT` and key `AF` give `MT_AF`.
        public var prefix: String
        /// The source's own version, such as `b155`, for the header of what is annotated with it.
        public var version: String?
        /// The INFO keys that are wanted, and `ID` for the identifiers in a field of their own; all INFO if nil.
        public var columns: [String]?
        /// Whether the file is UCSC's dump of dbSNP instead of a VCF.
        var isSNPTable: Bool?
        /// Creates a source; letters, digits and underscores only in `prefix`.
        public init(
            path: String, name: String, prefix: String, version: String? = nil, columns: [String]? = nil
        ) {
            self.path = path
            self.name = name
            self.prefix = prefix
            self.version = version
            self.columns = columns
        }
    }

    /// A BED file (plain, gzip or BGZF) of named regions.
    public struct RegionSource: Sendable, Codable {
        /// The file.
        public var path: String
        /// The source's name for people; also the name of regions that have none of their own.
        public var name: String
        /// The INFO key under which the names of the regions are written; `GAS_REGION` if nil.
        public var key: String?
        /// The source's own version.
        public var version: String?
        /// Creates a source; letters, digits and underscores only in `key`.
        public init(path: String, name: String, key: String? = nil, version: String? = nil) {
            self.path = path
            self.name = name
            self.key = key
            self.version = version
        }
    }

    /// A dump of a table of the UCSC Genome Browser (`.txt`, plain, gzip or BGZF).
    public struct UCSCSource: Sendable, Codable {
        /// What the table holds.
        public var table: UCSCTable
        /// The file.
        public var path: String
        /// The table's name, such as `snp151Common`. Of dbSNP the INFO keys begin with it, in upper case.
        public var name: String
        /// The source's own version, such as the assembly or the date of the dump.
        public var version: String?
        /// The columns wanted of dbSNP (ID, VALID, VC, AF, GMAF, HET); all if nil.
        public var columns: [String]?
        /// Creates a source.
        public init(
            table: UCSCTable, path: String, name: String? = nil, version: String? = nil, columns: [String]? = nil
        ) {
            self.table = table
            self.path = path
            self.name = name ?? table.rawValue
            self.version = version
            self.columns = columns
        }
    }

    let name: String
    let fasta: String
    let gff3: String?
    let known: [KnownSource]
    let regions: [RegionSource]
    let ucsc: [UCSCSource]

    /// Describes a reference to build.
    /// - Parameters:
    ///   - name: what people call it, such as `rCRS` or `GRCh38`.
    ///   - fasta: the sequence, plain or compressed.
    ///   - gff3: the gene models, of Ensembl's or NCBI's kind, plain or compressed; nil for none.
    ///   - known: sources of known variants, in the order in which their fields are written.
    ///   - regions: sources of regions.
    ///   - ucsc: tables of the UCSC Genome Browser. Transcripts of `refGene` stand beside those of `gff3`.
    public init(
        name: String,
        fasta: String,
        gff3: String?,
        known: [KnownSource] = [],
        regions: [RegionSource] = [],
        ucsc: [UCSCSource] = []
    ) {
        self.name = name
        self.fasta = fasta
        self.gff3 = gff3
        self.known = known
        self.regions = regions
        self.ucsc = ucsc
    }

    private struct Recipe: Decodable {
        var name: String
        var fasta: String
        var gff3: String?
        var known: [KnownSource]?
        var regions: [RegionSource]?
        var ucsc: [UCSCSource]?
    }

    /// Reads a recipe: a JSON object with `name`, `fasta`, `gff3`, `known`, `regions` and `ucsc`, whose paths are relative to the
    /// recipe's own folder. `Reference/mtdna/reference.json` is one.
    /// - Throws: ``AnnotationError/Code/badSource`` if the recipe cannot be read.
    public init(recipe path: String) throws(AnnotationError) {
        guard let data = FileManager.default.contents(atPath: path),
            let recipe = try? JSONDecoder().decode(Recipe.self, from: data)
        else {
            throw AnnotationError(.badSource, "\((path as NSString).lastPathComponent) is no recipe of a reference.")
        }
        let folder = (path as NSString).deletingLastPathComponent
        func place(_ file: String) -> String { file.hasPrefix("/") || folder.isEmpty ? file : folder + "/" + file }
        self.init(
            name: recipe.name,
            fasta: place(recipe.fasta),
            gff3: recipe.gff3.map(place),
            known: (recipe.known ?? []).map {
                KnownSource(
                    path: place($0.path), name: $0.name, prefix: $0.prefix, version: $0.version, columns: $0.columns)
            },
            regions: (recipe.regions ?? []).map {
                RegionSource(path: place($0.path), name: $0.name, key: $0.key, version: $0.version)
            },
            ucsc: (recipe.ucsc ?? []).map {
                UCSCSource(
                    table: $0.table, path: place($0.path), name: $0.name, version: $0.version, columns: $0.columns)
            }
        )
    }

    /// Builds the reference into the directory `output`, whose name should end in `.gasref`; one that is there already
    /// is replaced.
    /// - Returns: the opened reference.
    /// - Throws: ``AnnotationError/Code/badSource`` with file and line if a source is unusable,
    ///   ``AnnotationError/Code/inputOutput`` if writing fails.
    public func build(output: String) throws(AnnotationError) -> Reference {
        try checkNames(output: output)
        let genome = try PackedGenome(path: fasta)
        var manifest = ReferenceManifest(name: name)
        try note(fasta, as: "sequence", in: &manifest)
        var direct: [String: Int] = [:]
        for (number, sequence) in genome.sequences.enumerated() { direct[sequence.name] = number }
        let gff = try gff3.map { path throws(AnnotationError) in
            let numbers = numbersByName(genome, aliases: [:])
            return try GFF3File(path: path) { numbers[$0] }
        }
        manifest.contigs = contigs(of: genome, gff: gff)
        let numbers = ReferenceBuilder.numbers(of: manifest.contigs)

        let directory = try StagedDirectory(final: output)
        var text = TextPool()
        try directory.write("sequence.bin", genome.bytes)
        let models = try geneModels(gff, numbers, &manifest)
        try buildTranscripts(models, genome, &manifest, &text, directory)
        try buildTracks(models, numbers, &manifest, &text, directory)
        try directory.write("text.bin", text.bytes)
        try buildKnown(genome, numbers, &manifest, directory)
        try checkSources(manifest)
        manifest.files = directory.sizes
        try directory.finish(manifest)
        return try Reference.open(output)
    }

    private func numbersByName(_ genome: PackedGenome, aliases: [String: [String]]) -> [String: Int] {
        ReferenceBuilder.numbers(of: contigs(of: genome, gff: nil))
    }

    static func numbers(of contigs: [ReferenceManifest.ContigEntry]) -> [String: Int] {
        var numbers: [String: Int] = [:]
        for (number, contig) in contigs.enumerated() { for alias in contig.aliases { numbers[alias] = number } }
        for (number, contig) in contigs.enumerated() { numbers[contig.name] = number }
        return numbers
    }

    private func contigs(of genome: PackedGenome, gff: GFF3File?) -> [ReferenceManifest.ContigEntry] {
        let names = Set(genome.sequences.map(\.name))
        return genome.sequences.map { sequence in
            func aliases(_ extra: [String]) -> [String] {
                ContigNames.aliases(
                    of: sequence.name, description: sequence.description, length: sequence.length, extra: extra)
            }
            let own = [sequence.name] + aliases([])
            let extra = gff.map { gff in own.flatMap { gff.aliases[$0] ?? [] } } ?? []
            let others = aliases(extra).filter { !names.contains($0) }
            let isMitochondrion = ([sequence.name] + others).contains(where: ContigNames.isMitochondrion)
            return ReferenceManifest.ContigEntry(
                name: sequence.name,
                length: sequence.length,
                isCircular: own.contains { gff?.circular.contains($0) ?? false } || (isMitochondrion && gff == nil),
                aliases: others,
                sequenceOffset: sequence.offset
            )
        }
    }

    /// The genetic code of each contig that needs another than the standard one: from the gene models' file, and 2 for
    /// a human-sized mitochondrion, 3 for yeast's.
    func geneticCodes(_ gff: GFF3File?, _ manifest: ReferenceManifest) -> [Int: Int] {
        var codes: [Int: Int] = [:]
        for (number, contig) in manifest.contigs.enumerated() {
            let names = [contig.name] + contig.aliases
            if let stated = names.lazy.compactMap({ gff?.geneticCodes[$0] }).first {
                codes[number] = stated
            } else if names.contains(where: ContigNames.isMitochondrion) {
                codes[number] =
                    contig.length < 30_000 ? 2 : manifest.contigs.contains { $0.name.hasSuffix("XVI") } ? 3 : 1
            }
        }
        return codes
    }

    func note(
        _ path: String, as kind: String, version: String? = nil, in manifest: inout ReferenceManifest
    ) throws(AnnotationError) {
        let name = (path as NSString).lastPathComponent
        var file = try FileReader(path: path, name: name)
        var checksum = crc32(0, nil, 0)
        var size = 0
        while try file.need(1) {
            let bytes = file.available
            checksum = crc32(checksum, bytes.baseAddress, UInt32(bytes.count))
            size += bytes.count
            file.consume(bytes.count)
        }
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        let date = (attributes?[.modificationDate] as? Date).map(Day.text) ?? ""
        manifest.sources.append(
            ReferenceManifest.Source(
                kind: kind,
                name: name,
                size: size,
                crc32: String(format: "%08x", UInt32(checksum)),
                date: date,
                version: version ?? ""
            )
        )
    }
}
