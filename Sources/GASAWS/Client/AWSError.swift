import Foundation
import GAS

/// What AWS, or the way to it, answered instead of what was asked for.
public struct AWSError: Error, Sendable, Hashable, CustomStringConvertible {
    /// AWS's word for it, such as `ConditionalCheckFailedException`; `ConnectionLost` when no answer came.
    public let code: String
    /// AWS's sentence.
    public internal(set) var message: String
    /// The HTTP status; `nil` when no answer came.
    public let status: Int?
    /// By which AWS finds the request again.
    public let requestID: String?
    /// Which service was asked.
    public let service: String
    /// How often; after the first time, an earlier try may have taken effect although its answer was lost.
    public internal(set) var attempts = 1

    /// What was asked for, in the service's word: `CreateBucket`; empty where nobody said.
    public internal(set) var operation = ""
    /// In which region the bucket is, where S3 said so.
    public internal(set) var bucketRegion: String?
    /// Whether our clock and AWS's differ too much. Some services say so, others say only that the signature is wrong.
    public internal(set) var isClockSkew = false

    /// In one line, for logs.
    public var description: String {
        "AWS \(service)\(operation.isEmpty ? "" : " \(operation)"): \(code)" + (status.map { ", status \($0)" } ?? "")
            + ": \(message)" + (requestID.map { " (request \($0))" } ?? "")
    }

    /// The same, in which a person's address stands nowhere: what went wrong goes to the log, and the address does not.
    func withoutMention(of address: String) -> AWSError {
        var plain = self
        plain.message = message.replacingOccurrences(of: address, with: "the recipient", options: .caseInsensitive)
        return plain
    }

    /// The failure as the service sees it.
    public var error: GASError {
        switch kind {
        case .throttling:
            GASError(.throttled, "AWS asks for slower requests. Please try again.", cause: self)
        case .passing, .noSuchHost, .noTLS:
            GASError(.unavailable, "AWS cannot be reached now. Please try again later.", cause: self)
        case .archived:
            GASError(.notFound, "The object is archived, and there is no readable copy of it.", cause: self)
        case .missingPlace:
            GASError(
                .unavailable, "What this service keeps in AWS \(service) is not there now. Please try again later.",
                cause: self)
        case .missing:
            GASError(.notFound, "AWS \(service) does not know what was asked for.", cause: self)
        case .expired, .credentials, .permission:
            GASError(
                .internal, "AWS \(service) does not accept this service's credentials or permissions.", cause: self)
        case .clockSkew, .elsewhere, .nameTaken, .refused:
            GASError(.internal, "AWS \(service) did not accept the request of this service.", cause: self)
        }
    }
}

extension AWSError {
    /// Reads the answer of a service, in JSON or in XML.
    /// - Parameter header: what a header says of the code, as the newer services do: `Code:address`.
    init(service: String, status: Int, body: Data, code header: String? = nil, requestID: String?) {
        let (code, message) = AWSError.words(in: body)
        let fallback = header.flatMap { $0.split(separator: ":").first }.map(String.init)
        self.init(
            code: code ?? fallback ?? (status == 404 ? "NotFound" : "Status\(status)"),
            message: message ?? "no reason given",
            status: status, requestID: requestID, service: service)
    }

    private static func words(in body: Data) -> (code: String?, message: String?) {
        if body.first == UInt8(ascii: "{"), let json = try? JSONDecoder().decode(JSONBody.self, from: body) {
            // `namespace#Code:address`
            let code = json.type.flatMap { $0.split(separator: "#").last?.split(separator: ":").first }
            return (code.map(String.init), json.message)
        }
        guard let root = XMLNode(parsing: body) else { return (nil, nil) }
        let error = root.name == "Error" ? root : root["Error"] ?? root["Errors"]?["Error"]
        return (error?["Code"]?.text, error?["Message"]?.text)
    }

    private struct JSONBody: Decodable {
        let type: String?
        let message: String?

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: Key.self)
            type =
                try values.decodeIfPresent(String.self, forKey: .type)
                ?? values.decodeIfPresent(String.self, forKey: .code)
            message =
                try values.decodeIfPresent(String.self, forKey: .message)
                ?? values.decodeIfPresent(String.self, forKey: .capitalMessage)
        }

        enum Key: String, CodingKey {
            case type = "__type"
            case code, message
            case capitalMessage = "Message"
        }
    }
}

/// Runs a call to AWS, and says what went wrong in the service's own words.
func translatingErrors<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
        return try await body()
    } catch let error as AWSError {
        throw error.error
    }
}
