import Foundation

/// A file name that came from outside, made safe to store, to show and to put into headers.
public enum FileName {
    /// Longest name kept, in bytes of UTF-8: with an identifier before it and an ending behind it a name still fits
    /// the 255 bytes of common file systems.
    public static let maximumBytes = 180

    /// The last path component without control, formatting and path characters, shortened in the middle so that the
    /// ending stays. A name of which nothing remains becomes `upload.vcf`.
    public static func safe(_ name: String) -> String {
        let base = name.precomposedStringWithCanonicalMapping.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last
        let kept = String((base ?? "").unicodeScalars.filter(isKept).map(Character.init))
            .trimmingCharacters(in: .whitespaces)
        let visible = kept.drop { $0 == "." }
        return visible.isEmpty ? "upload.vcf" : shortened(String(visible))
    }

    /// The name without the endings `.gz`, `.bgz` and `.vcf`, from which result and log get their names.
    public static func stem(_ name: String) -> String {
        var stem = name[...]
        for ending in [".gz", ".bgz", ".vcf"] where stem.lowercased().hasSuffix(ending) {
            stem = stem.dropLast(ending.count)
        }
        return stem.isEmpty ? "upload" : String(stem)
    }

    private static func isKept(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: scalar != "~"
        }
    }

    private static func shortened(_ name: String) -> String {
        guard name.utf8.count > maximumBytes else { return name }
        var head = name.prefix(maximumBytes / 2)
        while head.utf8.count > maximumBytes / 2 { head = head.dropLast() }
        var tail = name.suffix(maximumBytes / 2 - 3)
        while tail.utf8.count > maximumBytes / 2 - 3 { tail = tail.dropFirst() }
        return head + "…" + tail
    }
}
