import Foundation

/// A person's name and address.
public struct MailAddress: Sendable, Hashable {
    /// As people read it; may be empty.
    public let name: String
    /// Such as `ada@example.org`.
    public let address: String

    /// Names a person.
    public init(name: String, address: String) {
        self.name = name
        self.address = address
    }

    /// Whether the address can stand in a header and an SMTP command: one `@`, something on both sides, no spaces,
    /// no control or special characters. Whether it exists only its server knows.
    public var isValid: Bool {
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && address.utf8.count <= 254
            && address.unicodeScalars.allSatisfy {
                $0.value > 32 && $0.value < 127 && !"<>()[]\\,;:\"".unicodeScalars.contains($0)
            }
    }

    /// As a header field has it (RFC 5322, section 3.4), free of line ends whatever the name holds.
    public var header: String {
        name.isEmpty ? "<\(address)>" : "\(EncodedWord.encode(name, quoted: true)) <\(address)>"
    }
}

/// Text in headers (RFC 2047).
public enum EncodedWord {
    /// Plain text as it is (in quotes if `quoted`), anything else as encoded words of at most 75 characters. Line ends
    /// and other control characters become spaces, so that no header can be smuggled in.
    public static func encode(_ text: String, quoted: Bool = false) -> String {
        let clean = String(
            text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) })
        let isPlain = clean.utf8.allSatisfy { $0 >= 32 && $0 < 127 } && clean.utf8.count <= 60 && !clean.contains("=?")
        if isPlain {
            guard quoted else { return clean }
            return "\"" + clean.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }
        return chunks(of: clean).map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }
            .joined(separator: "\n ")
    }

    /// 45 bytes become 60 characters of base64; a character is never split.
    private static func chunks(of text: String) -> [String] {
        var chunks = [""]
        for scalar in text.unicodeScalars {
            if chunks[chunks.count - 1].utf8.count + String(scalar).utf8.count > 45 { chunks.append("") }
            chunks[chunks.count - 1].unicodeScalars.append(scalar)
        }
        return chunks
    }
}
