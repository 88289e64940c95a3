import Crypto
import Foundation
import GAS
import GASIdentity
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Synchronization

/// A real OpenID provider on this machine, which does what a test has written down: well-behaved, until told otherwise. It
/// enforces what a good one enforces (client secret, redirect address, PKCE, one use of a code), so that a relying party
/// that gets these wrong fails here too.
public final class ProviderStage: Sendable {
    /// What the relying party is registered as.
    public static let clientID = "gas client+1"
    /// Its secret, with characters that must be encoded in the header.
    public static let clientSecret = "s3cret: with/odd%characters+é"
    /// What it gives for asking about people.
    public static let accessToken = "access-token-canary-5f0c1b"
    /// What it gives for further access tokens.
    public static let refreshToken = "refresh-token-canary-77aa01"

    /// What the server was asked.
    public struct Call: Sendable {
        /// The path alone.
        public let path: String
        /// All header fields.
        public let headers: HTTPFields
        /// The fields of the form, decoded.
        public let form: [String: String]
    }

    private struct Grant {
        let nonce: String
        let challenge: String
        let redirect: String
    }

    private struct State {
        var script = Script()
        var grants: [String: Grant] = [:]
        var calls: [Call] = []
        var issuer = ""
    }

    private let state = Mutex(State())
    private let clock: any WallClock

    /// - Parameter clock: by which it dates its tokens.
    public init(clock: any WallClock) {
        self.clock = clock
    }

    /// How it names itself, while it serves.
    public var issuer: String { state.withLock { $0.issuer } }

    /// What was asked so far, by path.
    public var asked: [String] { calls.map(\.path) }

    /// What was asked so far.
    public var calls: [Call] { state.withLock { $0.calls } }

    /// Changes what it does from now on.
    public func play(_ change: (inout Script) -> Void) {
        state.withLock { change(&$0.script) }
    }

    /// How a relying party is set up for it.
    public func settings(name: String = "campus") -> OpenIDSettings {
        OpenIDSettings(
            name: name, title: "Campus", issuer: issuer, clientID: Self.clientID, clientSecret: Self.clientSecret)
    }

    /// Serves while `body` runs.
    public func serve<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
        let responder = CallbackResponder<BasicRequestContext> { [self] request, _ in
            let form = try await request.body.collect(upTo: 1 << 20)
            return response(to: request, String(buffer: form))
        }
        return try await Application(
            responder: responder, configuration: .init(address: .hostname("127.0.0.1", port: 0))
        ).test(.live) { [self] client in
            state.withLock { $0.issuer = "http://127.0.0.1:\(client.port ?? 0)" }
            return try await body()
        }
    }

    /// Signs a person in who came with this address, as the provider's own pages would.
    /// - Returns: the query with which the browser comes back.
    public func consent(to address: String) -> String {
        let query = Self.query(address)
        let code = "code-\(UUID().uuidString)"
        state.withLock {
            $0.grants[code] = Grant(
                nonce: query["nonce"] ?? "", challenge: query["code_challenge"] ?? "",
                redirect: query["redirect_uri"] ?? "")
        }
        return "code=\(code)&state=\(query["state"] ?? "")"
    }

    /// The items of an address's query.
    public static func query(_ address: String) -> [String: String] {
        let items = URLComponents(string: address)?.queryItems ?? []
        return Dictionary(items.map { ($0.name, $0.value ?? "") }) { $1 }
    }

    private func response(to request: Request, _ body: String) -> Response {
        let form = Self.decode(body)
        let path = request.uri.path
        let (script, issuer) = state.withLock { state in
            state.calls.append(Call(path: path, headers: request.headers, form: form))
            return (state.script, state.issuer)
        }
        if let fault = script.faults[path] { return fault.response }
        switch path {
        case "/.well-known/openid-configuration": return .document(script.metadata(of: issuer))
        case "/keys": return .document(["keys": script.publishedKeys])
        case "/token": return token(form, request.headers, script, issuer)
        case "/userinfo": return userinfo(request.headers, script)
        case "/revoke", "/v2/oauth2/token/revoke":
            return Response(status: isClient(request.headers) ? .ok : .unauthorized)
        default: return Response(status: .notFound)
        }
    }

    /// RFC 6749, section 5; RFC 7636, section 4.6.
    private func token(_ form: [String: String], _ headers: HTTPFields, _ script: Script, _ issuer: String) -> Response
    {
        guard isClient(headers) else { return .document(["error": "invalid_client"], status: .unauthorized) }
        // A code is good once.
        let grant = state.withLock { $0.grants.removeValue(forKey: form["code"] ?? "") }
        let challenge = Data(SHA256.hash(data: Data((form["code_verifier"] ?? "").utf8)))
        guard form["grant_type"] == "authorization_code", let grant, grant.redirect == form["redirect_uri"],
            !grant.challenge.isEmpty, grant.challenge == challenge.base64URL
        else { return .document(["error": "invalid_grant"], status: .badRequest) }
        return .document([
            "access_token": Self.accessToken, "refresh_token": Self.refreshToken, "token_type": "Bearer",
            "expires_in": 3600,
            "id_token": script.idToken(
                issuer: issuer, nonce: grant.nonce, now: clock.now, accessToken: Self.accessToken),
        ])
    }

    private func userinfo(_ headers: HTTPFields, _ script: Script) -> Response {
        guard headers[.authorization] == "Bearer \(Self.accessToken)" else { return Response(status: .unauthorized) }
        return .document(script.userinfo)
    }

    /// Both parts are encoded as in a form before they are put together (RFC 6749, section 2.3.1).
    private func isClient(_ headers: HTTPFields) -> Bool {
        guard let sent = headers[.authorization], sent.hasPrefix("Basic "),
            let pair = Data(base64Encoded: String(sent.dropFirst(6))).map({ String(decoding: $0, as: UTF8.self) })
        else { return false }
        let sides = pair.split(separator: ":", maxSplits: 1).map { String($0).removingPercentEncoding }
        return sides == [Self.clientID, Self.clientSecret] && pair.utf8.count { $0 == 58 } == 1
    }

    private static func decode(_ form: String) -> [String: String] {
        let pairs = form.split(separator: "&").map { pair in
            pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { $0.removingPercentEncoding ?? "?" }
        }
        return Dictionary(pairs.map { ($0[0], $0.count > 1 ? $0[1] : "") }) { $1 }
    }
}

extension Response {
    static func document(_ value: [String: any Sendable], status: HTTPResponse.Status = .ok) -> Response {
        guard let body = try? JSONSerialization.data(withJSONObject: value) else {
            preconditionFailure("A test wrote down what is no JSON.")
        }
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}

extension Data {
    var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
