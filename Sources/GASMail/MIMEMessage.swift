import Foundation
import GAS

/// A mail as it goes over the wire (RFC 5322, RFC 2045-2047): plain text and HTML as alternatives.
public struct MIMEMessage: Sendable {
    /// The complete message with CRLF line ends.
    public let text: String

    /// Builds the message.
    /// - Parameters:
    ///   - sender: who it is from.
    ///   - messageDomain: the right side of the Message-ID; the left side is the mail's id, so that two copies of one
    ///     mail can be told to be one.
    public init(_ mail: Mail, from sender: MailAddress, messageDomain: String, date: Date) {
        let boundary = "=_gas_\(mail.id)"
        let recipient = MailAddress(name: mail.recipientName, address: mail.recipientAddress)
        let head = [
            "From: \(sender.header)",
            "To: \(recipient.header)",
            "Subject: \(EncodedWord.encode(mail.subject))",
            "Date: \(Self.date(date))",
            "Message-ID: <\(mail.id)@\(messageDomain)>",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: multipart/alternative; boundary=\"\(boundary)\"",
        ]
        let parts = [("text/plain", mail.text), ("text/html", mail.html)].map { type, content in
            """
            --\(boundary)
            Content-Type: \(type); charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            \(QuotedPrintable.encode(content))

            """
        }
        let lines = head.joined(separator: "\n") + "\n\n" + parts.joined() + "--\(boundary)--\n"
        text = lines.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n")
    }

    /// RFC 5322 section 3.3, in UTC.
    private static func date(_ date: Date) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss '+0000'"
        return formatter.string(from: date)
    }
}

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

    var header: String {
        name.isEmpty ? "<\(address)>" : "\(EncodedWord.encode(name, quoted: true)) <\(address)>"
    }
}

/// Text in headers (RFC 2047).
enum EncodedWord {
    /// Plain text as it is (in quotes if `quoted`), anything else as encoded words of at most 75 characters. Line ends
    /// and other control characters become spaces, so that no header can be smuggled in.
    static func encode(_ text: String, quoted: Bool = false) -> String {
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

/// Bodies (RFC 2045 section 6.7).
enum QuotedPrintable {
    static func encode(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { encodeLine($0.hasSuffix("\r") ? $0.dropLast() : $0) }
            .joined(separator: "\n")
    }

    private static func encodeLine(_ line: Substring) -> String {
        var encoded = ""
        var width = 0
        let bytes = Array(line.utf8)
        for (index, byte) in bytes.enumerated() {
            let isLast = index == bytes.count - 1
            // A dot at the start is encoded so that no relay mistakes it for the end of the message.
            let isPlain =
                (byte >= 33 && byte <= 126 && byte != 61 && !(width == 0 && byte == 46))
                || ((byte == 32 || byte == 9) && !isLast)
            let token = isPlain ? String(UnicodeScalar(byte)) : "=" + hexadecimal(byte)
            if width + token.utf8.count > 75 {
                encoded += "=\n"
                width = 0
            }
            encoded += token
            width += token.utf8.count
        }
        return encoded
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.count == 1 ? "0" + digits : digits
    }
}
