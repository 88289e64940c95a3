import Foundation
import GAS
import GASIdentity
import Hummingbird
import Logging

/// `/profile/delete`: the end of an account.
struct DeletionPage: Sendable {
    let pages: PageRenderer
    let services: WebServices
    let throttle: SignInGuard
    let cookie: SessionCookie

    private struct Content {
        let isLocal: Bool
        /// What has to be typed where there is no password.
        let phrase: String
        let problem: String?
        let jobs: String
        let isPremium: Bool
        let price: String?
    }

    /// Says what will be gone, and asks for proof.
    func show(_ call: Call, _ visitor: Visitor) async throws -> Response {
        try await form(call, visitor, problem: nil)
    }

    /// Deletes the account and what belongs to it. What cannot be removed in this moment is left to the sweeper; the
    /// account itself is gone when the answer is sent.
    func delete(_ call: Call, _ visitor: Visitor) async throws -> Response {
        if let problem = try await problem(call, visitor) { return try await form(call, visitor, problem: problem) }
        let sessions = try await services.sessions.sessions(of: visitor.account.id)
        _ = try await services.deletion.begin(visitor.account, from: call.networkAddress)
        call.context.logger.notice("account deleted", metadata: ["user_id": "\(visitor.account.id)"])
        do {
            try await services.deletion.purge(visitor.account.id)
        } catch {
            call.context.logger.error(
                "account not purged, left to the sweeper",
                metadata: ["user_id": "\(visitor.account.id)", "error": "\(error)"])
        }
        await revokeTokens(of: sessions, call)
        var response = pages.page(
            "deleted", title: "Your account is deleted", call.signedOut, content: [String: String]())
        cookie.clear(on: &response)
        return response
    }

    /// What an identity provider gave for the sessions is gone from here already; it is made worthless there too, if the
    /// provider answers.
    private func revokeTokens(of sessions: [Session], _ call: Call) async {
        do {
            for session in sessions { try await services.signIns.revokeTokens(of: session) }
        } catch {
            call.context.logger.warning("tokens were not revoked", metadata: ["error": "\(error)"])
        }
    }

    /// Trying a password here is counted as signing in is.
    private func problem(_ call: Call, _ visitor: Visitor) async throws -> String? {
        let account = visitor.account
        guard try await services.localAccounts.isLocal(account) else {
            return call.form["phrase"].trimmingCharacters(in: .whitespaces).lowercased() == Self.phrase(account)
                ? nil : "Please type exactly what is asked for."
        }
        let isRight = try await throttle.attempt(email: account.email, call, isRight: { $0 }) {
            try await services.localAccounts.confirms(call.form["password"], of: account)
        }
        return isRight ? nil : "This is not your current password."
    }

    private static func phrase(_ account: Account) -> String {
        account.email.isEmpty ? "delete" : account.email.lowercased()
    }

    private func form(_ call: Call, _ visitor: Visitor, problem: String?) async throws -> Response {
        let account = visitor.account
        let counts = try await services.jobs.counts(of: account.id)
        return pages.page(
            "delete",
            title: "Delete your account",
            call,
            content: Content(
                isLocal: try await services.localAccounts.isLocal(account),
                phrase: Self.phrase(account),
                problem: problem,
                jobs: Wording.count(counts.values.reduce(0, +), "annotation"),
                isPremium: account.role == .premium,
                price: services.subscriptions.price
            ),
            section: .profile,
            status: problem == nil ? .ok : .badRequest
        )
    }
}

extension Call {
    /// The same request of somebody who is not signed in any more.
    var signedOut: Call {
        Call(
            request: request, context: context, visitor: nil, form: .none, announcement: announcement,
            formToken: formToken, cookie: cookie)
    }
}
