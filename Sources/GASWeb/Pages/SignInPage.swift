import Foundation
import GAS
import GASIdentity
import HTTPTypes
import Hummingbird
import Logging

/// `/login` and `/logout`.
struct SignInPage: Sendable {
    let pages: PageRenderer
    let services: WebServices
    let door: SessionDoor
    let throttle: SignInGuard
    /// Whether people can sign in with a password of ours.
    let isLocal: Bool

    private struct Content {
        let email: String
        let next: String
        let nextQuery: String
        let problem: String?
        let isLocal: Bool
        let hasProviders: Bool
        let providers: [Provider]
    }

    private struct Provider {
        let name: String
        let title: String
        /// Whether there is no other way to sign in.
        let isAlone: Bool
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
            try await services.localAccounts.signIn(email: email, password: call.form["password"])
        }
        guard let account else {
            call.context.logger.notice("sign-in refused")
            let owner = try await services.accounts.localAccount(email: LocalAccounts.signInName(email))?.account
            try await services.record(.signInFailed, call, by: nil, about: owner?.id, detail: "password")
            return form(call, next: next, problem: "E-mail address or password is wrong.", status: .unauthorized)
        }
        return try await door.enter(account, call, next: next, through: "password")
    }

    /// Ends the session.
    func signOut(_ call: Call, _ visitor: Visitor) async throws -> Response {
        try await door.leave(visitor, call)
    }

    func form(_ call: Call, next: String, problem: String?, status: HTTPResponse.Status) -> Response {
        let providers = services.signIns.providers
        return pages.page(
            "login",
            title: "Sign in",
            call,
            content: Content(
                email: call.form["email"],
                next: next,
                nextQuery: PercentEncoding.encode(next),
                problem: problem,
                isLocal: isLocal,
                hasProviders: !providers.isEmpty,
                providers: providers.map {
                    Provider(name: $0.name, title: $0.title, isAlone: !isLocal && providers.count == 1)
                }
            ),
            status: status
        )
    }

    static func next(_ text: String) -> String { SafeRedirect.target(text, fallback: "/annotations") }
}
