/// A structured header line, `##KIND=<key=value,key="quoted value">` (VCF 4.x, section 1.4).
struct HeaderDeclaration {
    let kind: String
    private let values: [String: String]

    /// nil if the line is of another form (VCF 3.3's `##INFO=DP,1,Integer,"..."` is; see ``VCFHeader``).
    init?(_ line: UnsafeBufferPointer<UInt8>) {
        guard line.hasPrefix("##"), let equals = line.firstIndex(of: UInt8(ascii: "=")), equals + 2 < line.count,
            line[equals + 1] == UInt8(ascii: "<"), line[line.count - 1] == UInt8(ascii: ">")
        else { return nil }
        kind = line.slice(2, equals).text
        values = HeaderDeclaration.parse(line.slice(equals + 2, line.count - 1))
    }

    subscript(key: String) -> String? { values[key] }

    private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> [String: String] {
        var found: [String: String] = [:]
        var key: [UInt8] = []
        var value: [UInt8] = []
        var inValue = false
        var isQuoted = false
        var isEscaped = false
        func keep() {
            if !key.isEmpty { found[String(decoding: key, as: UTF8.self)] = String(decoding: value, as: UTF8.self) }
            key = []
            value = []
            inValue = false
        }
        for byte in bytes {
            if isEscaped {
                value.append(byte)
                isEscaped = false
            } else if isQuoted {
                if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isQuoted = false
                } else {
                    value.append(byte)
                }
            } else if byte == UInt8(ascii: "\"") {
                isQuoted = true
            } else if byte == UInt8(ascii: ",") {
                keep()
            } else if byte == UInt8(ascii: "=") && !inValue {
                inValue = true
            } else if inValue {
                value.append(byte)
            } else {
                key.append(byte)
            }
        }
        keep()
        return found
    }
}
