import Foundation
import GAS
import GASIdentity
import HTTPTypes
import Hummingbird
import Logging

/// `/login` and `/logout`.
struct SignInPage: Sendable {
    let pages: PageRenderer
    let localAccounts: LocalAccounts
    let door: SessionDoor
    let throttle: SignInGuard

    private struct Content {
        let email: String
        let next: String
        let nextQuery: String
        let problem: String?
    }

    /// Shows the form, or goes on when somebody is signed in already.
    func show(_ call: Call) -> Response {
        let next = Self.next(call.query["next"])
        guard call.visitor == nil else { return .seeOther(next) }
        return form(call, next: next, problem: nil, status: .ok)
    }

    /// Checks e-mail and password.
    func signIn(_ call: Call) async throws -> Response {
        let (email, next) = (call.form["email"], Self.next(call.form["next"]))
        let account = try await throttle.attempt(email: email, call, isRight: { $0 != nil }) {
            try await localAccounts.signIn(email: email, password: call.form["password"])
        }
        guard let account else {
            call.context.logger.notice("sign-in refused")
            return form(call, next: next, problem: "E-mail address or password is wrong.", status: .unauthorized)
        }
        return try await door.enter(account, call, next: next)
    }

    /// Ends the session.
    func signOut(_ call: Call, _ visitor: Visitor) async throws -> Response {
        try await door.leave(visitor, call)
    }

    private func form(_ call: Call, next: String, problem: String?, status: HTTPResponse.Status) -> Response {
        pages.page(
            "login",
            title: "Sign in",
            call,
            content: Content(
                email: call.form["email"],
                next: next,
                nextQuery: PercentEncoding.encode(next),
                problem: problem
            ),
            status: status
        )
    }

    static func next(_ text: String) -> String { SafeRedirect.target(text, fallback: "/annotations") }
}
