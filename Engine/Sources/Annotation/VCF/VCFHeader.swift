import Foundation

/// The header of a VCF: its bytes, which are written out again unchanged, and the few things that matter here.
struct VCFHeader: Sendable {
    /// Everything up to and including the `#CHROM` line and its line end.
    private(set) var bytes: [UInt8]
    /// Where in `bytes` the `#CHROM` line begins.
    private(set) var columnsStart = 0
    private(set) var lineCount = 0
    /// 4.2 is (4, 2).
    private(set) var version = (major: 4, minor: 0)
    /// Where in `bytes` the block of an earlier annotation begins (its `##GAS` line); nil if there is none.
    private(set) var provenanceStart: Int?
    /// `##contig` lines outside that block: name and length, if stated.
    private(set) var contigs: [(name: String, length: Int?)] = []
    /// The value of `##reference`, or of `##assembly`, or empty.
    private(set) var reference = ""
    /// Identifiers of `##INFO` lines.
    private(set) var infoKeys: Set<String> = []
    /// Descriptions of `##INFO` lines by identifier.
    private(set) var infoDescriptions: [String: String] = [:]
    private(set) var columnCount = 0
    private(set) var usesCarriageReturn = false

    /// Reads a complete header.
    init(bytes: [UInt8]) throws(AnnotationError) {
        self.bytes = bytes
        var position = 0
        while position < bytes.count {
            let end = bytes[position...].firstIndex(of: 10) ?? bytes.count
            lineCount += 1
            let hasReturn = end > position && bytes[end - 1] == 13
            let line = Array(bytes[position..<(hasReturn ? end - 1 : end)])
            if lineCount == 1 {
                usesCarriageReturn = hasReturn
                try readVersion(line)
            }
            try read(line, at: position)
            position = end + 1
        }
    }

    var lineEnd: String { usesCarriageReturn ? "\r\n" : "\n" }
    var sampleCount: Int { max(0, columnCount - 9) }
    /// Whether a key is declared with a description that begins like this one.
    func declares(_ key: String, as description: String) -> Bool {
        infoDescriptions[key]?.hasPrefix(description) ?? false
    }

    private mutating func readVersion(_ line: [UInt8]) throws(AnnotationError) {
        let text = String(decoding: line.prefix(64), as: UTF8.self)
        guard text.hasPrefix("##fileformat=VCFv"), let dot = text.firstIndex(of: "."),
            let major = Int(text[..<dot].dropFirst(17)),
            let minor = Int(text[text.index(after: dot)...].prefix { $0.isNumber })
        else {
            throw AnnotationError(
                .badHeader,
                "The first line of a VCF must be ##fileformat=VCFv followed by its version.",
                line: 1
            )
        }
        version = (major, minor)
        guard (3...4).contains(major) else {
            throw AnnotationError(
                .badHeader,
                "VCF version \(major).\(minor) is not supported; versions 3.3 to 4.5 are.",
                line: 1
            )
        }
    }

    private mutating func read(_ line: [UInt8], at position: Int) throws(AnnotationError) {
        if line.starts(with: "#CHROM".utf8) {
            columnsStart = position
            return try readColumns(line)
        }
        try line.withUnsafeBufferPointer { bytes throws(AnnotationError) in
            if bytes.hasPrefix("##GAS=<ID=GAS,") {
                provenanceStart = provenanceStart ?? position
            } else if bytes.hasPrefix("##reference=") || (reference.isEmpty && bytes.hasPrefix("##assembly=")) {
                reference = bytes.slice(bytes.firstIndex(of: UInt8(ascii: "="))! + 1, bytes.count).text
            } else if bytes.hasPrefix("##contig=") || bytes.hasPrefix("##INFO=<") {
                if let declaration = HeaderDeclaration(bytes), let id = declaration["ID"] { note(id, declaration) }
            } else if bytes.hasPrefix("##INFO=") {
                // VCF 3.3: ##INFO=DP,1,Integer,"Total Depth"
                let key = bytes.slice(7, bytes.firstIndex(of: UInt8(ascii: ",")) ?? bytes.count).text
                infoKeys.insert(key)
                let quote = bytes.firstIndex(of: UInt8(ascii: "\"")).map { $0 + 1 } ?? bytes.count
                infoDescriptions[key] = bytes.slice(quote, bytes.count).text
            }
        }
    }

    private mutating func note(_ id: String, _ declaration: HeaderDeclaration) {
        if declaration.kind == "INFO" {
            infoKeys.insert(id)
            infoDescriptions[id] = declaration["Description"] ?? ""
        } else if provenanceStart == nil {
            contigs.append((id, declaration["length"].flatMap(Int.init)))
        }
    }

    private mutating func readColumns(_ line: [UInt8]) throws(AnnotationError) {
        let names = line.split(separator: 9, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        let expected = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT"]
        columnCount = names.count
        for (index, name) in expected.enumerated() where index < 8 || names.count > 8 {
            guard index < names.count else {
                throw AnnotationError(
                    .badHeader,
                    "The #CHROM line has \(Phrase.count(names.count, "tab-separated column")); \(name) is missing.",
                    line: lineCount,
                    column: index + 1
                )
            }
            guard names[index] == name else {
                throw AnnotationError(
                    .badHeader,
                    "The #CHROM line names this column '\(names[index].prefix(40))', not \(name).",
                    line: lineCount,
                    column: index + 1
                )
            }
        }
    }

    /// The header with `added` lines before the `#CHROM` line and without the lines for which `isReplaced` holds;
    /// it is told whether the line stands in the block of an earlier annotation.
    func output(adding added: [String], isReplaced: (UnsafeBufferPointer<UInt8>, Bool) -> Bool) -> [UInt8] {
        var result: [UInt8] = []
        bytes.withUnsafeBufferPointer { bytes in
            var position = 0
            while position < columnsStart {
                let end = (bytes[position...].firstIndex(of: 10) ?? bytes.count - 1) + 1
                let line = bytes.slice(position, end)
                if !isReplaced(line, position >= provenanceStart ?? Int.max) { result += line }
                position = end
            }
            for line in added { result += Array((line + lineEnd).utf8) }
            result += bytes[columnsStart...]
        }
        return result
    }
}
