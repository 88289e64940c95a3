/// One e-mail.
public struct Mail: Sendable, Hashable {
    /// The same for every attempt to send the same mail; becomes its Message-ID. Letters, digits, `.`, `-`, `_`.
    public let id: String
    /// Whose account it is about; what is still to be sent goes with the account.
    public let account: AccountID
    /// Whom it is for.
    public let recipientName: String
    /// Where it goes.
    public let recipientAddress: String
    /// One line.
    public let subject: String
    /// The content as plain text.
    public let text: String
    /// The same content as an HTML page.
    public let html: String

    /// Writes a mail.
    public init(
        id: String, account: AccountID, recipientName: String, recipientAddress: String, subject: String, text: String,
        html: String
    ) {
        self.id = id
        self.account = account
        self.recipientName = recipientName
        self.recipientAddress = recipientAddress
        self.subject = subject
        self.text = text
        self.html = html
    }
}

extension Mail {
    /// What every mailer asks before it sends.
    /// - Throws: `invalid` when no mail can be sent to the recipient, whose address is not named, for this goes to the log.
    public func checkRecipient() throws {
        guard MailAddress(name: recipientName, address: recipientAddress).isValid else {
            throw GASError(.invalid, "This is no address to which mail can be sent.")
        }
    }
}

/// Sends mail.
public protocol Mailer: Sendable {
    /// Hands a mail over for delivery. Sending a mail of the same id again is allowed after a crash; a mailer that can
    /// tell sends it once.
    /// - Throws: `invalid` when the mail can never be sent (a refused address), `unavailable` when it may be later.
    func send(_ mail: Mail) async throws

    /// Removes the mails of an account that lie here still; a mailer that keeps none has nothing to do.
    /// - Returns: how many.
    func withdraw(mailsOf account: AccountID) async throws -> Int
}
