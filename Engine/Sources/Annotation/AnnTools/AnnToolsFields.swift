/// The fields of AnnTools' profile for one reference and one input: under which keys, with which declarations.
///
/// A key that the input's header declares with another description is the input's own. It stays, and ours is written
/// with `GAS_` before it. Made once for a run and not changed afterwards; all workers read it.
final class AnnToolsFields: @unchecked Sendable {
    /// A source of dbSNP's variants, and which of its columns hold what.
    struct SNPSource: Sendable {
        let number: Int
        let classColumn: Int?
        let frequencyColumn: Int?
    }

    /// Header line and key of a field.
    struct Field: Sendable {
        var key: String
        var number: String
        var type: String
        var description: String
    }

    static let prefix = "GAS_"
    static let membership = Field(key: "DB", number: "0", type: "Flag", description: "An alternate allele is in dbSNP")
    static let variantClass = Field(
        key: "VC", number: "A", type: "String", description: "Class of the variant in dbSNP")
    static let frequency = Field(
        key: "GMAF", number: "A", type: "Float", description: "Frequency of the second most common allele in dbSNP")
    /// Names that the tracks of UCSC's tables have in AnnTools' output and not in ours.
    static let trackNames = ["hugo": "HGNC_GeneAnnotation", "targetScanS": "miRNAsites"]

    /// `KEY=` for each ``AnnToolsKey``; none if the reference has no transcripts.
    private(set) var columnKeys: [[UInt8]] = []
    private(set) var membershipKey: [UInt8] = []
    private(set) var classKey: [UInt8] = []
    private(set) var frequencyKey: [UInt8] = []
    private(set) var snpSources: [SNPSource] = []
    /// `KEY=` for each column of each track.
    private(set) var trackKeys: [[[UInt8]]] = []
    /// The track of CpG islands.
    let islandTrack: Int?
    /// What is declared, in the order in which it is written.
    private(set) var fields: [Field] = []

    private let header: VCFHeader
    private var claimed: Set<String>

    /// - Parameter claimed: keys that are ours already.
    init(_ manifest: ReferenceManifest, _ header: VCFHeader, claimed: [String]) {
        self.header = header
        self.claimed = Set(claimed)
        islandTrack = manifest.tracks.firstIndex { $0.columns.first?.key == "cpgIslandExt" }
        addSNPs(manifest)
        for track in manifest.tracks { trackKeys.append(add(track)) }
        if manifest.transcripts == 0 { return }
        let source = manifest.sources.filter { $0.kind == "gene models" }.map { "\($0.name) \($0.version)" }
        for column in AnnToolsKey.allCases {
            let field = Field(key: column.key, number: ".", type: column.type, description: column.description)
            columnKeys.append(add(field, source))
        }
    }

    /// The tracks with the keys of this profile.
    func renamed(_ tracks: [RegionTrack]) -> [RegionTrack] {
        var renamed = tracks
        for number in tracks.indices { renamed[number].columnKeys = trackKeys[number] }
        return renamed
    }

    private func addSNPs(_ manifest: ReferenceManifest) {
        for (number, known) in manifest.known.enumerated() where known.isDBSNP {
            func column(_ key: String) -> Int? { known.columns.firstIndex { $0.key == key } }
            snpSources.append(
                SNPSource(
                    number: number, classColumn: column(Self.variantClass.key),
                    frequencyColumn: column(Self.frequency.key)))
        }
        if snpSources.isEmpty { return }
        let names = snpSources.map { manifest.known[$0.number].nameAndVersion }
        membershipKey = add(Self.membership, names).dropLast()
        if snpSources.contains(where: { $0.classColumn != nil }) { classKey = add(Self.variantClass, names) }
        if snpSources.contains(where: { $0.frequencyColumn != nil }) { frequencyKey = add(Self.frequency, names) }
    }

    private func add(_ track: ReferenceManifest.Track) -> [[UInt8]] {
        guard track.regions > 0 else { return track.columns.map { Array(($0.key + "=").utf8) } }
        return track.columns.map { column in
            let key = Self.trackNames[column.key] ?? column.key
            let field = Field(key: key, number: ".", type: "String", description: column.description)
            return add(field, track.sources)
        }
    }

    /// Declares a field; returns `KEY=`.
    private func add(_ wanted: Field, _ sources: [String]) -> [UInt8] {
        var field = wanted
        if !isFree(field) {
            field.key = Self.prefix + wanted.key
            field.description += "; not under \(wanted.key), which the input has for itself"
        }
        claimed.insert(field.key)
        let source = sources.map { $0.hasSuffix(" ") ? String($0.dropLast()) : $0 }.joined(separator: ", ")
        field.description += " (\(source))"
        fields.append(field)
        return Array((field.key + "=").utf8)
    }

    private func isFree(_ field: Field) -> Bool {
        if claimed.contains(field.key) { return false }
        return header.infoDescriptions[field.key] == nil || header.declares(field.key, as: field.description)
    }

    /// The keys under which an earlier run with this profile left fields in a file.
    static func written(in header: VCFHeader, _ manifest: ReferenceManifest) -> [String] {
        var known = AnnToolsKey.allCases.map { (key: $0.key, description: $0.description) }
        known += [membership, variantClass, frequency].map { ($0.key, $0.description) }
        known += manifest.tracks.flatMap(\.columns).map { (trackNames[$0.key] ?? $0.key, $0.description) }
        return known.flatMap { field in
            [field.key, prefix + field.key].filter { header.declares($0, as: field.description) }
        }
    }

    /// The keys of ours that this profile does not write but an earlier run with the other one left in a file.
    static func leftByOthers(in header: VCFHeader, _ manifest: ReferenceManifest) -> [String] {
        var known = [(key: CSQ.key, description: "Consequence annotations from GAS")]
        known += manifest.tracks.flatMap(\.columns).filter { trackNames[$0.key] != nil }
            .map { ($0.key, $0.description) }
        return known.filter { header.declares($0.key, as: $0.description) }.map(\.key)
    }
}

extension ReferenceManifest.Known {
    /// UCSC's tables of dbSNP and dbSNP's own files: they have its column of classes, or its name.
    var isDBSNP: Bool {
        if columns.contains(where: { $0.key == AnnToolsFields.variantClass.key }) { return true }
        let lower = name.lowercased()
        return lower.hasPrefix("dbsnp") || (lower.hasPrefix("snp") && lower.dropFirst(3).first?.isNumber != false)
    }
}
