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
        let isPasswordNew: Bool
        /// Whether something was sent by somebody who is not signed in any more.
        let isSignedOut: Bool
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
        let proof = try await throttle.attempt(email: email, call, isRight: { $0 != nil }) {
            try await services.localAccounts.prove(email: email, password: call.form["password"])
        }
        guard let proof else { return try await refuse(email, call, next: next) }
        let entered = try await door.enter(proof.account, call, next: next, through: "password")
        // Who changes a password ends all sessions. This one may have begun just after that, with the old password.
        guard try await services.localAccounts.holds(proof) else {
            try await door.sessions.end(token: entered.token)
            return try await refuse(email, call, next: next)
        }
        return entered.response
    }

    private func refuse(_ email: String, _ call: Call, next: String) async throws -> Response {
        call.context.logger.notice("sign-in refused")
        let owner = try await services.accounts.localAccount(email: LocalAccounts.signInName(email))?.account
        try await services.record(.signInFailed, call, by: nil, about: owner?.id, detail: "password")
        return form(call, next: next, problem: "E-mail address or password is wrong.", status: .unauthorized)
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
                isPasswordNew: isLocal && call.notice == .password,
                isSignedOut: call.notice == .signedOut,
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
