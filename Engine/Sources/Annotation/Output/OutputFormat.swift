/// What the result of an annotation is written as. Each may be packed as BGZF.
public enum OutputFormat: String, Sendable, Codable, CaseIterable {
    /// The input with INFO extended.
    case vcf
    /// A table: one row for each alternate allele and transcript, one column for each field. Samples are left out.
    case tsv
    /// JSON Lines: one object for each record. Samples are left out.
    case jsonLines = "jsonl"

    /// The format that the ending of a file's name asks for, before `.gz` or `.bgz`: `.tsv`, `.jsonl` or `.ndjson`; VCF for
    /// any other.
    public init(fileName: String) {
        var name = Substring(fileName.lowercased())
        for ending in [".gz", ".bgz"] where name.hasSuffix(ending) { name = name.dropLast(ending.count) }
        if name.hasSuffix(".tsv") {
            self = .tsv
        } else if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") {
            self = .jsonLines
        } else {
            self = .vcf
        }
    }
}
