import AsyncHTTPClient
import Foundation
import GAS

/// Signs people in at an OpenID provider: OpenID Connect Core 1.0 with the authorization code flow, PKCE (RFC 7636), state
/// and nonce, as the best current practice says (RFC 9700).
public struct OpenIDProvider: IdentityProvider {
    private let settings: OpenIDSettings
    private let clock: any WallClock
    private let connection: ProviderConnection
    private let metadata: Fetched<ProviderMetadata>
    private let keys: KeySet

    /// Prepares a provider; it is asked about itself when somebody signs in first.
    /// - Parameter http: should be configured as `HTTPClient.Configuration.identityProviders`.
    public init(settings: OpenIDSettings, http: HTTPClient, clock: any WallClock) {
        self.settings = settings
        self.clock = clock
        let connection = ProviderConnection(settings: settings, http: http)
        self.connection = connection
        let metadata = Fetched(pace: settings.pace, clock: clock) {
            let metadata = try await connection.document(
                ProviderMetadata.address(of: settings.issuer), as: ProviderMetadata.self)
            if let flaw = metadata.flaw(expecting: settings.issuer) {
                throw SignInFailure(.metadata, at: settings.title, detail: flaw)
            }
            return metadata
        }
        self.metadata = metadata
        keys = KeySet(
            Fetched(pace: settings.pace, clock: clock) {
                try await connection.document(try await metadata.copy().value.keys, as: JSONWebKeySet.self)
            }, provider: settings.title)
    }

    /// As the settings say.
    public var name: String { settings.name }

    /// As the settings say.
    public var title: String { settings.title }

    /// Makes state, nonce and verifier.
    public func begin(returningTo redirect: String) async throws -> SignInStart {
        let endpoint = try await metadata.copy().value.authorizationEndpoint
        let attempt = AuthorizationRequest.attempt(at: clock.now)
        let request = AuthorizationRequest(settings: settings, attempt: attempt, redirect: redirect)
        return SignInStart(address: request.address(at: endpoint), attempt: attempt)
    }

    /// Redeems the code, and makes sure of the ID token.
    public func finish(
        _ answer: SignInAnswer, of attempt: SignInAttempt, returningTo redirect: String
    ) async throws -> Voucher {
        let metadata = try await metadata.copy().value
        let isMissing = answer.issuer.isEmpty && metadata.namesIssuer == true
        guard !isMissing, answer.issuer.isEmpty || answer.issuer == settings.issuer else {
            throw SignInFailure(.mixUp, at: title)
        }
        if let reason = Self.reason(of: answer.error) { throw SignInFailure(reason, at: title) }
        guard !answer.code.isEmpty else { throw SignInFailure(.unreadable, at: title, detail: "no code") }
        let tokens = try await TokenEndpoint(connection: connection, metadata: metadata).redeem(
            answer.code, verifier: attempt.verifier, redirect: redirect)
        let proof = try await IDToken(
            tokens.id, keys: keys,
            expecting: .init(
                settings: settings, metadata: metadata, attempt: attempt, accessToken: tokens.access, now: clock.now))
        return Voucher(
            identity: Identity(issuer: settings.issuer, subject: proof.subject), details: proof.claims.details,
            tokens: ProviderTokens(access: tokens.access, refresh: tokens.refresh))
    }

    /// Asks the userinfo endpoint, when the ID token lacks something and there is one (Core, section 5.3).
    public func details(of voucher: Voucher) async throws -> PersonalDetails {
        var details = voucher.details
        guard details.name.isEmpty || details.email == nil,
            let endpoint = try await metadata.copy().value.userinfoEndpoint
        else { return details }
        let claims = try await connection.document(endpoint, bearer: voucher.tokens.access, as: PersonalClaims.self)
        guard claims.areAbout(voucher.identity.subject) else { throw SignInFailure(.otherPerson, at: title) }
        let more = claims.details
        if details.name.isEmpty { details.name = more.name }
        if details.email == nil { details.email = more.email }
        if details.institution.isEmpty { details.institution = more.institution }
        return details
    }

    /// Revokes the refresh token first: while it is good, it makes further access tokens.
    public func revoke(_ tokens: ProviderTokens) async throws {
        let metadata = try await metadata.copy().value
        let globus = settings.preset == .globus ? issuerAddress + "/v2/oauth2/token/revoke" : nil
        guard let address = metadata.revocationEndpoint ?? globus else { return }
        let endpoint = TokenEndpoint(connection: connection, metadata: metadata)
        if let refresh = tokens.refresh { try await endpoint.revoke(refresh, kind: "refresh_token", at: address) }
        try await endpoint.revoke(tokens.access, kind: "access_token", at: address)
    }

    /// The end-session endpoint (OpenID Connect RP-Initiated Logout 1.0), without `id_token_hint`: no token is shown to the
    /// browser. Globus Auth has a page of its own (https://docs.globus.org/api/auth/developer-guide/#logout).
    public func signOutPage(returningTo address: String) async throws -> String? {
        if settings.preset == .globus {
            let query = FormEncoding.encode([
                ("client_id", settings.clientID), ("redirect_uri", address),
                ("redirect_name", "Genomics Annotation Service"),
            ])
            return issuerAddress + "/v2/web/logout?" + query
        }
        guard let endpoint = try await metadata.copy().value.endSessionEndpoint else { return nil }
        let query = FormEncoding.encode([
            ("client_id", settings.clientID), ("post_logout_redirect_uri", address),
        ])
        return endpoint + (endpoint.contains("?") ? "&" : "?") + query
    }

    /// What an error means (RFC 6749, section 4.1.2.1). Whoever sends the browser here chooses the text, so it is not kept.
    private static func reason(of error: String) -> SignInFailure.Reason? {
        switch error {
        case "": nil
        case "server_error", "temporarily_unavailable": .unreachable
        case "invalid_request", "unauthorized_client", "unsupported_response_type", "invalid_scope": .client
        default: .declined
        }
    }

    private var issuerAddress: String {
        settings.issuer.hasSuffix("/") ? String(settings.issuer.dropLast()) : settings.issuer
    }
}

extension OpenIDSettings {
    fileprivate var pace: FetchPace {
        FetchPace(lifetime: metadataSeconds, pause: keyPauseSeconds, retry: retrySeconds)
    }
}
