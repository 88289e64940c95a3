import Foundation
import GAS

/// The provider's proof of who somebody is (OpenID Connect Core 1.0, section 2).
struct IDToken: Sendable {
    let subject: String
    let claims: PersonalClaims

    /// What a token must say to be believed.
    struct Expectation: Sendable {
        let settings: OpenIDSettings
        let metadata: ProviderMetadata
        let attempt: SignInAttempt
        let accessToken: String
        let now: Date
    }

    private struct Claims: Decodable {
        let iss: String?
        let sub: String?
        let aud: Audience?
        let azp: String?
        let exp: Double?
        let nbf: Double?
        let iat: Double?
        let nonce: String?
        let accessTokenHash: String?

        private enum CodingKeys: String, CodingKey {
            case iss, sub, aud, azp, exp, nbf, iat, nonce
            case accessTokenHash = "at_hash"
        }
    }

    /// One name or several (RFC 7519, section 4.1.3).
    private struct Audience: Decodable {
        let names: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            names = try (try? container.decode(String.self)).map { [$0] } ?? container.decode([String].self)
        }
    }

    /// Makes sure of a token (Core, section 3.1.3.7).
    init(_ text: String, keys: KeySet, expecting expected: Expectation) async throws {
        let title = expected.settings.title
        guard let token = SignedToken(text) else { throw SignInFailure(.unreadable, at: title, detail: "ID token") }
        guard let algorithm = Self.algorithm(of: token, expected) else {
            throw SignInFailure(.algorithm, at: title, detail: String(token.algorithm.prefix(20)))
        }
        try await keys.verify(token, algorithm)
        guard let claims = try? JSONDecoder().decode(Claims.self, from: token.payload),
            let details = try? JSONDecoder().decode(PersonalClaims.self, from: token.payload)
        else { throw SignInFailure(.unreadable, at: title, detail: "claims") }
        if let reason = Self.flaw(of: claims, algorithm, expected) { throw SignInFailure(reason, at: title) }
        guard let subject = claims.sub, Self.isSubject(subject) else { throw SignInFailure(.subject, at: title) }
        self.subject = subject
        self.claims = details
    }

    /// The algorithm, if it is one that we and the provider accept. Which key it goes with is up to the key.
    private static func algorithm(of token: SignedToken, _ expected: Expectation) -> SignatureAlgorithm? {
        guard let algorithm = SignatureAlgorithm(rawValue: token.algorithm),
            expected.settings.algorithms.contains(algorithm),
            expected.metadata.algorithms?.contains(token.algorithm) ?? true
        else { return nil }
        return algorithm
    }

    private static func flaw(
        of claims: Claims, _ algorithm: SignatureAlgorithm, _ expected: Expectation
    ) -> SignInFailure.Reason? {
        let settings = expected.settings
        guard claims.iss == settings.issuer else { return .issuer }
        let audience = claims.aud?.names ?? []
        guard audience.contains(settings.clientID) else { return .audience }
        // Somebody else's token may be shown to us too; then we must be the one whom it was made for.
        guard claims.azp == settings.clientID || (claims.azp == nil && audience.count == 1) else { return .audience }
        if let reason = flaw(ofTimes: claims, expected) { return reason }
        guard RandomToken.areEqual(claims.nonce ?? "", expected.attempt.nonce) else { return .nonce }
        guard let hash = claims.accessTokenHash else { return nil }
        // The left half of the hash of the access token (Core, section 3.1.3.6).
        let whole = Data(algorithm.digest(Data(expected.accessToken.utf8)))
        let isRight = RandomToken.areEqual(hash, Base64URL.encode(whole.prefix(whole.count / 2)))
        return isRight ? nil : .accessToken
    }

    private static func flaw(ofTimes claims: Claims, _ expected: Expectation) -> SignInFailure.Reason? {
        let (now, leeway) = (expected.now.timeIntervalSince1970, expected.settings.leewaySeconds)
        guard let end = claims.exp, now < end + leeway else { return .expired }
        guard let issued = claims.iat, issued <= now + leeway, (claims.nbf ?? 0) <= now + leeway else {
            return .notYetValid
        }
        // Made before this sign-in began: kept from another one.
        return issued >= expected.attempt.started.timeIntervalSince1970 - leeway ? nil : .expired
    }

    /// At most 255 ASCII characters (Core, section 2), of which none is a control character.
    private static func isSubject(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}
