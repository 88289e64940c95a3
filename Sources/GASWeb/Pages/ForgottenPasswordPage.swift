import Foundation
import GAS
import GASIdentity
import HTTPTypes
import Hummingbird
import Logging

/// `/password`, which sends a link to who has forgotten their password, and `/password/new`, where the link leads.
struct ForgottenPasswordPage: Sendable {
    let pages: PageRenderer
    let services: WebServices
    let sessions: Sessions
    let door: SessionDoor
    let limit: ResetLimit
    let throttle: SignInGuard

    private struct Request {
        let email: String
        let problem: String?
        /// Where a mail has gone to, if there is an account.
        let sentTo: String?
    }

    private struct Choice {
        /// `nil` when the link does not work.
        let email: String?
        let token: String
        let shortestPassword: Int
        let problem: String?
    }

    /// Asks for the address.
    func show(_ call: Call) -> Response { request(call) }

    /// Announces that a link is wanted. For an address that nobody has the same is done: the worker that takes the
    /// announcement finds no account. So neither the answer nor its time tells who has one.
    func ask(_ call: Call) async throws -> Response {
        let form = ProfileForm(name: "", email: call.form["email"], institution: "")
        if let problem = form.problems[.email] { return request(call, problem: problem, status: .badRequest) }
        try limit.take(form.email, call)
        let account = try await services.accounts.localAccount(email: form.email)?.account.id
        try await services.record(.passwordResetAsked, call, by: nil, about: account)
        try await services.accountNotices.publish(
            AccountNotice(.passwordForgotten, to: account ?? AccountID()).encoded())
        return request(call, sentTo: form.email)
    }

    /// Asks for the new password, and changes nothing yet: mail programs open links by themselves.
    func open(_ call: Call) async throws -> Response {
        let account = try await services.passwordReset.account(token: call.query["token"])
        return choice(
            call, account, token: call.query["token"], problem: nil, status: account == nil ? .notFound : .ok)
    }

    /// Replaces the password and ends all sessions; before, so that a crash in between leaves none, and after, for those
    /// that began meanwhile.
    func choose(_ call: Call) async throws -> Response {
        let token = call.form["token"]
        guard let account = try await services.passwordReset.account(token: token) else {
            return choice(call, nil, token: "", problem: nil, status: .badRequest)
        }
        let outcome = try await services.passwordReset.change(token: token, to: call.form["password"]) {
            try await services.record(.passwordChanged, call, by: nil, about: account.id, detail: "by a mailed link")
            try await endSessions(of: account, call)
        }
        switch outcome {
        case .refused(let problem):
            return choice(call, account, token: token, problem: problem, status: .badRequest)
        case .worthless:
            return choice(call, nil, token: "", problem: nil, status: .badRequest)
        case .changed:
            try await endSessions(of: account, call)
            throttle.forgive(email: account.email, call)
            call.context.logger.notice("password changed by a mailed link", metadata: ["user_id": "\(account.id)"])
            try await services.accountNotices.publish(AccountNotice(.passwordChanged, to: account.id).encoded())
            return call.seeOther("/login", telling: .password)
        }
    }

    private func endSessions(of account: Account, _ call: Call) async throws {
        for session in try await sessions.sessions(of: account.id) { try await door.end(session, call) }
    }

    private func request(
        _ call: Call, problem: String? = nil, sentTo: String? = nil, status: HTTPResponse.Status = .ok
    ) -> Response {
        pages.page(
            "forgotten", title: "Forgotten password", call,
            content: Request(email: call.form["email"], problem: problem, sentTo: sentTo), status: status)
    }

    private func choice(
        _ call: Call, _ account: Account?, token: String, problem: String?, status: HTTPResponse.Status
    ) -> Response {
        pages.page(
            "newpassword", title: "Choose a new password", call,
            content: Choice(
                email: account?.email, token: token, shortestPassword: services.localAccounts.rules.shortest,
                problem: problem),
            status: status)
    }
}
