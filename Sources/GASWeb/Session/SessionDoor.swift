import GAS
import GASIdentity
import HTTPTypes
import Hummingbird
import Logging

/// Begins and ends sessions: in the store and in the browser.
struct SessionDoor: Sendable {
    let sessions: Sessions
    let cookie: SessionCookie
    let lifetime: Double
    let services: WebServices

    /// A session that has just begun.
    struct Entry: Sendable {
        let response: Response
        /// What the browser is given.
        let token: String
    }

    /// Begins a session for somebody who has just proved who they are. A session that the browser had before ends: its
    /// token may be known to somebody else.
    /// - Parameters:
    ///   - way: how they proved it, for the audit log.
    ///   - sealedTokens: what an identity provider gave, sealed.
    func enter(
        _ account: Account, _ call: Call, next: String, through way: String, sealedTokens: String? = nil
    ) async throws -> Entry {
        if let old = cookie.token(in: call.request) { try await sessions.end(token: old) }
        try await services.record(.signIn, call, by: account.id, detail: way)
        let (token, _) = try await sessions.begin(
            for: account.id,
            userAgent: call.request.headers[.userAgent] ?? "",
            sealedTokens: sealedTokens
        )
        call.context.logger.notice("signed in", metadata: ["user_id": "\(account.id)"])
        var response = Response.seeOther(next)
        cookie.set(token: token, lifetime: lifetime, on: &response)
        return Entry(response: response, token: token)
    }

    /// Ends the session here, and what the provider gave for it; who came through a provider goes on to sign out there.
    func leave(_ visitor: Visitor, _ call: Call) async throws -> Response {
        try await services.record(.signOut, call, by: visitor.account.id)
        try await end(visitor.session, call)
        call.context.logger.notice("signed out", metadata: ["user_id": "\(visitor.account.id)"])
        let provider = services.signIns.provider(of: visitor.session)
        var response = Response.seeOther(provider.map { "/logout/\($0.name)" } ?? "/")
        cookie.clear(on: &response)
        return response
    }

    /// Ends a session on every server. Its tokens go with it; that the provider cannot be told does not keep it alive.
    func end(_ session: Session, _ call: Call) async throws {
        try await sessions.end(session)
        do {
            try await services.signIns.revokeTokens(of: session)
        } catch let failure as SignInFailure {
            call.context.logger.warning("tokens were not revoked", metadata: ["error": "\(failure)"])
            let name = services.signIns.provider(of: session)?.name ?? ""
            try await services.record(
                .providerError, call, by: session.accountID, detail: "\(name): tokens were not revoked")
        }
    }
}
