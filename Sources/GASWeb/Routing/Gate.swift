import Foundation
import GAS
import GASIdentity
import HTTPTypes
import Hummingbird
import Logging

/// Stands before every route: finds out who asks, checks that a posted form is ours, applies the route's rule, and
/// turns errors into answers.
struct Gate: Sendable {
    let settings: WebSettings
    let services: WebServices
    let sessions: Sessions
    let cookie: SessionCookie
    let errors: ErrorAnswers

    /// Answers a request for a route.
    func respond(_ request: Request, _ context: WebContext, route: Route) async -> Response {
        var visitor: Visitor?
        do {
            if case .signature(let handler) = route.access {
                // The signature alone decides. Who asks changes only what an error looks like, so a failure to find
                // out is none.
                visitor = try? await self.visitor(of: request)
                return try await handler(call(request, context, visitor: visitor, form: .none))
            }
            visitor = try await self.visitor(of: request)
            let form = try await form(of: request, visitor: visitor)
            let call = call(request, context, visitor: visitor, form: form)
            var response = try await admit(call, to: route)
            if call.formToken.isNew, response.isPage {
                cookie.set(formToken: call.formToken.value, on: &response)
            }
            return response
        } catch {
            return errors.answer(error, call(request, context, visitor: visitor, form: .none), route: route)
        }
    }

    /// Who sent the request. One that a page makes by itself does not keep the session alive.
    func visitor(of request: Request) async throws -> Visitor? {
        let asked = services.clock.now
        guard let token = cookie.token(in: request),
            let session = try await sessions.session(
                token: token,
                touching: request.headers[.gasLive] == nil
            ),
            let account = try await services.accounts.account(session.accountID),
            settings.hasLocalAccounts || account.identity != nil
        else { return nil }
        return Visitor(account: account, session: session, token: token, asked: asked)
    }

    private func form(of request: Request, visitor: Visitor?) async throws -> FormFields {
        guard request.method == .post else { return .none }
        let form = try await FormFields(body: request, limit: settings.formBytes)
        try FormToken.check(
            form,
            visitor: visitor,
            request: request,
            cookie: cookie,
            origin: settings.publicOrigin
        )
        return form
    }

    private func admit(_ call: Call, to route: Route) async throws -> Response {
        switch route.access {
        case .anyone(let handler), .signature(let handler):
            return try await handler(call)
        case .signedIn(let handler):
            return try await handler(call, try signedIn(call))
        case .owner(let handler):
            let visitor = try signedIn(call)
            guard let job = try await job(call) else {
                throw GASError(.notFound, "There is no such annotation.")
            }
            guard job.userID == visitor.account.id else {
                throw GASError(.forbidden, "Not authorized to view this job")
            }
            return try await handler(call, visitor, job)
        }
    }

    private func signedIn(_ call: Call) throws -> Visitor {
        guard let visitor = call.visitor else { throw GASError(.unauthenticated, "Please sign in first.") }
        return visitor
    }

    private func job(_ call: Call) async throws -> Job? {
        guard let text = call.context.parameters.get("id"), UUID(uuidString: text) != nil else { return nil }
        return try await services.jobs.job(JobID(rawValue: text.lowercased()))
    }

    private func call(_ request: Request, _ context: WebContext, visitor: Visitor?, form: FormFields) -> Call {
        Call(
            request: request,
            context: context,
            visitor: visitor,
            form: form,
            formToken: FormToken(for: visitor, request: request, cookie: cookie)
        )
    }
}

extension HTTPField.Name {
    /// Sent by our own scripts with requests that nobody asked for.
    static let gasLive = HTTPField.Name("Gas-Live")!
}

extension Response {
    /// Whether it is a page, on which there may be forms.
    var isPage: Bool { headers[.contentType]?.hasPrefix("text/html") ?? false }

    /// Sends the browser to another address, to be fetched with GET.
    static func seeOther(_ location: String) -> Response {
        Response(status: .seeOther, headers: [.location: location])
    }
}
