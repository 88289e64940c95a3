import GAS
import GASIdentity
import HTTPTypes
import Hummingbird
import Logging

/// `/login/{provider}`, to which the sign-in page leads, its callback, to which the provider leads back, and the page
/// on the way to signing out there.
struct ProviderSignInPage: Sendable {
    let pages: PageRenderer
    let services: WebServices
    let door: SessionDoor
    let signInPage: SignInPage
    let throttle: SignInGuard

    /// Sends the browser to the provider. Nothing is kept here, so this needs no form: what must be remembered is in the
    /// cookie.
    func begin(_ call: Call) async throws -> Response {
        let provider = try provider(call)
        let next = SignInPage.next(call.query["next"])
        guard call.visitor == nil else { return .seeOther(next) }
        do {
            let (address, cookie) = try await services.signIns.begin(at: provider, next: next)
            var response = Response.seeOther(address)
            door.cookie.set(journey: cookie, lifetime: services.signIns.cookieSeconds, on: &response)
            return response
        } catch let failure as SignInFailure {
            return try await refuse(failure, at: provider, call, next: next)
        }
    }

    /// Takes the provider's answer, and lets the person in.
    func finish(_ call: Call) async throws -> Response {
        let provider = try provider(call)
        do {
            let arrival = try await throttle.attemptAtProvider(call) {
                try await services.signIns.finish(
                    at: provider, answer(call), cookie: door.cookie.journey(in: call.request))
            }
            if arrival.isNew {
                try await services.record(
                    .accountCreated, call, by: arrival.account.id, detail: "provider \(provider.name)")
            }
            let lacksAddress = arrival.account.email.isEmpty
            let next = arrival.isNew ? "/profile?welcome=1" : lacksAddress ? "/profile" : arrival.next
            var response = try await door.enter(
                arrival.account, call, next: next, through: provider.name, sealedTokens: arrival.sealedTokens
            ).response
            door.cookie.clearJourney(on: &response)
            if arrival.isNew { call.tell(.welcome, on: &response) }
            return response
        } catch let failure as SignInFailure {
            return try await refuse(failure, at: provider, call)
        }
    }

    private struct Farewell {
        let title: String
        let address: String
    }

    /// Says that the session here has ended, and leads on to the provider's own page for signing out.
    ///
    /// The page is in between because browsers hold a form to the addresses that its page allows (`form-action`), also
    /// when the answer to it leads elsewhere.
    func leave(_ call: Call) async throws -> Response {
        let provider = try provider(call)
        guard call.visitor == nil else { return .seeOther("/") }
        do {
            guard let address = try await services.signIns.signOutPage(of: provider) else { return .seeOther("/") }
            return pages.page(
                "signedout", title: "Signed out", call, content: Farewell(title: provider.title, address: address))
        } catch let failure as SignInFailure {
            call.context.logger.warning("no sign-out at the provider", metadata: ["error": "\(failure)"])
            return .seeOther("/")
        }
    }

    private func provider(_ call: Call) throws -> any IdentityProvider {
        guard let provider = call.context.parameters.get("provider").flatMap(services.signIns.provider) else {
            throw HTTPError(.notFound)
        }
        return provider
    }

    private func answer(_ call: Call) -> SignInAnswer {
        let query = call.query
        return SignInAnswer(
            state: query["state"], code: query["code"], issuer: query["iss"], error: query["error"])
    }

    /// Tells the person, the log and the audit log.
    private func refuse(
        _ failure: SignInFailure, at provider: any IdentityProvider, _ call: Call, next: String = SignInPage.next("")
    ) async throws -> Response {
        call.context.logger.log(
            level: failure.isProviderFault ? .error : .notice, "sign-in at a provider failed",
            metadata: ["error": "\(failure)"])
        try await services.record(
            failure.auditKind, call, by: nil, detail: "\(provider.name): \(failure.reason.rawValue)")
        let quote =
            failure.isProviderFault && !failure.isPassing
            ? " If you write to us about it, please quote \(call.context.requestID)." : ""
        var response = signInPage.form(call, next: next, problem: failure.message + quote, status: failure.status)
        // What it holds was used, or is worthless; but a browser with two sign-ins under way keeps the other one.
        if failure.reason != .state, failure.reason != .notBegun { door.cookie.clearJourney(on: &response) }
        return response
    }
}

extension SignInFailure {
    /// Under which kind it is noted: as somebody's failure to sign in, or as that of the provider to answer properly.
    package var auditKind: AuditKind {
        switch reason {
        case .unreachable, .metadata, .client, .unreadable: .providerError
        default: .signInFailed
        }
    }

    package var status: HTTPResponse.Status {
        switch reason {
        case .declined: .forbidden
        case .unreachable: .serviceUnavailable
        default: isProviderFault ? .badGateway : .badRequest
        }
    }
}
