import AsyncHTTPClient
import Foundation
import GAS
import GASIdentity
import GASTesting
import GASWeb
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ProviderStage
import Testing

/// A site at which people sign in with a provider that a test directs.
struct ProviderSite: Sendable {
    let stage: ProviderStage
    let site: TestSite
    let lines: LogLines
    let client: any TestClientProtocol

    /// Runs a test at a site of its own.
    /// - Parameters:
    ///   - script: what the provider does from the beginning.
    ///   - change: of how the site uses it.
    static func open(
        _ script: @escaping @Sendable (inout Script) -> Void = { _ in },
        settings change: @escaping @Sendable (inout OpenIDSettings) -> Void = { _ in },
        web: @escaping @Sendable (inout WebSettings) -> Void = { _ in },
        others: [any IdentityProvider] = [],
        _ body: @escaping @Sendable (ProviderSite) async throws -> Void
    ) async throws {
        let clock = ManualClock()
        let stage = ProviderStage(clock: clock)
        stage.play(script)
        try await stage.serve {
            let http = HTTPClient(
                eventLoopGroupProvider: .singleton, configuration: .identityProviders(authorities: nil))
            var settings = stage.settings()
            settings.timeoutSeconds = 1
            change(&settings)
            let provider = OpenIDProvider(settings: settings, http: http, clock: clock)
            let lines = LogLines()
            do {
                let site = try await TestSite(
                    providers: [provider] + others, clock: clock, logger: lines.logger, change: web)
                try await site.visit { client in
                    try await body(ProviderSite(stage: stage, site: site, lines: lines, client: client))
                }
            } catch {
                try await http.shutdown()
                throw error
            }
            try await http.shutdown()
        }
    }

    /// A browser on its way to the provider.
    struct Journey: Sendable {
        /// Where it was sent.
        let address: String
        let cookie: String

        var headers: HTTPFields { [.cookie: "__Host-gas-sign-in=\(cookie)"] }
    }

    /// Clicks on the provider's name.
    func leave(next: String = "/annotate") async throws -> Journey {
        let response = try await client.get("/login/campus?next=\(next.formEncoded)")
        #expect(response.status == .seeOther, "\(response.text)")
        return Journey(
            address: try #require(response.location),
            cookie: try #require(response.cookie("__Host-gas-sign-in")))
    }

    /// Comes back from the provider.
    func comeBack(_ query: String, _ journey: Journey?) async throws -> TestResponse {
        try await client.get("/login/campus/callback?\(query)", headers: journey?.headers ?? [:])
    }

    /// Goes there, signs in, and comes back.
    func signIn(next: String = "/annotate") async throws -> TestResponse {
        let journey = try await leave(next: next)
        return try await comeBack(stage.consent(to: journey.address), journey)
    }

    /// Expects that a sign-in was refused: with a sentence, without a session, with one entry in the audit log, and without
    /// a secret in page or log.
    func expectRefusal(
        _ response: TestResponse, _ reason: SignInFailure.Reason, _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let failure = SignInFailure(reason, at: "Campus")
        #expect(response.status == failure.status, "\(response.text)", sourceLocation: location)
        #expect(response.text.contains(failure.message), "\(response.text)", sourceLocation: location)
        #expect(response.cookie("__Host-gas") == nil, sourceLocation: location)
        let entry = try await site.audit.entries(AuditFilter(), before: nil, limit: 1).first
        #expect(entry?.event.kind == failure.auditKind, sourceLocation: location)
        #expect(entry?.event.detail == "campus: \(reason.rawValue)", sourceLocation: location)
        expectNoSecrets(in: response, location)
    }

    /// Nothing of what only the provider and we may know is in an answer or in the log.
    func expectNoSecrets(in response: TestResponse, _ location: SourceLocation = #_sourceLocation) {
        let told = response.text + response.headers.map(\.value).joined() + lines.all.map { "\($0)" }.joined()
        for secret in [ProviderStage.clientSecret, ProviderStage.accessToken, ProviderStage.refreshToken] {
            #expect(!told.contains(secret), "\(secret)", sourceLocation: location)
        }
        // A signed token: by its dot, because the text of a random one may hold anything else.
        #expect(!told.contains(/eyJ[\w\-]+\./), sourceLocation: location)
    }

    /// The headers of somebody whom an answer has let in.
    func entered(_ response: TestResponse) throws -> HTTPFields {
        [.cookie: "__Host-gas=\(try #require(response.cookie("__Host-gas"), "\(response.text)"))"]
    }

    /// The only account.
    var account: Account? {
        get async throws {
            try await site.accounts.account(of: Identity(issuer: stage.issuer, subject: "248289761001"))
        }
    }
}
