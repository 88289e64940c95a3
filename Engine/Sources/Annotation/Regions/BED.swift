import Foundation

/// BED files: contig, 0-based start, end, name; more columns are ignored.
enum BED {
    /// Calls `add` with each region of a known contig: contig number, 1-based closed start and end, name.
    static func read(
        _ source: ReferenceBuilder.RegionSource,
        numbers: [String: Int],
        add: (Int, Int, Int, String) -> Void
    ) throws(AnnotationError) {
        let name = (source.path as NSString).lastPathComponent
        var lines = try LineReader(path: source.path, name: name)
        while let line = try lines.next() {
            if line.isEmpty || line[0] == UInt8(ascii: "#") || line.hasPrefix("track") || line.hasPrefix("browser") {
                continue
            }
            let fields = Fields(line)
            guard fields.count >= 3, let start = fields[1].decimal, let end = fields[2].decimal, start <= end,
                end < Int(Int32.max)
            else {
                throw AnnotationError(
                    .badSource,
                    "\(name) is no BED: it needs a contig, a start and an end.",
                    line: lines.lineNumber
                )
            }
            guard let number = numbers[fields[0].text], start < end else { continue }
            let given = fields.count > 3 ? fields[3].text : ""
            add(number, start + 1, end, given.isEmpty || given == "." ? source.name : given)
        }
    }
}
