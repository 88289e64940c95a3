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
        try mail.checkRecipient()
        let path = directory + "/" + mail.id + ".eml"
        if FileManager.default.fileExists(atPath: path) { return }
        let message = MIMEMessage(mail, from: sender, messageDomain: messageDomain, date: clock.now)
        do {
            try Data((Self.mark(mail.account) + message.text).utf8).write(
                to: URL(fileURLWithPath: path), options: .atomic)
            try Self.synchronize(directory)
        } catch {
            throw GASError(.unavailable, "The mail cannot be written to the outbox.", cause: error)
        }
    }

    /// Removes the files that are marked with the account.
    public func withdraw(mailsOf account: AccountID) async throws -> Int {
        let mark = Data(Self.mark(account).utf8)
        var removed = 0
        do {
            for name in try FileManager.default.contentsOfDirectory(atPath: directory) where name.hasSuffix(".eml") {
                let path = directory + "/" + name
                guard try Self.begins(path, with: mark) else { continue }
                try FileManager.default.removeItem(atPath: path)
                removed += 1
            }
            if removed > 0 { try Self.synchronize(directory) }
        } catch {
            throw GASError(.unavailable, "The mails of an account cannot be removed from the outbox.", cause: error)
        }
        return removed
    }

    /// The first line of a file, by which the mails of an account are found. Encoded: a provider may put anything into
    /// the id of an account.
    private static func mark(_ account: AccountID) -> String {
        "X-GAS-Account: \(Data(account.rawValue.utf8).base64EncodedString())\r\n"
    }

    private static func begins(_ path: String, with mark: Data) throws -> Bool {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        return try file.read(upToCount: mark.count) == mark
    }

    /// Makes the rename survive a power cut; Foundation synchronizes the file alone.
    private static func synchronize(_ directory: String) throws {
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY)
        guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }
}
