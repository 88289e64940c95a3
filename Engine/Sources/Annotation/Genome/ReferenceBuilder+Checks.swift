import Foundation

/// What would build, but cannot be meant.
extension ReferenceBuilder {
    /// The name stands in paths and headers, and `gas` finds references by the ending of their folder.
    func checkNames(output: String) throws(AnnotationError) {
        let allowed = name.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || ".-_".utf8.contains(byte)
        }
        guard allowed, let first = name.first, first != ".", first != "-" else {
            throw AnnotationError(
                .badSource,
                "'\(name)' cannot be the name of a reference: letters, digits, '.', '-' and '_' can, such as GRCh38.")
        }
        let folder = output.hasSuffix("/") ? String(output.dropLast()) : output
        guard folder.hasSuffix(".gasref") else {
            throw AnnotationError(
                .badSource, "A reference is a folder whose name ends in .gasref, such as \(name).gasref.")
        }
    }

    /// Sources that share no contig with the genome belong to another one.
    func checkSources(_ manifest: ReferenceManifest) throws(AnnotationError) {
        let contigs = manifest.contigs.prefix(3).map(\.name).joined(separator: ", ")
        if let gff3, manifest.transcripts == 0, ucsc.isEmpty {
            throw AnnotationError(
                .badSource,
                "\(gff3.lastComponent) has no transcript on the genome's contigs (\(contigs)): it may be of another assembly."
            )
        }
        for source in manifest.known where source.variants == 0 {
            throw AnnotationError(
                .badSource,
                "\(source.name) has no variant that fits the genome's contigs (\(contigs)): it may be of another assembly."
            )
        }
    }
}

extension String {
    fileprivate var lastComponent: String { (self as NSString).lastPathComponent }
}
