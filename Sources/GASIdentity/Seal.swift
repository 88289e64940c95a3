import Crypto
import Foundation

/// Closes up what browsers or the store keep for us, so that they can neither read nor change it: AES-256-GCM with a key
/// derived from the service's sealing key.
public struct Seal: Sendable {
    private let key: SymmetricKey

    /// - Parameter secret: at least 32 random characters, the same on every web server.
    public init(secret: String) {
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Data(secret.utf8)), info: Data("gas seal 1".utf8), outputByteCount: 32)
    }

    /// Closes a value up.
    /// - Parameter purpose: what it is for, and whose it is: it cannot be opened for anything else.
    /// - Returns: text of the URL-safe Base64 alphabet.
    public func close(_ value: some Encodable, for purpose: String) throws -> String {
        let box = try AES.GCM.seal(try JSONEncoder().encode(value), using: key, authenticating: Data(purpose.utf8))
        // Only a nonce of another length than the standard one makes this nil.
        guard let whole = box.combined else { preconditionFailure("AES-GCM's own nonce has its standard length.") }
        return Base64URL.encode(whole)
    }

    /// Opens what `close` gave; `nil` when it is not that, or was for another purpose.
    public func open<Value: Decodable>(_ text: String, as type: Value.Type, for purpose: String) -> Value? {
        guard let whole = Base64URL.decode(text), let box = try? AES.GCM.SealedBox(combined: whole),
            let plain = try? AES.GCM.open(box, using: key, authenticating: Data(purpose.utf8))
        else { return nil }
        return try? JSONDecoder().decode(type, from: plain)
    }
}
