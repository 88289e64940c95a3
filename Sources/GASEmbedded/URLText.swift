/// Texts inside URLs.
enum URLText {
    /// Everything but RFC 3986's unreserved characters as `%XX`.
    static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { encoded, byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                encoded += "%" + CollectionOfOne(byte).hexadecimal.uppercased()
            }
        }
    }

    /// A query without the question mark.
    static func query(_ items: [(name: String, value: String)]) -> String {
        items.map { "\($0.name)=\(encoded($0.value))" }.joined(separator: "&")
    }
}
