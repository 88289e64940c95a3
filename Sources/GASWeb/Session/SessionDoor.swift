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

    /// Begins a session for somebody who has just proved who they are. A session that the browser had before ends: its
    /// token may be known to somebody else.
    func enter(_ account: Account, _ call: Call, next: String) async throws -> Response {
        if let old = cookie.token(in: call.request) { try await sessions.end(token: old) }
        let (token, _) = try await sessions.begin(
            for: account.id,
            userAgent: call.request.headers[.userAgent] ?? ""
        )
        call.context.logger.notice("signed in", metadata: ["user_id": "\(account.id)"])
        var response = Response.seeOther(next)
        cookie.set(token: token, lifetime: lifetime, on: &response)
        return response
    }

    /// Ends the session.
    func leave(_ visitor: Visitor, _ call: Call) async throws -> Response {
        try await sessions.end(token: visitor.token)
        call.context.logger.notice("signed out", metadata: ["user_id": "\(visitor.account.id)"])
        var response = Response.seeOther("/")
        cookie.clear(on: &response)
        return response
    }
}
