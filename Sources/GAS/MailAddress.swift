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

    /// Whether mail can be sent there; see `problem(with:)`.
    public var isValid: Bool { Self.problem(with: address) == nil }

    /// Longest address (RFC 5321, section 4.5.3.1.3, less the angle brackets), longest part before the `@` (4.5.3.1.1)
    /// and longest label of a domain (RFC 1035, section 2.3.4), in bytes.
    private static let longest = (address: 254, local: 64, label: 63)

    /// Why no mail can be sent to an address, in a sentence for who typed it; `nil` when it can.
    ///
    /// Whoever takes an address asks here, so that nobody has one that a mailer then refuses: a dot-string and a domain
    /// of at least two labels (RFC 5321, section 4.1.2). That is ASCII alone: servers that take more (RFC 6531) are few,
    /// and a name such as `münchen.de` has a spelling in ASCII. Whether the address exists only its server knows.
    public static func problem(with address: String) -> String? {
        if address.contains("@"), let odd = address.unicodeScalars.first(where: { !$0.isASCII }) {
            let sign = odd.isHidden ? "an invisible character" : "'\(odd)'"
            return
                "Mails can be sent to addresses of plain letters only, such as ada@example.org; this one has \(sign)."
        }
        let sides = address.split(separator: "@", omittingEmptySubsequences: false)
        guard sides.count == 2, address.utf8.count <= longest.address, isLocalPart(sides[0]), isDomain(sides[1]) else {
            return "Please enter an e-mail address such as ada@example.org."
        }
        return nil
    }

    private static func isLocalPart(_ text: Substring) -> Bool {
        text.utf8.count <= longest.local
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
                !atom.isEmpty && atom.unicodeScalars.allSatisfy { isLetterOrDigit($0) || signs.contains($0) }
            }
    }

    private static func isDomain(_ text: Substring) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2
            && labels.allSatisfy { label in
                (1...longest.label).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.unicodeScalars.allSatisfy { isLetterOrDigit($0) || $0 == "-" }
            }
    }

    /// What else an atom is made of (RFC 5322, section 3.2.3).
    private static let signs = Set("!#$%&'*+-/=?^_`{|}~".unicodeScalars)

    private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
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
