import AsyncHTTPClient
import Foundation
import GAS
import GASAWS
import GASMail
import GASTesting
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import Testing

/// The rules of the mailer, on SES as moto plays it, and what becomes of SES's refusals.
@Suite(.timeLimit(.minutes(1)))
struct SESTests {
    private static let sender = MailAddress(name: "GAS \"Ü\"", address: "gas@example.org")

    fileprivate static func mailer(_ client: AWSClient) -> SESMailer {
        SESMailer(sender: sender, client: client) { mail in
            MIMEMessage(
                mail, from: sender, messageDomain: "example.org", date: Date(timeIntervalSince1970: 1_767_225_600)
            )
            .text
        }
    }

    @Test(
        .enabled(if: AWSStage.has("ses"), AWSStage.absence), arguments: MailerConformance.allCases,
        [
            Weather.fair, .storm,
        ])
    func mailer(_ rule: MailerConformance, _ weather: Weather) async throws {
        try await Moto.verify(Self.sender.address)
        try await rule.check(
            MailerFixture(mailer: Self.mailer(AWSStage.client(in: weather))) {
                // A storm lets mails come twice: who receives them keeps one of each id.
                Array(Set(try await Moto.mails()))
            })
    }

    private let mail = Mail(
        id: "m-1", account: AccountID(rawValue: "ada"), recipientName: "Ada", recipientAddress: "ada@example.org",
        subject: "Done", text: "t", html: "h")

    @Test func oneRequestForOneMail() async throws {
        let transport = ScriptedTransport(.answer(.stage(.ok, "{\"MessageId\": \"1\"}")))
        try await Self.mailer(AWSStage.client(of: transport)).send(mail)
        let request = try #require(transport.requests.first)
        #expect(transport.requests.count == 1 && request.method == "POST")
        #expect(request.path == "/v2/email/outbound-emails")
        #expect(request.headers.first(name: "Authorization")?.contains("/us-east-1/ses/aws4_request") == true)
        #expect(request.text(between: "\"ToAddresses\":[", and: "]") == "\"ada@example.org\"")
    }

    /// Only what is said against the mail is final.
    @Test(arguments: [
        ("BadRequestException", "Illegal address", GASError.Code.invalid),
        ("MessageRejected", "Address blacklisted.", .invalid),
        // The sandbox, of which somebody may take the account out.
        ("MessageRejected", "Email address is not verified. Failed in US-EAST-1: ada@example.org", .unavailable),
        ("MessageRejected", "Sending paused for this account.", .unavailable),
        ("NotFoundException", "Configuration set <a> does not exist.", .unavailable),
        ("MessageRejected", "Email address is not verified. Failed in US-EAST-1: gas@example.org", .unavailable),
        ("SendingPausedException", "paused", .unavailable), ("AccountSuspendedException", "suspended", .unavailable),
        ("MailFromDomainNotVerifiedException", "not verified", .unavailable),
        ("LimitExceededException", "l", .unavailable),
        ("TooManyRequestsException", "slow", .throttled), ("AccessDeniedException", "no", .internal),
    ])
    func refusals(_ code: String, _ message: String, _ expected: GASError.Code) async throws {
        let status: UInt = code == "AccessDeniedException" ? 403 : 400
        let transport = ScriptedTransport(
            .answer(
                .stage(
                    .init(statusCode: Int(status)), "{\"message\": \"\(message)\"}",
                    headers: [("x-amzn-ErrorType", "\(code):http://internal.amazon.com/")])))
        let error = await #expect(throws: GASError.self) {
            try await Self.mailer(AWSStage.client(of: transport)).send(mail)
        }
        #expect(error?.code == expected)
        #expect(error?.description.contains("ada@example.org") == false)
    }
}

/// What the doctor asks.
extension SESTests {
    @Test(arguments: [
        (verified: true, account: #"{"SendingEnabled": true, "ProductionAccessEnabled": true}"#, flaws: [String]()),
        (true, "{}", []),
        (false, #"{"SendingEnabled": true, "ProductionAccessEnabled": true}"#, ["not verified"]),
        (true, #"{"SendingEnabled": true, "ProductionAccessEnabled": false}"#, ["sandbox"]),
        (true, #"{"SendingEnabled": false, "ProductionAccessEnabled": false}"#, ["paused", "sandbox"]),
    ])
    func flaws(_ verified: Bool, _ account: String, _ expected: [String]) async throws {
        let identity = ScriptedTransport.Step.answer(
            .stage(.ok, "{\"VerificationStatus\": \"\(verified ? "SUCCESS" : "PENDING")\"}"))
        let steps = (verified ? [identity] : [identity, identity]) + [.answer(.stage(.ok, account))]
        let transport = ScriptedTransport(steps)
        let flaws = try await Self.mailer(AWSStage.client(of: transport)).flaws()
        #expect(flaws.count == expected.count)
        for (flaw, part) in zip(flaws, expected) { #expect(flaw.contains(part)) }
        #expect(transport.requests.last?.path == "/v2/email/account")
    }
}

/// What moto has besides AWS's own calls.
private enum Moto {
    /// SES takes mails from senders that it knows.
    static func verify(_ address: String) async throws {
        let origin = try #require(AWSStage.endpoints["ses"])
        var request = HTTPClientRequest(url: origin + "/v2/email/identities")
        request.method = .POST
        request.headers.add(
            name: "Authorization",
            value: "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/ses/aws4_request, x, y")
        request.body = .bytes(Array("{\"EmailIdentity\": \"\(address)\"}".utf8))
        let response = try await AWSStage.http.execute(request, timeout: .seconds(20))
        _ = try await response.body.collect(upTo: 1 << 20)
    }

    static func mails() async throws -> [ReceivedMail] {
        let origin = try #require(AWSStage.endpoints["ses"])
        let response = try await AWSStage.http.execute(
            HTTPClientRequest(url: origin + "/moto-api/data.json"), timeout: .seconds(20))
        let body = try await response.body.collect(upTo: 64 << 20)
        let messages = try JSONDecoder().decode(State.self, from: Data(buffer: body)).ses.RawMessage
        return messages.map { message in
            let read = ReceivedMail(message: message.raw_data)
            // Those whom SES was told of; the addresses in the message are among them.
            let named = message.destinations.map { $0.split(separator: "<").last?.filter { $0 != ">" } ?? "" }
            return ReceivedMail(recipients: Set(named), subject: read.subject, fields: read.fields)
        }
    }

    private struct State: Decodable {
        let ses: Services
        struct Services: Decodable { let RawMessage: [Raw] }
        struct Raw: Decodable {
            let destinations: [String]
            let raw_data: String
        }
    }
}
