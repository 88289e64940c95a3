import Foundation
import GAS

/// Where a code is redeemed, and where tokens are made worthless.
struct TokenEndpoint: Sendable {
    let connection: ProviderConnection
    let metadata: ProviderMetadata

    struct Tokens: Decodable {
        let access: String
        let refresh: String?
        let id: String

        private enum CodingKeys: String, CodingKey {
            case access = "access_token"
            case refresh = "refresh_token"
            case id = "id_token"
        }
    }

    private struct Refusal: Decodable {
        let error: String
    }

    private var title: String { connection.settings.title }

    /// Redeems a code (OpenID Connect Core 1.0, section 3.1.3).
    func redeem(_ code: String, verifier: String, redirect: String) async throws -> Tokens {
        let answer = try await connection.post(
            metadata.tokenEndpoint,
            [
                ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect),
                ("code_verifier", verifier),
            ], secretInBody: secretInBody)
        guard answer.status == 200 else { throw refusal(answer) }
        return try connection.read(answer, as: Tokens.self)
    }

    /// Makes a token worthless (RFC 7009).
    func revoke(_ token: String, kind: String, at address: String) async throws {
        let answer = try await connection.post(
            address, [("token", token), ("token_type_hint", kind)], secretInBody: secretInBody)
        guard (200..<300).contains(answer.status) else { throw refusal(answer) }
    }

    /// `client_secret_basic` unless the provider says that it takes the other one only.
    private var secretInBody: Bool {
        guard let offered = metadata.clientAuthentication else { return false }
        return !offered.contains("client_secret_basic") && offered.contains("client_secret_post")
    }

    /// What a refusal means (RFC 6749, section 5.2). The provider's own words are not repeated: only codes of the standard.
    private func refusal(_ answer: ProviderConnection.Answer) -> SignInFailure {
        let code = (try? JSONDecoder().decode(Refusal.self, from: answer.body))?.error
        switch (answer.status, code) {
        case (401, _), (_, "invalid_client"), (_, "unauthorized_client"), (_, "unsupported_grant_type"),
            (_, "invalid_request"), (_, "invalid_scope"):
            return SignInFailure(.client, at: title, detail: "status \(answer.status)")
        // `invalid_grant`, and what some providers say in its place.
        case (_, "invalid_grant"), (400, .some), (403, _):
            return SignInFailure(.code, at: title, detail: "status \(answer.status)")
        default: return connection.refusal(answer.status)
        }
    }
}
