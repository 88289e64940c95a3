import Foundation
import GASWeb

/// Who gets something of people, as the settings are: what the privacy page says.
extension EffectiveConfiguration {
    /// - Parameter providers: what people call those at whom they can sign in.
    func recipients(providers: [String]) -> [WebSettings.Recipient] {
        [mailCarrier, cloud, databaseServer, payee].compactMap(\.self)
            + providers.map { .init($0, "learns that you sign in here, if you choose to sign in there") }
    }

    private var mailCarrier: WebSettings.Recipient? {
        let gets =
            "carries the mails to you: your name and e-mail address, and what the mails say, such as the names of your files"
        return switch self[Settings.mailTransport] {
        case .outbox: nil
        case .smtp: .init("The mail server \(self[Settings.smtpHost])", gets)
        case .ses: .init("Amazon SES", gets)
        }
    }

    private var cloud: WebSettings.Recipient? {
        var things: [String] = []
        if self[Settings.objectStore] == .s3 { things.append("uploads, results, logs and summaries") }
        if isArchivedAtAWS || (self[Settings.archiveStore] == .objects && self[Settings.objectStore] == .s3) {
            things.append("archived results")
        }
        if self[Settings.jobStore] == .dynamodb { things.append("what is known of each annotation") }
        if self[Settings.queueTransport] == .aws { things.append("the messages between the parts of the service") }
        guard !things.isEmpty else { return nil }
        let host = URL(string: self[Settings.awsEndpoint])?.host()
        let name = host.map { "The store at \($0)" } ?? "Amazon Web Services"
        let list =
            things.count == 1
            ? things[0] : things.dropLast().joined(separator: ", ") + " and " + things[things.count - 1]
        return .init(name, "keeps \(list) for this service")
    }

    private var databaseServer: WebSettings.Recipient? {
        guard self[Settings.database] == .postgres else { return nil }
        return .init("The PostgreSQL server of this service", "keeps accounts, sessions and the audit log")
    }

    private var payee: WebSettings.Recipient? {
        guard self[Settings.paymentsProvider] == .stripe else { return nil }
        return .init(
            "Stripe",
            "takes the money for Premium: if you choose it, it gets your e-mail address and your account number from us, and "
                + "from you what you enter on its own pages")
    }
}
