import AsyncHTTPClient
import Foundation
import GAS
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOSSL

/// Asks a provider, for a limited time and within limits. It follows no redirects: none of these addresses has any, and a
/// secret must not be carried elsewhere.
struct ProviderConnection: Sendable {
    let settings: OpenIDSettings
    let http: HTTPClient

    struct Answer: Sendable {
        let status: Int
        let body: Data
    }

    /// Fetches a JSON document.
    func document<Value: Decodable>(
        _ address: String, bearer token: String? = nil, as type: Value.Type
    ) async throws -> Value {
        var request = HTTPClientRequest(url: address)
        request.headers.add(name: "Accept", value: "application/json")
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        let answer = try await send(request)
        guard answer.status == 200 else { throw refusal(answer.status) }
        return try read(answer, as: type)
    }

    /// Sends a form as this service (RFC 6749, section 2.3.1).
    /// - Parameter inBody: whether the secret goes into the form instead of the header.
    func post(_ address: String, _ fields: [(String, String)], secretInBody inBody: Bool) async throws -> Answer {
        var (request, fields) = (HTTPClientRequest(url: address), fields)
        request.method = .POST
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        if settings.clientSecret.isEmpty || inBody { fields.append(("client_id", settings.clientID)) }
        if inBody, !settings.clientSecret.isEmpty { fields.append(("client_secret", settings.clientSecret)) }
        if !inBody, !settings.clientSecret.isEmpty {
            let pair = FormEncoding.encode(settings.clientID) + ":" + FormEncoding.encode(settings.clientSecret)
            request.headers.add(
                name: "Authorization", value: "Basic \(Data(pair.utf8).base64EncodedString())")
        }
        request.body = .bytes(ByteBuffer(string: FormEncoding.encode(fields)))
        return try await send(request)
    }

    /// Reads an answer as JSON.
    func read<Value: Decodable>(_ answer: Answer, as type: Value.Type) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: answer.body)
        } catch {
            // The error itself may quote the answer, in which there may be tokens.
            throw SignInFailure(.unreadable, at: settings.title, detail: "\(type)")
        }
    }

    func refusal(_ status: Int) -> SignInFailure {
        SignInFailure(
            status >= 500 || status == 429 ? .unreachable : .unreadable, at: settings.title, detail: "status \(status)")
    }

    /// Waits for the whole answer; the HTTP client's own deadline ends with the answer's head.
    private func send(_ request: HTTPClientRequest) async throws -> Answer {
        try await withThrowingTaskGroup(of: Answer.self) { group in
            group.addTask { try await answer(to: request) }
            group.addTask {
                try await Task.sleep(for: .seconds(settings.timeoutSeconds))
                throw SignInFailure(.unreachable, at: settings.title, detail: "no complete answer in time")
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw CancellationError() }
            return answer
        }
    }

    private func answer(to request: HTTPClientRequest) async throws -> Answer {
        do {
            let response = try await http.execute(
                request, timeout: .milliseconds(Int64(settings.timeoutSeconds * 1000) + 1000))
            let body = try await response.body.collect(upTo: settings.answerBytes)
            return Answer(status: Int(response.status.code), body: Data(buffer: body))
        } catch is NIOTooManyBytesError {
            throw SignInFailure(.unreadable, at: settings.title, detail: "too long an answer")
        } catch {
            try Task.checkCancellation()
            // The client's full descriptions quote header fields, of which one is the secret.
            let reason = (error as? HTTPClientError)?.shortDescription ?? String(describing: error)
            throw SignInFailure(.unreachable, at: settings.title, detail: reason)
        }
    }
}

extension HTTPClient.Configuration {
    /// How identity providers are to be reached.
    /// - Parameter authorities: PEM file of the certificate authorities to trust; `nil` for the machine's own.
    public static func identityProviders(authorities: String?) -> Self {
        var configuration = Self(redirectConfiguration: .disallow)
        if let authorities {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(authorities)
            configuration.tlsConfiguration = tls
        }
        configuration.timeout.connect = .seconds(10)
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}

/// `application/x-www-form-urlencoded` (RFC 6749, appendix B).
enum FormEncoding {
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    static func encode(_ text: String) -> String {
        // Only a lone surrogate, which no Swift string holds, could make this nil.
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    static func encode(_ fields: [(String, String)]) -> String {
        fields.map { "\(encode($0.0))=\(encode($0.1))" }.joined(separator: "&")
    }
}
