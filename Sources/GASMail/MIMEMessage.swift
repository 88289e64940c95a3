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
