import AsyncHTTPClient
import Foundation
import GAS
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// Asks those who hand out credentials. What they answer is in no error, since it may hold secrets.
struct CredentialFetch: Sendable {
    let http: HTTPClient
    var seconds = 10.0

    private static let answerLimit = 1 << 20

    func get(_ address: String, headers: [(String, String)]) async throws -> Data {
        try await send("GET", address, headers: headers)
    }

    func post(_ address: String, form: String) async throws -> Data {
        try await send(
            "POST", address, headers: [("Content-Type", "application/x-www-form-urlencoded")], body: Data(form.utf8))
    }

    /// - Throws: `unavailable` when nobody answers there, `unauthenticated` when the answer is a refusal.
    func send(
        _ method: String, _ address: String, headers: [(String, String)], body: Data = Data()
    ) async throws -> Data {
        var request = HTTPClientRequest(url: address)
        request.method = HTTPMethod(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if !body.isEmpty { request.body = .bytes(ByteBuffer(data: body)) }
        do {
            let response = try await http.execute(request, timeout: .milliseconds(Int64(seconds * 1000)), logger: nil)
            guard response.status == .ok else {
                throw GASError(.unauthenticated, "\(address) gave no credentials (status \(response.status.code)).")
            }
            return Data(buffer: try await response.body.collect(upTo: Self.answerLimit))
        } catch let error as GASError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw GASError(.unavailable, "\(address) cannot be reached for credentials.")
        }
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
