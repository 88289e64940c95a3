import Crypto
import Foundation
import GAS

/// The request that sends a browser to the provider (OpenID Connect Core 1.0, section 3.1.2.1; PKCE: RFC 7636).
struct AuthorizationRequest: Sendable {
    let settings: OpenIDSettings
    let attempt: SignInAttempt
    let redirect: String

    /// Secrets for a new attempt, of 256 random bits each.
    static func attempt(at time: Date) -> SignInAttempt {
        SignInAttempt(
            state: RandomToken.make(), nonce: RandomToken.make(), verifier: RandomToken.make(), started: time)
    }

    /// The address with all parameters; what the endpoint's own address has in its query stays.
    func address(at endpoint: String) -> String {
        let scopes = settings.scopes.contains("openid") ? settings.scopes : ["openid"] + settings.scopes
        let query = FormEncoding.encode([
            ("response_type", "code"), ("client_id", settings.clientID), ("redirect_uri", redirect),
            ("scope", scopes.joined(separator: " ")), ("state", attempt.state), ("nonce", attempt.nonce),
            ("code_challenge", Self.challenge(of: attempt.verifier)), ("code_challenge_method", "S256"),
        ])
        return endpoint + (endpoint.contains("?") ? "&" : "?") + query
    }

    /// What the provider is told of the verifier before it is told the verifier (RFC 7636, section 4.2).
    static func challenge(of verifier: String) -> String {
        Base64URL.encode(Data(SHA256.hash(data: Data(verifier.utf8))))
    }
}
