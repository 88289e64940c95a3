import AsyncHTTPClient
import Foundation
import GAS
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// Asks those who hand out credentials. What they answer is in no error, since it may hold secrets.
struct CredentialFetch: Sendable {
    let http: HTTPClient
    /// How often, and after which pauses, it is asked again.
    let patience: CredentialPatience
    var seconds = 10.0

    private static let answerLimit = 1 << 20

    func get(_ address: String, headers: [(String, String)]) async throws -> Data {
        try await send("GET", address, headers: headers)
    }

    func post(_ address: String, form: String) async throws -> Data {
        try await send(
            "POST", address, headers: [("Content-Type", "application/x-www-form-urlencoded")], body: Data(form.utf8))
    }

    /// Asks, and asks again when the answer says that it is not for ever: a busy endpoint must not end the service.
    /// - Parameter mayBeAway: whether nobody at all may be there, in which case that is the answer at once.
    /// - Throws: `unavailable` when nobody answers there, or not now; `unauthenticated` when the answer is a refusal.
    func send(
        _ method: String, _ address: String, headers: [(String, String)], body: Data = Data(), mayBeAway: Bool = false
    ) async throws -> Data {
        var attempt = 0
        while true {
            attempt += 1
            do {
                return try await sendOnce(method, address, headers: headers, body: body)
            } catch let failure as PassingFailure {
                guard attempt <= patience.retries, !(mayBeAway && failure.isAway) else {
                    throw GASError(.unavailable, failure.sentence, cause: failure)
                }
            }
            try await patience.pause(before: attempt)
        }
    }

    private func sendOnce(
        _ method: String, _ address: String, headers: [(String, String)], body: Data
    ) async throws -> Data {
        var request = HTTPClientRequest(url: address)
        request.method = HTTPMethod(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if !body.isEmpty { request.body = .bytes(ByteBuffer(data: body)) }
        do {
            let response = try await http.execute(request, timeout: .milliseconds(Int64(seconds * 1000)), logger: nil)
            guard response.status.code < 500, response.status != .tooManyRequests else {
                throw PassingFailure(
                    sentence: "\(address) gave no credentials (status \(response.status.code)).", isAway: false)
            }
            guard response.status == .ok else {
                throw GASError(.unauthenticated, "\(address) gave no credentials (status \(response.status.code)).")
            }
            return Data(buffer: try await response.body.collect(upTo: Self.answerLimit))
        } catch let error as GASError {
            throw error
        } catch let failure as PassingFailure {
            throw failure
        } catch {
            try Task.checkCancellation()
            throw PassingFailure(sentence: "\(address) cannot be reached for credentials.", isAway: true)
        }
    }

    /// What may be otherwise in a moment.
    struct PassingFailure: Error, CustomStringConvertible {
        let sentence: String
        /// Whether nobody answered.
        let isAway: Bool

        var description: String { isAway ? "no answer" : "no answer for now" }
    }

    /// Reads the JSON of containers and machines.
    static func credentials(in body: Data, from name: String) throws -> AWSCredentials {
        guard let answer = try? JSONDecoder().decode(Answer.self, from: body) else { throw unreadable(name) }
        return AWSCredentials(
            accessKeyID: answer.accessKeyID, secretAccessKey: answer.secretAccessKey, sessionToken: answer.token,
            expires: try answer.expiration.map { try date($0, name) })
    }

    static func date(_ text: String, _ name: String) throws -> Date {
        if let date = ISODate.parse(text) { return date }
        throw unreadable(name)
    }

    static func unreadable(_ name: String) -> GASError {
        GASError(.unavailable, "The credentials of \(name) cannot be understood.")
    }

    private struct Answer: Decodable {
        let accessKeyID: String
        let secretAccessKey: String
        let token: String?
        let expiration: String?

        enum CodingKeys: String, CodingKey {
            case accessKeyID = "AccessKeyId"
            case secretAccessKey = "SecretAccessKey"
            case token = "Token"
            case expiration = "Expiration"
        }
    }
}
