import Foundation

/// A JSON Web Token in its compact form (RFC 7515, section 7.1), taken apart and not believed yet.
struct SignedToken: Sendable {
    /// As the header says; whether that is allowed is another question.
    let algorithm: String
    /// The name of the key, as the header says.
    let keyID: String?
    /// The claims, as JSON.
    let payload: Data
    let signature: Data
    /// What was signed.
    let signed: Data

    /// `jku`, `jwk`, `x5u` and `x5c` are not even read: keys come from the provider's own address alone.
    private struct Header: Decodable {
        let alg: String
        let kid: String?
        let crit: [String]?
    }

    /// Takes a token apart; `nil` when it is none, or has a header that must be understood and is not (`crit`).
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2]),
            let fields = try? JSONDecoder().decode(Header.self, from: header), fields.crit == nil
        else { return nil }
        algorithm = fields.alg
        keyID = fields.kid
        self.payload = payload
        self.signature = signature
        signed = Data("\(parts[0]).\(parts[1])".utf8)
    }
}
