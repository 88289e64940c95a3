import Crypto
import Foundation

/// Unguessable text for cookies and forms.
public enum RandomToken {
    /// A new token: 256 random bits in the URL-safe Base64 alphabet.
    public static func make() -> String {
        Base64URL.encode(SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) })
    }

    /// What is stored of a token: SHA-256 in lower-case hexadecimal. A token is random and long, so a plain hash is enough
    /// to make a stolen table useless.
    public static func hash(_ token: String) -> String {
        SHA256.hash(data: Data(token.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }

    /// Whether two tokens are the same, in a time that does not tell where they differ.
    public static func areEqual(_ one: String, _ other: String) -> Bool {
        let (left, right) = (Array(one.utf8), Array(other.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
