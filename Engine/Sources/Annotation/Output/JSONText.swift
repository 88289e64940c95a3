/// Bytes as JSON (RFC 8259), whatever they are.
enum JSONText {
    private static let digits = Array("0123456789abcdef".utf8)

    /// A string: percent codes are undone, what is no UTF-8 becomes U+FFFD.
    static func write(_ text: UnsafeBufferPointer<UInt8>, to output: inout ByteBuffer) {
        output.append(UInt8(ascii: "\""))
        let isPlain = text.allSatisfy { $0 >= 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x5c && $0 != 0x25 }
        if isPlain {
            output.append(text)
        } else {
            var bytes: [UInt8] = []
            PercentEncoding.decode(text) { bytes.append($0) }
            for byte in String(decoding: bytes, as: UTF8.self).utf8 { write(byte, to: &output) }
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func write(_ byte: UInt8, to output: inout ByteBuffer) {
        switch byte {
        case 0x22, 0x5c:
            output.append(0x5c)
            output.append(byte)
        case 0..<0x20, 0x7f:
            output.append("\\u00")
            output.append(digits[Int(byte >> 4)])
            output.append(digits[Int(byte & 15)])
        default: output.append(byte)
        }
    }

    /// An array of strings.
    static func writeList(_ text: UnsafeBufferPointer<UInt8>, at separator: UInt8, to output: inout ByteBuffer) {
        output.append(UInt8(ascii: "["))
        var isFirst = true
        AnnotatedRecord.split(text, at: separator) { part in
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            write(part, to: &output)
        }
        output.append(UInt8(ascii: "]"))
    }

    /// A number if it is one as JSON has it; else a string, such as `"Infinity"`.
    static func writeNumber(_ text: UnsafeBufferPointer<UInt8>, to output: inout ByteBuffer) {
        if isNumber(text) { output.append(text) } else { write(text, to: &output) }
    }

    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    static func isNumber(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var position = 0
        func digits() -> Int {
            let begin = position
            while position < text.count && (48...57).contains(text[position]) { position += 1 }
            return position - begin
        }
        func skip(_ characters: StaticString) -> Bool {
            guard position < text.count else { return false }
            for index in 0..<characters.utf8CodeUnitCount where characters.utf8Start[index] == text[position] {
                position += 1
                return true
            }
            return false
        }
        _ = skip("-")
        let first = position
        let whole = digits()
        if whole == 0 || (whole > 1 && text[first] == 48) { return false }
        if skip(".") && digits() == 0 { return false }
        if skip("eE") {
            _ = skip("+-")
            if digits() == 0 { return false }
        }
        return position == text.count
    }
}
