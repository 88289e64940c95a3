import GAS
import GASIdentity
import Hummingbird

/// The part of `/profile` about signing in: where somebody is signed in, and how to end that.
struct SessionsSection: Sendable {
    let services: WebServices
    let sessions: Sessions
    let door: SessionDoor

    /// What the page shows.
    struct Content {
        /// Whether the person signs in here with a password.
        let isLocal: Bool
        /// What people call the provider through which the person came; `nil` for a local account.
        let provider: String?
        let isWelcome: Bool
        let lacksAddress: Bool
        let isConfirming: Bool
        let isConfirmed: Bool
        let hasEnded: Bool
        let hasOthers: Bool
        let sessions: [Entry]
    }

    /// One session.
    struct Entry {
        let handle: String
        let browser: String
        let since: Moment
        let lastSeen: Moment
        let isCurrent: Bool
    }

    /// What there is to show.
    func content(_ call: Call, _ visitor: Visitor) async throws -> Content {
        let (account, notice) = (visitor.account, call.notice)
        let sessions = try await sessions.sessions(of: account.id)
        return Content(
            isLocal: account.identity == nil,
            provider: account.identity.map { _ in
                services.signIns.provider(of: visitor.session)?.title ?? "another service"
            },
            isWelcome: notice == .welcome,
            lacksAddress: account.email.isEmpty,
            isConfirming: notice == .confirm,
            isConfirmed: notice == .confirmed,
            hasEnded: notice == .ended,
            hasOthers: sessions.count > 1,
            sessions: sessions.map {
                Entry(
                    handle: $0.handle, browser: BrowserName.text(userAgent: $0.userAgent), since: Moment($0.created),
                    lastSeen: Moment($0.lastSeen), isCurrent: $0.tokenHash == visitor.session.tokenHash)
            })
    }

    /// Ends one session of the person's, or all but the one in which this was asked.
    func end(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let handle = call.form["session"]
        if handle == visitor.session.handle { return try await door.leave(visitor, call) }
        let others = try await sessions.sessions(of: visitor.account.id).filter {
            $0.tokenHash != visitor.session.tokenHash && (handle == "others" || $0.handle == handle)
        }
        for session in others {
            try await services.record(.sessionRevoked, call, by: visitor.account.id)
            try await door.end(session, call)
        }
        return call.seeOther("/profile", telling: .ended, part: "sessions")
    }
}
