/// Percent-encoding of values in INFO (VCF 4.3, section 1.2): a value may not hold the characters that separate values.
enum PercentEncoding {
    private static func isReserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "%"), UInt8(ascii: ";"), UInt8(ascii: "="), UInt8(ascii: ","), 0...0x20, 0x7f: true
        default: false
        }
    }

    /// Appends `text` encoded; copies it if it holds no reserved characters.
    static func append(_ text: UnsafeBufferPointer<UInt8>, to output: inout ByteBuffer) {
        if !text.contains(where: isReserved) { return output.append(text) }
        encode(text).withUnsafeBufferPointer { output.append($0) }
    }

    /// `text` with reserved characters as `%XX`, upper-case hexadecimal.
    static func encode(_ text: some Sequence<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text {
            if isReserved(byte) {
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            } else {
                result.append(byte)
            }
        }
        return result
    }
}
