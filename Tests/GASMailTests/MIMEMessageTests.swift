import Foundation
import GAS
import GASMail
import Testing

@Suite struct MIMEMessageTests {
    let sender = MailAddress(name: "Genomics Annotation Service", address: "gas@example.org")

    func message(subject: String = "Done", name: String = "Ada", text: String = "Hello", html: String = "<p>Hi</p>")
        -> String
    {
        let mail = Mail(
            id: "job-1", account: AccountID(rawValue: "ada"), recipientName: name, recipientAddress: "ada@example.org",
            subject: subject, text: text,
            html: html)
        return MIMEMessage(
            mail, from: sender, messageDomain: "example.org", date: Date(timeIntervalSince1970: 1_700_000_000)
        ).text
    }

    /// The header lines, continuation lines included.
    func headers(_ message: String) -> [String] {
        message.components(separatedBy: "\r\n\r\n")[0].components(separatedBy: "\r\n")
    }

    @Test func plainHeaders() {
        let lines = headers(message())
        #expect(lines.contains("From: \"Genomics Annotation Service\" <gas@example.org>"))
        #expect(lines.contains("To: \"Ada\" <ada@example.org>"))
        #expect(lines.contains("Subject: Done"))
        #expect(lines.contains("Date: Tue, 14 Nov 2023 22:13:20 +0000"))
        #expect(lines.contains("Message-ID: <job-1@example.org>"))
    }

    @Test(arguments: ["a\r\nBcc: eve@example.org", "a\nBcc: eve@example.org", "a\rBcc: e", "a\u{0}b", "a\u{85}Bcc: e"])
    func noHeaderCanBeSmuggledIn(_ hostile: String) {
        for text in [message(subject: hostile), message(name: hostile)] {
            #expect(headers(text).count == headers(message()).count)
            #expect(!headers(text).contains { $0.hasPrefix("Bcc") })
        }
    }

    @Test func otherTextBecomesEncodedWordsOfLegalLength() {
        let subject = String(repeating: "Überprüfung der Varianten 变异 ", count: 10)
        let lines = headers(message(subject: subject))
        let words = lines.joined(separator: " ").components(separatedBy: " ").filter { $0.hasPrefix("=?utf-8?B?") }
        #expect(words.count > 1)
        let decoded = words.map { word in
            #expect(word.utf8.count <= 75)
            let base64 = word.dropFirst("=?utf-8?B?".count).dropLast(2)
            return Data(base64Encoded: String(base64)).map { String(decoding: $0, as: UTF8.self) } ?? "?"
        }
        #expect(decoded.joined() == subject)
    }

    @Test func linesAreShortAndEndInCRLF() {
        let text = message(text: String(repeating: "é=", count: 500) + "\n.\nend ", html: "<p>\t</p>")
        #expect(!text.replacing("\r\n", with: "").contains("\n"))
        for line in text.components(separatedBy: "\r\n") {
            #expect(line.utf8.count <= 76)
            #expect(line != ".")
            #expect(!line.hasSuffix(" ") || line.isEmpty)
        }
    }

    @Test func quotesInNamesAreEscaped() {
        #expect(headers(message(name: "A \"B\" \\C")).contains(#"To: "A \"B\" \\C" <ada@example.org>"#))
    }

    @Test(arguments: [
        "", "ada", "@x.org", "a@", "a@x", "a@b@c.org", "a b@c.org", "a@b.org\r\nRCPT TO:<e@f.org>", "<a@b.org>",
        "a\"b@x.org",
        "a..b@x.org", ".a@x.org", "a.@x.org", "a@x..org", "a@.x.org", "a@x.org.", "a@-x.org", "a@x-.org", "a@x_y.org",
        "\(String(repeating: "a", count: 65))@x.org", "a@\(String(repeating: "a", count: 64)).org",
        "a@\(String(repeating: "a123456789.", count: 23))org",
    ])
    func noAddress(_ text: String) {
        #expect(MailAddress.problem(with: text) == "Please enter an e-mail address such as ada@example.org.")
    }

    @Test(arguments: [
        "ü@example.org", "ada@münchen.de", "ada\u{200B}@example.org", "ada@example.org\u{202E}",
        "ada@example\u{3002}org",
    ])
    func addressesOfPlainLettersAlone(_ text: String) throws {
        let problem = try #require(MailAddress.problem(with: text))
        #expect(problem.hasPrefix("Mails can be sent to addresses of plain letters only"))
        #expect(problem.withoutHidden == problem)
    }

    @Test(arguments: [
        "ada@example.org", "a+b@x.org", "o'hara-%s_{1}@mail.example.org", "a@1.example", "a@xn--mnchen-3ya.de",
        "\(String(repeating: "a", count: 64))@x.org",
    ])
    func addresses(_ text: String) {
        #expect(MailAddress(name: "", address: text).isValid)
    }
}

@Suite struct SMTPSettingsTests {
    /// Whoever prints them, or something that holds them, prints no secret.
    @Test func thePasswordIsNotTold() {
        let settings = SMTPSettings(
            host: "mail.example.org", port: 587, security: .tls, user: "canary-user", password: "canary-secret")
        let mailer = SMTPMailer(
            settings: settings, sender: MailAddress(name: "GAS", address: "gas@example.org"),
            messageDomain: "example.org", clock: SystemClock())
        var dumped = ""
        dump(settings, to: &dumped)
        dump(mailer, to: &dumped)
        for text in ["\(settings)", String(reflecting: settings), "\(mailer)", String(reflecting: mailer), dumped] {
            #expect(text.contains("mail.example.org") && !text.contains("canary"))
        }
    }
}

@Suite struct OutboxMailerTests {
    let folder = NSTemporaryDirectory() + UUID().uuidString

    @Test func sameMailIsWrittenOnce() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let mailer = try OutboxMailer(
            directory: folder, sender: MailAddress(name: "GAS", address: "gas@example.org"),
            messageDomain: "example.org", clock: SystemClock())
        let mail = Mail(
            id: "job-1", account: AccountID(rawValue: "ada"), recipientName: "Ada", recipientAddress: "ada@example.org",
            subject: "Done", text: "t",
            html: "h")
        try await mailer.send(mail)
        try await mailer.send(mail)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["job-1.eml"])
    }

    @Test func unusableAddressIsRefused() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let mailer = try OutboxMailer(
            directory: folder, sender: MailAddress(name: "GAS", address: "gas@example.org"),
            messageDomain: "example.org", clock: SystemClock())
        let mail = Mail(
            id: "job-1", account: AccountID(rawValue: "ada"), recipientName: "Ada", recipientAddress: "nobody",
            subject: "Done", text: "t", html: "h")
        await #expect { try await mailer.send(mail) } throws: { ($0 as? GASError)?.code == .invalid }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
}
