import Foundation
import GAS

/// Sends mail through SES, as messages that are complete already, so that they read the same whoever carries them.
/// See https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html.
///
/// SES gives each message an id of its own and cannot tell two copies of one mail: after a lost answer a mail is sent twice.
public struct SESMailer: Mailer {
    private let sender: MailAddress
    private let configurationSet: String?
    private let client: AWSClient
    private let compose: @Sendable (Mail) -> String

    /// - Parameters:
    ///   - sender: an address, or of a domain, that was verified at SES.
    ///   - configurationSet: SES's name for how bounces and the like are followed; `nil` for none.
    ///   - compose: writes the message (RFC 5322).
    public init(
        sender: MailAddress, configurationSet: String? = nil, client: AWSClient,
        compose: @escaping @Sendable (Mail) -> String
    ) {
        self.sender = sender
        self.configurationSet = configurationSet
        self.client = client
        self.compose = compose
    }

    /// Nothing lies here: what was sent is with SES.
    public func withdraw(mailsOf account: AccountID) async throws -> Int { 0 }

    /// Sends the mail to its one recipient, whatever the message's fields say.
    public func send(_ mail: Mail) async throws {
        try mail.checkRecipient()
        var request = AWSRequest(service: "ses")
        request.path = "/v2/email/outbound-emails"
        request.operation = "SendEmail"
        request.headers = [("Content-Type", "application/json")]
        request.body = .data(
            try JSONEncoder().encode(
                SendEmail(
                    FromEmailAddress: sender.address, Destination: .init(ToAddresses: [mail.recipientAddress]),
                    Content: .init(Raw: .init(Data: Data(compose(mail).utf8))),
                    ConfigurationSetName: configurationSet)))
        do {
            _ = try await client.send(request)
        } catch let error as AWSError {
            throw failure(error.withoutMention(of: mail.recipientAddress))
        }
    }

    /// What is wrong with the sender and the account at SES; empty when mail may be sent to anybody. It is enough that the
    /// sender's domain is verified.
    /// See https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html.
    public func flaws() async throws -> [String] {
        let domain = sender.address.split(separator: "@").last.map(String.init) ?? ""
        var isVerified = false
        for identity in [sender.address, domain] where !isVerified { isVerified = try await self.isVerified(identity) }
        let account: Account = try await ask("GetAccount", "/v2/email/account")
        return (isVerified ? [] : ["is not verified, nor is its domain"])
            + (account.SendingEnabled == false ? ["may send nothing, for the account is paused at SES"] : [])
            + (account.ProductionAccessEnabled == false
                ? [
                    "is in SES's sandbox, where only addresses that are verified at SES get mail: request production access"
                ]
                : [])
    }

    /// A region that has never sent says nothing of either.
    private struct Account: Decodable {
        let SendingEnabled: Bool?
        let ProductionAccessEnabled: Bool?
    }

    private func isVerified(_ identity: String) async throws -> Bool {
        struct Identity: Decodable { let VerificationStatus: String }
        do {
            let found: Identity = try await ask("GetEmailIdentity", "/v2/email/identities/\(identity)")
            return found.VerificationStatus == "SUCCESS"
        } catch let error as GASError where error.code == .notFound {
            return false
        }
    }

    private func ask<Answer: Decodable>(_ operation: String, _ path: String) async throws -> Answer {
        var request = AWSRequest(service: "ses")
        request.method = "GET"
        request.path = path
        request.operation = operation
        let body = try await translatingErrors { [request] in try await client.send(request).value }
        do {
            return try JSONDecoder().decode(Answer.self, from: body)
        } catch {
            throw GASError(.internal, "SES's answer to \(operation) cannot be understood.", cause: error)
        }
    }

    /// Final is only what SES says against this mail. What it says against us may be mended: a sender that is not
    /// verified, an account in the sandbox, to which a recipient is not verified, or one that may not send for a while, a
    /// configuration set that is missing.
    private func failure(_ error: AWSError) -> GASError {
        switch error.code {
        case "BadRequestException", "InvalidParameterValue":
            GASError(.invalid, "SES refused the mail for good.", cause: error)
        case "MessageRejected" where !Self.isAgainstAccount(error.message):
            GASError(.invalid, "SES refused the mail for good.", cause: error)
        case "MessageRejected", "MailFromDomainNotVerifiedException", "SendingPausedException",
            "AccountSuspendedException", "LimitExceededException", "NotFoundException":
            GASError(
                .unavailable, "SES sends no mail for this service now. Look at the sender and the account there.",
                cause: error)
        default: error.error
        }
    }

    /// "Email address is not verified. The following identities failed the check in region US-EAST-1: ..." is said of senders,
    /// and in the sandbox of recipients as well; "Sending suspended/paused for this account." of the account.
    private static func isAgainstAccount(_ message: String) -> Bool {
        ["not verified", "suspended", "paused", "shut down"].contains { message.localizedCaseInsensitiveContains($0) }
    }
}

// The members have SES's own names.

private struct SendEmail: Encodable {
    let FromEmailAddress: String
    let Destination: Recipients
    let Content: Message
    let ConfigurationSetName: String?

    struct Recipients: Encodable { let ToAddresses: [String] }
    struct Message: Encodable { let Raw: Bytes }
    /// JSON has bytes in base64.
    struct Bytes: Encodable { let Data: Foundation.Data }
}
