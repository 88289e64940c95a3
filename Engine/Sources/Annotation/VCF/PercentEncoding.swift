/// Percent-encoding of values in INFO (VCF 4.3, section 1.2): a value may not hold the characters that separate values.
enum PercentEncoding {
    private static let reserved = Set("%;=,: \t\r\n".utf8).subtracting(":".utf8)

    /// `text` with reserved characters as `%XX`, upper-case hexadecimal.
    static func encode(_ text: some Sequence<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text {
            if reserved.contains(byte) || byte < 0x20 || byte == 0x7f {
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            } else {
                result.append(byte)
            }
        }
        return result
    }
}
