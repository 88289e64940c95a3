import Crypto
import CryptoExtras
import Foundation

/// A key with which the provider signs. The RSA keys are made once for all tests, since that takes long.
public struct StageKey: Sendable {
    enum Kind: Sendable {
        case rsa(_RSA.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
        case p521(P521.Signing.PrivateKey)
    }

    /// Its name.
    public let id: String
    let kind: Kind

    /// What the provider signs with until told otherwise.
    public static let first = rsa("first")
    /// What it rotates to.
    public static let second = rsa("second")
    /// An RSA key too short to be trusted.
    public static let short = rsa("short", bits: 1024)
    /// For ES256.
    public static let p256 = StageKey(id: "p256", kind: .p256(.init()))
    /// For ES384.
    public static let p384 = StageKey(id: "p384", kind: .p384(.init()))
    /// For ES512.
    public static let p521 = StageKey(id: "p521", kind: .p521(.init()))

    private static func rsa(_ id: String, bits: Int = 2048) -> StageKey {
        guard let key = try? _RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: bits)) else {
            preconditionFailure("An RSA key can be made.")
        }
        return StageKey(id: id, kind: .rsa(key))
    }

    /// The public key as a provider publishes it.
    public var published: [String: any Sendable] {
        var members = parameters
        members["kid"] = id
        members["use"] = "sig"
        return members
    }

    /// The public key without name, use or algorithm.
    public var nameless: [String: any Sendable] { parameters }

    private var parameters: [String: any Sendable] {
        switch kind {
        case .rsa(let key):
            guard let primitives = try? key.publicKey.getKeyPrimitives() else {
                preconditionFailure("A key has a modulus.")
            }
            return [
                "kty": "RSA", "n": primitives.modulus.base64URL, "e": primitives.publicExponent.base64URL,
            ]
        case .p256(let key): return point("P-256", key.publicKey.rawRepresentation)
        case .p384(let key): return point("P-384", key.publicKey.rawRepresentation)
        case .p521(let key): return point("P-521", key.publicKey.rawRepresentation)
        }
    }

    private func point(_ curve: String, _ raw: Data) -> [String: any Sendable] {
        ["kty": "EC", "crv": curve, "x": raw.prefix(raw.count / 2).base64URL, "y": raw.suffix(raw.count / 2).base64URL]
    }

    /// The public key as text, which everybody can have.
    var pem: Data {
        guard case .rsa(let key) = kind else { return Data() }
        return Data(key.publicKey.pemRepresentation.utf8)
    }

    func sign(_ text: Data, _ algorithm: String) -> Data {
        do {
            switch kind {
            case .rsa(let key):
                let padding: _RSA.Signing.Padding = algorithm.hasPrefix("PS") ? .PSS : .insecurePKCS1v1_5
                return switch algorithm.suffix(3) {
                case "384": try key.signature(for: SHA384.hash(data: text), padding: padding).rawRepresentation
                case "512": try key.signature(for: SHA512.hash(data: text), padding: padding).rawRepresentation
                default: try key.signature(for: SHA256.hash(data: text), padding: padding).rawRepresentation
                }
            case .p256(let key): return try key.signature(for: SHA256.hash(data: text)).rawRepresentation
            case .p384(let key): return try key.signature(for: SHA384.hash(data: text)).rawRepresentation
            case .p521(let key): return try key.signature(for: SHA512.hash(data: text)).rawRepresentation
            }
        } catch {
            preconditionFailure("A stage key cannot sign: \(error)")
        }
    }
}
