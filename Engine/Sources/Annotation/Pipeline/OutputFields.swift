import Foundation

/// The INFO fields that we write, and their declarations in the header.
struct OutputFields {
    static let mismatchKey = "GAS_REF_MISMATCH"
    static let regionKey = "GAS_REGION"
    static let provenanceKey = "GAS"

    /// The keys that this reference can make us write. A field of the input under one of them is replaced.
    let keys: [String]
    /// The header lines to add, one block right before `#CHROM`: provenance first, so that whoever wants the input's
    /// header back drops everything from the `##GAS` line on up to `#CHROM`.
    let lines: [String]
    /// The fields of AnnTools' profile; nil under another.
    let annTools: AnnToolsFields?
    /// The same fields as columns of a table.
    let columns: OutputColumns

    /// - Parameter contigNames: names of contigs as the file's first records use them.
    init(reference: Reference, options: AnnotationOptions, header: VCFHeader, contigNames: [String]) {
        let manifest = reference.store.manifest
        var keys = [OutputFields.mismatchKey]
        var lines = [OutputFields.provenance(manifest, options)]
        lines += OutputFields.contigs(reference.store, header, contigNames)
        lines.append(
            OutputFields.declaration(
                OutputFields.mismatchKey,
                "0",
                "Flag",
                "REF disagrees with the reference \(manifest.name)",
                header
            )
        )
        for known in manifest.known {
            for column in known.columns {
                keys.append(column.outputKey)
                lines.append(
                    OutputFields.declaration(
                        column.outputKey,
                        "A",
                        column.type,
                        "\(known.nameAndVersion) \(column.key): \(column.description)",
                        header
                    )
                )
            }
        }
        let annTools = options.profile == .anntools ? AnnToolsFields(manifest, header, claimed: keys) : nil
        if let annTools {
            keys += annTools.fields.map(\.key) + AnnToolsFields.leftByOthers(in: header, manifest)
            for field in annTools.fields {
                lines.append(
                    OutputFields.declaration(field.key, field.number, field.type, field.description, header))
            }
        } else {
            keys += AnnToolsFields.written(in: header, manifest)
            OutputFields.addTracks(manifest, header, &keys, &lines)
            OutputFields.addConsequences(options, header, &keys, &lines)
        }
        keys.append(HaplotypeField.key)
        if options.haplotypes {
            lines.append(
                OutputFields.declaration(HaplotypeField.key, ".", "String", HaplotypeField.description, header))
        }
        self.annTools = annTools
        self.keys = keys
        self.lines = lines
        columns = OutputColumns(
            declarations: lines, perAllele: Set(manifest.known.flatMap(\.columns).map(\.outputKey)))
    }

    private static func addTracks(
        _ manifest: ReferenceManifest, _ header: VCFHeader, _ keys: inout [String], _ lines: inout [String]
    ) {
        for track in manifest.tracks where track.regions > 0 {
            for column in track.columns {
                keys.append(column.key)
                let description = "\(column.description) (\(track.sources.joined(separator: ", ")))"
                lines.append(declaration(column.key, ".", "String", description, header))
            }
        }
    }

    private static func addConsequences(
        _ options: AnnotationOptions, _ header: VCFHeader, _ keys: inout [String], _ lines: inout [String]
    ) {
        for format in ConsequenceFormat.allCases where options.formats.contains(format) {
            keys.append(format.rawValue)
            let description = format.description(options.csqFields)
            lines.append(declaration(format.rawValue, ".", "String", description, header))
        }
    }

    private static func provenance(_ manifest: ReferenceManifest, _ options: AnnotationOptions) -> String {
        var parts = ["Version=\(quoted(options.version))", "Reference=\(quoted(manifest.name))"]
        let sources = manifest.sources.map { "\($0.name) crc32:\($0.crc32)" }
        parts.append("Sources=\(quoted(sources.joined(separator: "; ")))")
        if options.profile != .gas { parts.append("Profile=\(options.profile.rawValue)") }
        if let date = options.date { parts.append("Date=\(Day.text(date))") }
        var settings = "hgvs=\(options.needsHGVS ? "yes" : "no") distance=\(options.upstreamDistance)"
        if let distance = options.downstreamDistance { settings += ",\(distance)" }
        if options.selection != .all { settings += " selection=\(options.selection.rawValue)" }
        parts.append("Options=\(quoted(settings))")
        return "##\(provenanceKey)=<ID=GAS,\(parts.joined(separator: ","))>"
    }

    /// `##contig` lines for a file that has none, under the names that it uses: htslib warns of undeclared contigs.
    private static func contigs(_ store: ReferenceStore, _ header: VCFHeader, _ used: [String]) -> [String] {
        guard header.contigs.isEmpty && header.version.major == 4 else { return [] }
        var names: [Int: String] = [:]
        for name in used { if let number = store.contigNumbers[name] { names[number] = name } }
        let usesPrefix = used.contains { $0.hasPrefix("chr") }
        return store.manifest.contigs.enumerated().map { number, contig in
            let styled = ([contig.name] + contig.aliases).first {
                $0.hasPrefix("chr") == usesPrefix && !ContigNames.isAccession($0)
            }
            return "##contig=<ID=\(names[number] ?? styled ?? contig.name),length=\(contig.length)>"
        }
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
        return "\"\(escaped)\""
    }

    /// `##INFO=<...>`, or VCF 3.3's `##INFO=KEY,number,type,"..."`.
    private static func declaration(
        _ key: String,
        _ number: String,
        _ type: String,
        _ description: String,
        _ header: VCFHeader
    ) -> String {
        if header.version.major == 3 {
            // VCF 3.3 knows integers and -1 for "varies" as numbers of values.
            let count = Int(number) == nil ? "-1" : number
            return "##INFO=\(key),\(count),\(type),\(quoted(description))"
        }
        return "##INFO=<ID=\(key),Number=\(number),Type=\(type),Description=\(quoted(description))>"
    }

    /// Whether a header line of the input declares something that we declare ourselves, or stems from an earlier
    /// annotation, in whose block (`isInBlock`) it stands.
    func isReplaced(_ line: UnsafeBufferPointer<UInt8>, isInBlock: Bool) -> Bool {
        if line.hasPrefix("##GAS=<ID=GAS,") || (isInBlock && line.hasPrefix("##contig=")) { return true }
        if line.hasPrefix("##INFO=<") {
            guard let declaration = HeaderDeclaration(OutputFields.withoutLineEnd(line)) else { return false }
            return declaration["ID"].map(keys.contains) ?? false
        }
        if line.hasPrefix("##INFO=") {
            let rest = line.slice(7, line.count)
            return keys.contains(rest.slice(0, rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.count).text)
        }
        return false
    }

    private static func withoutLineEnd(_ line: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        var count = line.count
        while count > 0 && (line[count - 1] == 10 || line[count - 1] == 13) { count -= 1 }
        return line.slice(0, count)
    }
}
