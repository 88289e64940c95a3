import Foundation
import GAS
import GASMail
import Testing

@Suite struct OutboxTests {
    private let folder = NSTemporaryDirectory() + "gas-outbox-" + UUID().uuidString

    private func mail(_ id: String, _ account: String) -> Mail {
        Mail(
            id: id, account: AccountID(rawValue: account), recipientName: "Ada", recipientAddress: "ada@example.org",
            subject: "Done", text: "t", html: "h")
    }

    @Test func theMailsOfOneAccountAreWithdrawn() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let mailer = try OutboxMailer(
            directory: folder, sender: MailAddress(name: "GAS", address: "gas@example.org"),
            messageDomain: "example.org", clock: SystemClock())
        for (id, account) in [("1", "ada"), ("2", "bob"), ("3", "ada"), ("4", "ada\r\nx"), ("5", "adaa")] {
            try await mailer.send(mail(id, account))
        }
        #expect(try await mailer.withdraw(mailsOf: AccountID(rawValue: "ada")) == 2)
        #expect(try await mailer.withdraw(mailsOf: AccountID(rawValue: "ada")) == 0)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(left == ["2.eml", "4.eml", "5.eml"])
        let text = try String(contentsOfFile: folder + "/4.eml", encoding: .utf8)
        #expect(text.hasPrefix("X-GAS-Account: YWRhDQp4\r\nFrom: "))
    }
}
