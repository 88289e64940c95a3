import Foundation
import GAS
import Testing

/// The rules of `Mailer`.
public enum MailerConformance: String, ConformanceRule {
    case arrives = "a mail arrives at its recipient, and nobody else"
    case anyLanguage = "names and subjects of any language arrive as they were"
    case noSmuggling = "line ends in names and subjects add neither fields nor recipients"
    case refused = "what is no address is refused for good"
    case again = "a mail may be sent again under the same id"
    case withdrawn = "withdrawing the mails of an account of which there are none is no error"

    /// Runs the rule.
    public func check(_ fixture: MailerFixture) async throws {
        let rules = MailerRules(fixture: fixture)
        switch self {
        case .arrives: try await rules.arrives()
        case .anyLanguage: try await rules.anyLanguage()
        case .noSmuggling: try await rules.noSmuggling()
        case .refused: try await rules.refused()
        case .again: try await rules.again()
        case .withdrawn: try await rules.withdrawn()
        }
    }
}

/// A mail as it was received.
public struct ReceivedMail: Sendable, Hashable {
    /// Addresses to which it really went.
    public let recipients: Set<String>
    /// Decoded.
    public let subject: String
    /// Names of the message's fields in lower case; empty where messages have none.
    public let fields: Set<String>

    /// Describes a mail.
    public init(recipients: Set<String>, subject: String, fields: Set<String>) {
        self.recipients = recipients
        self.subject = subject
        self.fields = fields
    }
}

/// A mailer, and what arrives.
public struct MailerFixture: Sendable {
    let mailer: any Mailer
    let received: @Sendable () async throws -> [ReceivedMail]

    /// - Parameter received: all that has arrived so far.
    public init(mailer: any Mailer, received: @escaping @Sendable () async throws -> [ReceivedMail]) {
        self.mailer = mailer
        self.received = received
    }
}

struct MailerRules {
    let fixture: MailerFixture
    /// By which the mails of one run are known among all others.
    private let mark = UUID().uuidString.lowercased()

    init(fixture: MailerFixture) {
        self.fixture = fixture
    }

    private func mail(_ subject: String, name: String = "Ada", to address: String? = nil) -> Mail {
        Mail(
            id: mark, account: AccountID(rawValue: mark), recipientName: name,
            recipientAddress: address ?? "\(mark)@example.org", subject: subject, text: "The text.\n",
            html: "<p>The text.</p>\n")
    }

    /// Those that went to this run's recipient, among others perhaps.
    private func received() async throws -> [ReceivedMail] {
        try await fixture.received().filter { $0.recipients.contains("\(mark)@example.org") }
    }

    func arrives() async throws {
        try await fixture.mailer.send(mail("Done"))
        let received = try await received()
        #expect(received.map(\.subject) == ["Done"])
        #expect(received.map(\.recipients) == [["\(mark)@example.org"]])
    }

    func anyLanguage() async throws {
        let subject = "完了: Zoë's 🧬 \"results\" =?utf-8?q?no?= " + String(repeating: "длинный ", count: 12) + "."
        try await fixture.mailer.send(mail(subject, name: "Žofie \"Ž\" 李"))
        #expect(try await received().map(\.subject) == [subject])
    }

    func noSmuggling() async throws {
        let smuggled = "a\r\nBcc: eve@example.org\r\nX-Smuggled: yes\n\nbody"
        try await fixture.mailer.send(mail(smuggled, name: smuggled))
        let received = try await received()
        #expect(received.map(\.recipients) == [["\(mark)@example.org"]])
        #expect(received.allSatisfy { $0.fields.isDisjoint(with: ["bcc", "cc", "x-smuggled"]) })
    }

    func refused() async throws {
        for address in [
            "", "nobody", "a@b, eve@example.org", "a@b\r\nBcc: eve@example.org", "a b@example.org", "ü@example.org",
        ] {
            let error = await #expect(throws: GASError.self) {
                try await fixture.mailer.send(mail("Done", to: address))
            }
            #expect(error?.code == .invalid)
            // It goes to the log, where no address stands.
            #expect(address.isEmpty || error?.description.contains(address) == false)
        }
        #expect(try await fixture.received().allSatisfy { !$0.recipients.contains("eve@example.org") })
    }

    func again() async throws {
        try await fixture.mailer.send(mail("Done"))
        try await fixture.mailer.send(mail("Done"))
        #expect((1...2).contains(try await received().count))
    }

    func withdrawn() async throws {
        #expect(try await fixture.mailer.withdraw(mailsOf: AccountID(rawValue: mark)) == 0)
    }
}
