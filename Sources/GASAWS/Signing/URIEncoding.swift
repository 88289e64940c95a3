import Foundation

/// Percent-encoding as Signature Version 4 has it: every byte but RFC 3986's unreserved characters.
enum URIEncoding {
    /// A name or value of a query.
    static func encode(_ text: String) -> String { encode(text, keepsSlash: false) }

    /// A path, whose slashes stay.
    static func encodePath(_ path: String) -> String { encode(path, keepsSlash: true) }

    /// A query without the question mark, in the order given.
    static func query(_ items: [(name: String, value: String)]) -> String {
        items.map { "\(encode($0.name))=\(encode($0.value))" }.joined(separator: "&")
    }

    /// What `application/x-www-form-urlencoded` or a plain percent-encoding stands for.
    static func decode(_ text: String) -> String {
        text.replacing("+", with: " ").removingPercentEncoding ?? text
    }

    private static func encode(_ text: String, keepsSlash: Bool) -> String {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if isUnreserved(byte) || (keepsSlash && byte == UInt8(ascii: "/")) {
                encoded.append(byte)
            } else {
                encoded.append(UInt8(ascii: "%"))
                encoded.append(digits[Int(byte >> 4)])
                encoded.append(digits[Int(byte & 15)])
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
