import Crypto
import Foundation

/// A request as Signature Version 4 sees it.
public struct SignableRequest: Sendable {
    /// `GET`, `PUT` and so on.
    public var method: String
    /// Host, with the port if it is not the scheme's own: what the `Host` header says.
    public var host: String
    /// The path, not encoded yet, with a slash at its beginning.
    public var path: String
    /// The query, not encoded yet; names may repeat.
    public var query: [(name: String, value: String)]
    /// The headers to sign besides `Host` and those that signing adds.
    public var headers: [(name: String, value: String)]
    /// What is said of the body.
    public var payload: Payload

    /// What is said of a body.
    public enum Payload: Sendable {
        /// Nothing: its bytes are not signed.
        case unsigned
        /// SHA-256 of the bytes in lower-case hexadecimal.
        case sha256(String)

        /// Hashes a body that is at hand.
        public init(of body: Data) {
            self = .sha256(SHA256.hash(data: body).hexadecimal)
        }

        /// The word in the canonical request and in `x-amz-content-sha256`.
        var word: String {
            switch self {
            case .unsigned: "UNSIGNED-PAYLOAD"
            case .sha256(let hash): hash
            }
        }
    }

    /// States a request.
    public init(
        method: String, host: String, path: String = "/", query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], payload: Payload
    ) {
        self.method = method
        self.host = host
        self.path = path
        self.query = query
        self.headers = headers
        self.payload = payload
    }
}
