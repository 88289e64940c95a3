import Crypto
import Foundation

/// HMAC-SHA256 over a list of texts.
struct Signature: Sendable {
    private let key: SymmetricKey

    /// Signs with a key.
    init(key: SymmetricKey) {
        self.key = key
    }

    /// The signature of `parts` in lower-case hexadecimal.
    func sign(_ parts: [String]) -> String {
        HMAC<SHA256>.authenticationCode(for: Signature.message(parts), using: key).hexadecimal
    }

    /// Whether `signature` is that of `parts`; takes the same time wherever they differ.
    func verifies(_ signature: String, of parts: [String]) -> Bool {
        guard let code = [UInt8](hexadecimal: signature) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(
            code,
            authenticating: Signature.message(parts),
            using: key
        )
    }

    /// Each part with its length before it, so that no two lists give the same bytes.
    private static func message(_ parts: [String]) -> Data {
        Data(parts.map { "\($0.utf8.count):\($0)" }.joined().utf8)
    }
}
