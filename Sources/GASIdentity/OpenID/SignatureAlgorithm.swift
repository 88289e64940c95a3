import Crypto
import Foundation

/// The ways in which an ID token may be signed (RFC 7518, section 3.1): those in which the provider has a private key.
/// `none`, and HMAC with what is no secret between us and the provider, are not among them.
public enum SignatureAlgorithm: String, Sendable, Hashable, CaseIterable {
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"

    /// The digest of a text with the algorithm's hash function.
    func digest(_ text: some DataProtocol) -> any Digest {
        switch self {
        case .rs256, .ps256, .es256: SHA256.hash(data: text)
        case .rs384, .ps384, .es384: SHA384.hash(data: text)
        case .rs512, .ps512, .es512: SHA512.hash(data: text)
        }
    }

    /// The kind of key (`kty`) that it takes, and for elliptic curves which (`crv`).
    var key: (type: String, curve: String?) {
        switch self {
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: ("RSA", nil)
        case .es256: ("EC", "P-256")
        case .es384: ("EC", "P-384")
        case .es512: ("EC", "P-521")
        }
    }

    /// Whether the padding is that of RSASSA-PSS.
    var isPSS: Bool { self == .ps256 || self == .ps384 || self == .ps512 }
}
