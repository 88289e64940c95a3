/// Tables that speak of genes; their places are those of the transcripts.
enum GeneTables {
    /// Where a gene lies.
    struct Span {
        var contig: Int
        var start: Int
        var end: Int
        var isForward: Bool
    }

    static let gadKeys = [
        ReferenceManifest.TrackColumn(key: "gadAll", description: "Disease class of a genetic association"),
        ReferenceManifest.TrackColumn(key: "gadPhenotype", description: "Broad phenotype of that association"),
        ReferenceManifest.TrackColumn(key: "gadGene", description: "Gene of that association"),
        ReferenceManifest.TrackColumn(key: "gadPubMed", description: "PubMed identifier of that association"),
    ]

    /// gadAll: id, association, broadPhen, diseaseClass, diseaseClassCode, (meshTerm,) chromosome, band, geneSymbol,
    /// chromStart, chromEnd, pValue, reference, pubMed, ... Newer dumps have the column of MeSH terms. Associations that
    /// were looked for and not found (`N`) are left out. A row without a place lies where its gene does.
    static func readAssociations(
        _ path: String, numbers: [String: Int], genes: [String: [Span]],
        add: (Span, [String]) -> Void
    ) throws(AnnotationError) {
        var rows = try UCSCRows(path: path)
        while let fields = try rows.next() {
            let row = UCSCRow(fields, hasBin: false)
            guard row.count >= 13 else { throw rows.error("has too few columns for gadAll.") }
            if row.text(1) == "N" { continue }
            // Start and end are the numbers behind the gene: at 8 and 9, or one further with MeSH terms.
            let shift = isPlace(row, 8) ? 0 : isPlace(row, 9) ? 1 : row.text(6).isEmpty ? 0 : 1
            let values = [row.text(3), row.text(2), row.text(7 + shift), row.text(12 + shift)]
            let start = row[8 + shift].decimal ?? 0
            let end = row[9 + shift].decimal ?? 0
            let name = row.text(5 + shift)
            if start > 0 && start <= end, end < Int(Int32.max), let contig = numbers[name] ?? numbers["chr" + name] {
                add(Span(contig: contig, start: start, end: end, isForward: true), values)
            } else {
                for span in genes[row.text(7 + shift)] ?? [] { add(span, values) }
            }
        }
    }

    private static func isPlace(_ row: UCSCRow, _ index: Int) -> Bool {
        row[index].decimal != nil && row[index + 1].decimal != nil
    }

    /// Approved names by symbol: of a table with a header that names the columns `symbol` and `name` (or `Approved
    /// symbol` and `Approved name`), or of kgXref (symbol at 4, description at 7).
    static func readNames(_ path: String) throws(AnnotationError) -> [String: String] {
        var lines = try LineReader(path: path, name: path.split(separator: "/").last.map(String.init) ?? path)
        var places = (symbol: 4, name: 7)
        var names: [String: String] = [:]
        while let line = try lines.next() {
            if line.isEmpty { continue }
            let fields = Fields(line)
            if lines.lineNumber == 1 {
                var columns = (0..<fields.count).map { fields[$0].text.lowercased() }
                columns[0] = String(columns[0].drop { $0 == "#" })
                func place(_ names: String...) -> Int? { columns.firstIndex { names.contains($0) } }
                if let symbol = place("symbol", "approved symbol", "genesymbol"),
                    let name = place("name", "approved name", "description")
                {
                    places = (symbol, name)
                    continue
                }
            }
            if line[0] == UInt8(ascii: "#") { continue }
            guard fields.count > max(places.symbol, places.name) else {
                throw AnnotationError(
                    .badSource,
                    "\((path.split(separator: "/").last ?? "")) is no table of gene names: it needs "
                        + "kgXref's columns or a header with symbol and name.", line: lines.lineNumber)
            }
            let symbol = fields[places.symbol].text
            if names[symbol] == nil { names[symbol] = fields[places.name].text }
        }
        return names
    }

    /// The part of `upstream` bases before a transcript's start; nil if the contig begins or ends there.
    static func upstream(_ bases: Int, of span: Span, length: Int) -> (start: Int, end: Int)? {
        let start = span.isForward ? max(1, span.start - bases) : span.end + 1
        let end = span.isForward ? span.start - 1 : min(length, span.end + bases)
        return start <= end ? (start, end) : nil
    }
}
