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
    let limits: RequestLimits
    let announcements: AnnouncementBoard

    /// Answers a request for a route.
    func respond(_ request: Request, _ context: WebContext, route: Route) async -> Response {
        var visitor: Visitor?
        let announcement = await announcements.current(logger: context.logger)
        do {
            if let announcement, announcement.closes, case .signature = route.access, route.answer == .upload {
                throw Refusal(closed: announcement)
            }
            if case .signature(let handler) = route.access {
                // The signature alone decides. Who asks changes only what an error looks like, so a failure to find
                // out is none.
                visitor = try? await self.visitor(of: request)
                return try await handler(call(request, context, announcement, visitor: visitor, form: .none))
            }
            visitor = try await self.visitor(of: request)
            if let visitor { try limits.take(account: visitor.account.id) }
            if let announcement, announcement.closes, !route.staysOpen, visitor?.isAdministrator != true {
                throw Refusal(closed: announcement)
            }
            let form = try await form(of: request, visitor: visitor, route: route)
            let call = call(request, context, announcement, visitor: visitor, form: form)
            var response = try await admit(call, to: route)
            if call.formToken.isNew, response.isPage {
                cookie.set(formToken: call.formToken.value, on: &response)
            }
            if call.notice != nil, response.isPage { cookie.clearNotice(on: &response) }
            return response
        } catch {
            let call = call(request, context, announcement, visitor: visitor, form: .none)
            if error is Throttled { await noteThrottling(call, route) }
            return errors.answer(error, call, route: route)
        }
    }

    /// The request was refused already; that this cannot be noted changes nothing for who asks.
    private func noteThrottling(_ call: Call, _ route: Route) async {
        let account = call.visitor?.account.id
        guard limits.isNoteworthy("\(account?.rawValue ?? "") \(call.networkAddress) \(route.path)") else {
            return
        }
        do {
            try await services.record(.throttled, call, by: account, detail: route.path)
        } catch {
            call.context.logger.error("throttling not noted", metadata: ["error": "\(error)"])
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
        return Visitor(
            account: account,
            session: session,
            token: token,
            asked: asked,
            isAdministrator: try await services.administrators.include(account)
        )
    }

    /// An answer that tells of an error before any route was found.
    func refuse(_ error: any Error, _ request: Request, _ context: WebContext) async -> Response {
        // Who asks only decides what the header of the page shows, so a failure to find out is none.
        let visitor = try? await visitor(of: request)
        let announcement = await announcements.current(logger: context.logger)
        return errors.answer(error, call(request, context, announcement, visitor: visitor, form: .none), route: nil)
    }

    private func form(of request: Request, visitor: Visitor?, route: Route) async throws -> FormFields {
        guard request.method == .post else { return .none }
        let form = try await FormFields(body: request, limit: settings.formBytes)
        // A form of a page that is older than the end of the session, which does nothing without one.
        if visitor == nil, route.needsSession, FormToken.isFromUs(request, origin: settings.publicOrigin) {
            throw GASError(.unauthenticated, "You are not signed in any more. Please sign in first.")
        }
        try FormToken.check(
            form,
            visitor: visitor,
            request: request,
            cookie: cookie,
            origin: settings.publicOrigin
        )
        return form
    }

    private func call(
        _ request: Request, _ context: WebContext, _ announcement: Announcement?, visitor: Visitor?, form: FormFields
    ) -> Call {
        Call(
            request: request,
            context: context,
            visitor: visitor,
            form: form,
            announcement: announcement,
            formToken: FormToken(for: visitor, request: request, cookie: cookie),
            cookie: cookie
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
