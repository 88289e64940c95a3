import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// What the provider does.
public struct Script: Sendable {
    /// How an ID token is signed.
    public enum Signing: Sendable {
        /// With this key, and named so in the header.
        case by(StageKey, algorithm: String)
        /// Not at all, and says so.
        case none
        /// With a signature cut off that the header promises.
        case stripped
        /// With the public key of the provider as if it were a secret between us: the confusion of HS256 and RS256.
        case publicKeyAsSecret(StageKey)
        /// With the right key, but something was changed afterwards.
        case tampered(StageKey)
        /// As text that is no token.
        case garbage(String)
    }

    /// How an address fails.
    public enum Fault: Sendable {
        case status(Int)
        /// Begins an answer and leaves it at that.
        case stalled
        /// Breaks the connection in the middle of the answer.
        case broken
        /// Answers with this text.
        case text(String)
        /// Answers with so many bytes.
        case endless(Int)
        /// Sends the caller elsewhere.
        case redirect(String)
    }

    /// Over what the metadata say; `NSNull` removes a member.
    public var metadata: [String: any Sendable] = [:]
    /// Over what the ID token says; `NSNull` writes null.
    public var claims: [String: any Sendable] = [:]
    /// Claims that are left out.
    public var missing: Set<String> = []
    /// Over what the header of the ID token says.
    public var header: [String: any Sendable] = [:]
    /// Members of the header that are left out.
    public var missingHeader: Set<String> = []
    /// How the ID token is signed.
    public var signing = Signing.by(.first, algorithm: "RS256")
    /// The keys that it publishes.
    public var publishedKeys: [[String: any Sendable]] = [StageKey.first.published]
    /// What it tells about the person when it is asked.
    public var userinfo: [String: any Sendable] = [
        "sub": "248289761001", "name": "Jane Doe", "email": "jane@example.org", "organization": "Campus",
    ]
    /// Addresses that fail, by path.
    public var faults: [String: Fault] = [:]

    /// A provider that does what it should.
    public init() {}

    func metadata(of issuer: String) -> [String: any Sendable] {
        let standard: [String: any Sendable] = [
            "issuer": issuer, "authorization_endpoint": "\(issuer)/authorize", "token_endpoint": "\(issuer)/token",
            "jwks_uri": "\(issuer)/keys", "userinfo_endpoint": "\(issuer)/userinfo",
            "revocation_endpoint": "\(issuer)/revoke", "end_session_endpoint": "\(issuer)/end",
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
        ]
        return standard.merging(metadata) { $1 }.filter { !($0.value is NSNull) }
    }

    func idToken(issuer: String, nonce: String, now: Date, accessToken: String) -> String {
        let time = Int(now.timeIntervalSince1970)
        let hash = Data(SHA256.hash(data: Data(accessToken.utf8)).prefix(16))
        var claims: [String: any Sendable] = [
            "iss": issuer, "sub": "248289761001", "aud": ProviderStage.clientID, "exp": time + 3600, "iat": time,
            "nonce": nonce,
        ]
        if case .by(_, let algorithm) = signing, algorithm.hasSuffix("256") { claims["at_hash"] = hash.base64URL }
        return token(claims.merging(self.claims) { $1 }.filter { !missing.contains($0.key) })
    }

    private func token(_ claims: [String: any Sendable]) -> String {
        func signed(_ algorithm: String, _ key: StageKey?, _ sign: (Data) -> Data) -> String {
            var header: [String: any Sendable] = ["alg": algorithm, "typ": "JWT"]
            if let key { header["kid"] = key.id }
            header = header.merging(self.header) { $1 }.filter { !missingHeader.contains($0.key) }
            let text = "\(Self.part(header)).\(Self.part(claims))"
            return "\(text).\(sign(Data(text.utf8)).base64URL)"
        }
        switch signing {
        case .by(let key, let algorithm): return signed(algorithm, key) { key.sign($0, algorithm) }
        case .none: return signed("none", nil) { _ in Data() }
        case .stripped: return signed("RS256", .first) { _ in Data() }
        case .publicKeyAsSecret(let key):
            return signed("HS256", key) {
                Data(HMAC<SHA256>.authenticationCode(for: $0, using: SymmetricKey(data: key.pem)))
            }
        case .tampered(let key):
            return signed("RS256", key) { text in
                var signature = key.sign(text, "RS256")
                signature[signature.count / 2] ^= 1
                return signature
            }
        case .garbage(let text): return text
        }
    }

    private static func part(_ value: [String: any Sendable]) -> String {
        guard let json = try? JSONSerialization.data(withJSONObject: value) else {
            preconditionFailure("A test wrote down what is no JSON.")
        }
        return json.base64URL
    }
}

extension Script.Fault {
    var response: Response {
        switch self {
        case .status(let code): Response(status: .init(code: code))
        case .text(let text):
            Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(string: text)))
        case .redirect(let address): Response(status: .found, headers: [.location: address])
        case .endless(let bytes):
            Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(repeating: UInt8(ascii: " "), count: bytes)))
        case .broken:
            Response(
                status: .ok,
                body: .init { writer in
                    try await writer.write(ByteBuffer(string: "{"))
                    throw CancellationError()
                })
        case .stalled:
            Response(
                status: .ok,
                body: .init { writer in
                    try await writer.write(ByteBuffer(string: "{"))
                    try await Task.sleep(for: .seconds(3))
                    try await writer.write(ByteBuffer(string: "}"))
                    try await writer.finish(nil)
                })
        }
    }
}
