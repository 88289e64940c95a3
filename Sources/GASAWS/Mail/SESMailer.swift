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
        guard MailAddress(name: mail.recipientName, address: mail.recipientAddress).isValid else {
            throw GASError(.invalid, "This is no address to which mail can be sent.")
        }
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

    /// What is wrong with the sender at SES; empty when mail may be sent. It is enough that its domain is verified.
    public func flaws() async throws -> [String] {
        let domain = sender.address.split(separator: "@").last.map(String.init) ?? ""
        for identity in [sender.address, domain] {
            if try await isVerified(identity) { return [] }
        }
        return ["is not verified, nor is its domain"]
    }

    private func isVerified(_ identity: String) async throws -> Bool {
        struct Identity: Decodable { let VerificationStatus: String }
        var request = AWSRequest(service: "ses")
        request.method = "GET"
        request.path = "/v2/email/identities/\(identity)"
        request.operation = "GetEmailIdentity"
        do {
            let body = try await client.send(request).value
            guard let found = try? JSONDecoder().decode(Identity.self, from: body) else {
                throw GASError(.internal, "SES did not say whether \(identity) is verified.")
            }
            return found.VerificationStatus == "SUCCESS"
        } catch let error as AWSError where error.isMissing {
            return false
        } catch let error as AWSError {
            throw error.error
        }
    }

    /// Final is only what SES says against this mail. What it says against us may be mended: a sender that is not
    /// verified, an account that may not send for a while.
    private func failure(_ error: AWSError) -> GASError {
        switch error.code {
        case "BadRequestException", "InvalidParameterValue":
            GASError(.invalid, "SES refused the mail for good.", cause: error)
        case "MessageRejected" where !error.message.contains(sender.address):
            GASError(.invalid, "SES refused the mail for good.", cause: error)
        case "MessageRejected", "MailFromDomainNotVerifiedException", "SendingPausedException",
            "AccountSuspendedException", "LimitExceededException":
            GASError(
                .unavailable, "SES sends no mail for this service now. Look at the sender and the account there.",
                cause: error)
        default: error.error
        }
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
