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

    /// Undoes the percent codes of printable characters; what is no such code stays as it is.
    static func decode(_ text: UnsafeBufferPointer<UInt8>, _ body: (UInt8) -> Void) {
        var position = 0
        while position < text.count {
            if text[position] == UInt8(ascii: "%"), position + 2 < text.count,
                let high = digit(text[position + 1]), let low = digit(text[position + 2]), high >= 2,
                high != 7 || low != 15
            {
                body(high << 4 | low)
                position += 3
            } else {
                body(text[position])
                position += 1
            }
        }
    }

    private static func digit(_ letter: UInt8) -> UInt8? {
        switch letter {
        case 48...57: letter - 48
        case 65...70: letter - 55
        case 97...102: letter - 87
        default: nil
        }
    }
}
