import GAS
import GASIdentity
import Hummingbird
import Logging

/// `/profile/password`: another password, for who knows the current one.
struct PasswordPage: Sendable {
    let pages: PageRenderer
    let services: WebServices
    let throttle: SignInGuard
    let sessions: Sessions
    let door: SessionDoor

    private struct Content {
        /// Whether there is a password at all.
        let isLocal: Bool
        let email: String
        let provider: String
        let shortestPassword: Int
        let passwordProblem: String?
        let newPasswordProblem: String?
    }

    /// Shows the form, or says where the person's password is.
    func show(_ call: Call, _ visitor: Visitor) async throws -> Response {
        page(call, visitor, problems: [:])
    }

    /// Replaces the password, ends all other sessions, and tells the owner by mail. Trying the current password is
    /// counted as signing in is.
    func change(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let account = visitor.account
        guard account.identity == nil else { return page(call, visitor, problems: [:], status: .badRequest) }
        let problems = try await throttle.attempt(email: account.email, call, isRight: { $0[.password] == nil }) {
            try await services.localAccounts.changePassword(
                of: account, from: call.form["password"], to: call.form["new-password"]
            ) {
                try await services.record(.passwordChanged, call, by: account.id)
                try await endOthers(call, visitor)
            }
        }
        guard problems.isEmpty else { return page(call, visitor, problems: problems, status: .badRequest) }
        try await endOthers(call, visitor)
        call.context.logger.notice("password changed", metadata: ["user_id": "\(account.id)"])
        try await services.accountNotices.publish(AccountNotice(.passwordChanged, to: account.id).encoded())
        return call.seeOther("/profile", telling: .password)
    }

    /// Before the change, so that a crash in between leaves none, and after it, for those that began meanwhile.
    private func endOthers(_ call: Call, _ visitor: Visitor) async throws {
        for session in try await sessions.sessions(of: visitor.account.id)
        where session.tokenHash != visitor.session.tokenHash {
            try await services.record(.sessionRevoked, call, by: visitor.account.id, detail: "another password")
            try await door.end(session, call)
        }
    }

    private func page(
        _ call: Call, _ visitor: Visitor, problems: FieldProblems, status: HTTPResponse.Status = .ok
    ) -> Response {
        pages.page(
            "password",
            title: "Change your password",
            call,
            content: Content(
                isLocal: visitor.account.identity == nil,
                email: visitor.account.email,
                provider: services.signIns.provider(of: visitor.session)?.title ?? "another service",
                shortestPassword: services.localAccounts.rules.shortest,
                passwordProblem: problems[.password],
                newPasswordProblem: problems[.newPassword]
            ),
            section: .profile,
            status: status
        )
    }
}
