import Foundation
import GAS

/// Puts each mail as a file `<id>.eml` into a folder, where any mail program opens it. The mailer of a machine that has
/// no mail server.
///
/// The file's name is the mail's id, so sending the same mail again leaves one mail.
public struct OutboxMailer: Mailer {
    private let directory: String
    private let sender: MailAddress
    private let messageDomain: String
    private let clock: any WallClock

    /// - Parameters:
    ///   - directory: the folder; it is made when it is missing.
    ///   - messageDomain: the right side of Message-IDs.
    public init(directory: String, sender: MailAddress, messageDomain: String, clock: any WallClock) throws {
        self.directory = directory
        self.sender = sender
        self.messageDomain = messageDomain
        self.clock = clock
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw GASError(.unavailable, "The mail outbox cannot be created.", cause: error)
        }
    }

    /// Writes the file, unless it is there.
    public func send(_ mail: Mail) async throws {
        guard MailAddress(name: mail.recipientName, address: mail.recipientAddress).isValid else {
            throw GASError(.invalid, "'\(mail.recipientAddress)' is not an e-mail address.")
        }
        let path = directory + "/" + mail.id + ".eml"
        if FileManager.default.fileExists(atPath: path) { return }
        let message = MIMEMessage(mail, from: sender, messageDomain: messageDomain, date: clock.now)
        do {
            try Data(message.text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            try Self.synchronize(directory)
        } catch {
            throw GASError(.unavailable, "The mail cannot be written to the outbox.", cause: error)
        }
    }

    /// Makes the rename survive a power cut; Foundation synchronizes the file alone.
    private static func synchronize(_ directory: String) throws {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY)
        guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }
}
