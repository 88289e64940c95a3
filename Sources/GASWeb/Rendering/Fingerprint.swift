import Crypto
import Foundation

/// A short word for a long text, by which a browser sees that what it shows is old.
enum Fingerprint {
    /// The first 72 bits of the text's SHA-256.
    static func of(_ text: String) -> String {
        Data(SHA256.hash(data: Data(text.utf8))).prefix(9).base64EncodedString()
    }
}
