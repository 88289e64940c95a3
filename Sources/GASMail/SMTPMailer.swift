import CCurl
import Dispatch
import Foundation
import GAS

/// Sends mail through an SMTP server with libcurl.
public struct SMTPMailer: Mailer {
    private let settings: SMTPSettings
    private let sender: MailAddress
    private let messageDomain: String
    private let clock: any WallClock
    private let queue = DispatchQueue(label: "smtp", attributes: .concurrent)

    /// - Parameter messageDomain: the right side of Message-IDs.
    public init(settings: SMTPSettings, sender: MailAddress, messageDomain: String, clock: any WallClock) {
        self.settings = settings
        self.sender = sender
        self.messageDomain = messageDomain
        self.clock = clock
    }

    /// Nothing lies here: what was sent is with the server.
    public func withdraw(mailsOf account: AccountID) async throws -> Int { 0 }

    /// Makes sure that the server can be reached, speaks as the settings say, and lets us sign in; sends nothing.
    /// - Throws: `unavailable` when not.
    public func check() async throws { try await onThread { try $0.greet() } }

    /// Sends the mail in one conversation with the server.
    public func send(_ mail: Mail) async throws {
        try mail.checkRecipient()
        let message = MIMEMessage(mail, from: sender, messageDomain: messageDomain, date: clock.now)
        let sender = sender.address
        try await onThread {
            try $0.send(Array(message.text.utf8), from: sender, to: mail.recipientAddress)
        }
    }

    /// libcurl blocks, so it runs on a thread of its own rather than on one that all tasks share.
    private func onThread(_ talk: @escaping @Sendable (SMTPTransfer) throws -> Void) async throws {
        let settings = settings
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            queue.async { continuation.resume(with: Result { try talk(SMTPTransfer(settings)) }) }
        }
    }
}

/// One conversation with a mail server.
private struct SMTPTransfer: Sendable {
    private let settings: SMTPSettings

    init(_ settings: SMTPSettings) {
        self.settings = settings
    }

    /// What libcurl reads from.
    private final class Source {
        var remaining: ArraySlice<UInt8>

        init(_ bytes: [UInt8]) { remaining = bytes[...] }
    }

    func send(_ message: [UInt8], from sender: String, to recipient: String) throws {
        guard let handle = curl_easy_init() else {
            throw GASError(.unavailable, "The mail client cannot be started.")
        }
        defer { curl_easy_cleanup(handle) }
        let recipients = curl_slist_append(nil, "<\(recipient)>")
        defer { curl_slist_free_all(recipients) }
        let source = Source(message)
        let code = withExtendedLifetime(source) {
            configure(handle, sender: sender, recipients: recipients, source: source) ?? curl_easy_perform(handle)
        }
        guard code != CURLE_OK else { return }
        throw failure(code, handle)
    }

    /// Comes as far as a signed-in client does, and asks for nothing (RFC 5321, section 4.1.1.9).
    func greet() throws {
        guard let handle = curl_easy_init() else {
            throw GASError(.unavailable, "The mail client cannot be started.")
        }
        defer { curl_easy_cleanup(handle) }
        let codes =
            connection(handle) + [
                curl_set_text(handle, CURLOPT_CUSTOMREQUEST, "NOOP"), curl_set_number(handle, CURLOPT_NOBODY, 1),
            ]
        let code = codes.first { $0 != CURLE_OK } ?? curl_easy_perform(handle)
        guard code != CURLE_OK else { return }
        throw failure(code, handle)
    }

    /// Sets all options.
    /// - Returns: the first failure, or `nil`.
    private func configure(
        _ handle: UnsafeMutableRawPointer, sender: String, recipients: UnsafeMutablePointer<curl_slist>?,
        source: Source
    ) -> CURLcode? {
        let codes =
            connection(handle) + [
                curl_set_text(handle, CURLOPT_MAIL_FROM, "<\(sender)>"),
                curl_set_list(handle, CURLOPT_MAIL_RCPT, recipients),
                curl_set_number(handle, CURLOPT_UPLOAD, 1),
                curl_set_reader(
                    handle,
                    { buffer, size, count, context in
                        guard let buffer, let context else { return 0 }
                        let source = Unmanaged<Source>.fromOpaque(context).takeUnretainedValue()
                        let piece = source.remaining.prefix(size * count)
                        piece.withUnsafeBytes { bytes in
                            if let base = bytes.baseAddress { memcpy(buffer, base, bytes.count) }
                        }
                        source.remaining = source.remaining.dropFirst(piece.count)
                        return piece.count
                    }, Unmanaged.passUnretained(source).toOpaque()),
            ]
        return codes.first { $0 != CURLE_OK }
    }

    /// Sets how the server is reached.
    /// - Returns: what libcurl says to each option.
    private func connection(_ handle: UnsafeMutableRawPointer) -> [CURLcode] {
        let scheme = settings.security == .tls ? "smtps" : "smtp"
        var codes = [
            curl_set_text(handle, CURLOPT_URL, "\(scheme)://\(settings.host):\(settings.port)"),
            curl_set_number(handle, CURLOPT_NOSIGNAL, 1),
            curl_set_number(handle, CURLOPT_TIMEOUT, settings.timeout),
        ]
        if settings.security == .starttls {
            codes.append(curl_set_number(handle, CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)))
        }
        if let user = settings.user { codes.append(curl_set_text(handle, CURLOPT_USERNAME, user)) }
        if let password = settings.password { codes.append(curl_set_text(handle, CURLOPT_PASSWORD, password)) }
        if let authorities = settings.authorities {
            codes.append(curl_set_text(handle, CURLOPT_CAINFO, authorities))
        }
        return codes
    }

    /// A 5yz reply to the recipient or the message is final (RFC 5321 section 4.2.1); all else may pass.
    private func failure(_ code: CURLcode, _ handle: UnsafeMutableRawPointer) -> GASError {
        var reply = 0
        curl_get_response_code(handle, &reply)
        let cause = GASError(.unavailable, "\(String(cString: curl_easy_strerror(code))), last reply \(reply)")
        if (code == CURLE_SEND_ERROR || code == CURLE_WEIRD_SERVER_REPLY) && (550...559).contains(reply) {
            return GASError(.invalid, "The mail server refused the mail for good.", cause: cause)
        }
        return GASError(.unavailable, "The mail server did not take the mail.", cause: cause)
    }
}
