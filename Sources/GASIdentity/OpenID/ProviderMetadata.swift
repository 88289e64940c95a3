import Foundation
import GAS

/// What a provider says about itself (OpenID Connect Discovery 1.0, section 3; RFC 8414).
struct ProviderMetadata: Sendable, Decodable {
    let issuer: String
    let authorizationEndpoint: String
    let tokenEndpoint: String
    let keys: String
    let userinfoEndpoint: String?
    let revocationEndpoint: String?
    let endSessionEndpoint: String?
    /// How clients may prove themselves; `client_secret_basic` when it is not said.
    let clientAuthentication: [String]?
    /// How ID tokens may be signed.
    let algorithms: [String]?
    /// Whether answers name the issuer (RFC 9207).
    let namesIssuer: Bool?

    private enum CodingKeys: String, CodingKey {
        case issuer
        case authorizationEndpoint = "authorization_endpoint"
        case tokenEndpoint = "token_endpoint"
        case keys = "jwks_uri"
        case userinfoEndpoint = "userinfo_endpoint"
        case revocationEndpoint = "revocation_endpoint"
        case endSessionEndpoint = "end_session_endpoint"
        case clientAuthentication = "token_endpoint_auth_methods_supported"
        case algorithms = "id_token_signing_alg_values_supported"
        case namesIssuer = "authorization_response_iss_parameter_supported"
    }

    /// Where the provider of an issuer says this (Discovery, section 4.1).
    static func address(of issuer: String) -> String {
        (issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer) + "/.well-known/openid-configuration"
    }

    /// What is wrong with it, in a few words; `nil` when it can be used.
    func flaw(expecting expected: String) -> String? {
        // To the letter (Discovery, section 4.3): else one provider could speak for another.
        guard issuer == expected else { return "issuer" }
        let addresses = [
            ("authorization_endpoint", authorizationEndpoint), ("token_endpoint", tokenEndpoint), ("jwks_uri", keys),
            ("userinfo_endpoint", userinfoEndpoint), ("revocation_endpoint", revocationEndpoint),
            ("end_session_endpoint", endSessionEndpoint),
        ]
        return addresses.first { $0.1.map { !ProviderAddress.isAcceptable($0) } ?? false }?.0
    }
}
