import Foundation
import GAS
import GASMail
import GASTesting
import Testing

/// The rules of the port, on the mailer that keeps mails in a folder.
@Suite struct MailerConformanceTests {
    @Test(arguments: MailerConformance.allCases)
    func outbox(_ rule: MailerConformance) async throws {
        let folder = NSTemporaryDirectory() + "gas-outbox-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let mailer = try OutboxMailer(
            directory: folder, sender: MailAddress(name: "GAS", address: "gas@example.org"),
            messageDomain: "example.org", clock: SystemClock())
        try await rule.check(
            MailerFixture(mailer: mailer) {
                try FileManager.default.contentsOfDirectory(atPath: folder).map { name in
                    ReceivedMail(message: try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8))
                }
            })
    }
}
