import Crypto
import CryptoExtras
import Foundation

/// A provider's public key (RFC 7517, section 4; RFC 7518, section 6).
struct JSONWebKey: Sendable, Decodable {
    /// Its name, by which a token says how it was signed; some providers give none.
    let id: String?
    private let type: String
    private let use: String?
    private let operations: [String]?
    private let algorithm: String?
    private let curve: String?
    private let n: String?
    private let e: String?
    private let x: String?
    private let y: String?

    private enum CodingKeys: String, CodingKey {
        case id = "kid"
        case type = "kty"
        case use
        case operations = "key_ops"
        case algorithm = "alg"
        case curve = "crv"
        case n, e, x, y
    }

    /// RSA keys of fewer bits are refused (RFC 7518, section 3.3).
    private static let shortestModulus = 2048

    /// Whether the key may be used for signatures made so.
    func fits(_ wanted: SignatureAlgorithm) -> Bool {
        type == wanted.key.type && (wanted.key.curve == nil || curve == wanted.key.curve)
            && (use == nil || use == "sig") && (operations?.contains("verify") ?? true)
            && (algorithm == nil || algorithm == wanted.rawValue)
    }

    /// Whether a signature was made with the private key to this one. A key that cannot be used has signed nothing.
    func hasSigned(_ text: Data, _ signature: Data, by algorithm: SignatureAlgorithm) -> Bool {
        guard fits(algorithm) else { return false }
        return switch algorithm {
        case .rs256, .ps256: rsa(SHA256.hash(data: text), signature, algorithm)
        case .rs384, .ps384: rsa(SHA384.hash(data: text), signature, algorithm)
        case .rs512, .ps512: rsa(SHA512.hash(data: text), signature, algorithm)
        case .es256:
            (try? P256.Signing.PublicKey(x963Representation: point(bytes: 32)).isValidSignature(
                P256.Signing.ECDSASignature(rawRepresentation: signature), for: SHA256.hash(data: text))) ?? false
        case .es384:
            (try? P384.Signing.PublicKey(x963Representation: point(bytes: 48)).isValidSignature(
                P384.Signing.ECDSASignature(rawRepresentation: signature), for: SHA384.hash(data: text))) ?? false
        case .es512:
            (try? P521.Signing.PublicKey(x963Representation: point(bytes: 66)).isValidSignature(
                P521.Signing.ECDSASignature(rawRepresentation: signature), for: SHA512.hash(data: text))) ?? false
        }
    }

    private func rsa(_ digest: some Digest, _ signature: Data, _ algorithm: SignatureAlgorithm) -> Bool {
        guard let n = n.flatMap(Base64URL.decode), let e = e.flatMap(Base64URL.decode),
            let key = try? _RSA.Signing.PublicKey(n: n, e: e), key.keySizeInBits >= Self.shortestModulus
        else { return false }
        return key.isValidSignature(
            _RSA.Signing.RSASignature(rawRepresentation: signature), for: digest,
            padding: algorithm.isPSS ? .PSS : .insecurePKCS1v1_5)
    }

    /// The point uncompressed (SEC 1, section 2.3.3). Both coordinates must have full length (RFC 7518, section 6.2.1.2).
    private func point(bytes: Int) throws -> Data {
        guard let x = x.flatMap(Base64URL.decode), let y = y.flatMap(Base64URL.decode), x.count == bytes,
            y.count == bytes
        else { throw CryptoKitError.incorrectParameterSize }
        return [4] + x + y
    }
}

/// The keys that a provider publishes (RFC 7517, section 5). Those that are not understood are left out, as it says.
struct JSONWebKeySet: Sendable, Decodable {
    let keys: [JSONWebKey]

    private struct Entry: Decodable {
        let key: JSONWebKey?

        init(from decoder: any Decoder) throws {
            key = try? JSONWebKey(from: decoder)
        }
    }

    private enum CodingKeys: String, CodingKey {
        case keys
    }

    init(from decoder: any Decoder) throws {
        keys = try decoder.container(keyedBy: CodingKeys.self).decode([Entry].self, forKey: .keys).compactMap(\.key)
    }

    /// The keys with which a token may have been signed.
    ///
    /// One that a token names must be that one. Where the provider names none (Globus Auth), any of them is tried. A token
    /// that names none, of a provider that does, is taken when there is no choice (OpenID Connect Core 1.0, section 10.1).
    func candidates(id: String?, _ algorithm: SignatureAlgorithm) -> [JSONWebKey] {
        let fitting = keys.filter { $0.fits(algorithm) }
        let nameless = fitting.filter { $0.id == nil }
        guard let id else { return fitting.count == 1 ? fitting : nameless }
        let named = fitting.filter { $0.id == id }
        return named.isEmpty ? nameless : named
    }
}
