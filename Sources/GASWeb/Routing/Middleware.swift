import GAS
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging

/// Writes one line about each answer.
///
/// The line holds the path without its query, which may carry a signature or a token; of signed routes not even that,
/// since their paths hold file names.
struct RequestLog: RouterMiddleware {
    typealias Context = WebContext

    func handle(
        _ request: Request,
        context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response = try await next(request, context)
        response.headers[.requestID] = context.requestID
        let route = context.coreContext.endpointPath.value ?? ""
        WebMetrics.answered(request.method, route, response.status, in: ContinuousClock.now - start)
        let path = route.hasPrefix("/objects") ? route : String(request.uri.path.prefix(200))
        context.logger.log(
            level: Self.quietRoutes.contains(where: route.hasPrefix) ? .debug : .info,
            "request",
            metadata: [
                "method": "\(request.method.rawValue)", "path": "\(path)", "status": "\(response.status.code)",
                "milliseconds": "\((ContinuousClock.now - start).milliseconds)",
            ]
        )
        return response
    }

    private static let quietRoutes = ["/assets", "/healthz", "/readyz"]
}

/// Headers that every answer has, whatever went wrong.
struct SecurityHeaders: RouterMiddleware {
    typealias Context = WebContext

    private let fixed: HTTPFields

    init(settings: WebSettings) {
        fixed = Self.fields(settings)
    }

    static func fields(_ settings: WebSettings) -> HTTPFields {
        var fields: HTTPFields = [
            .xContentTypeOptions: "nosniff",
            .referrerPolicy: "same-origin",
            .crossOriginOpenerPolicy: "same-origin",
            .crossOriginResourcePolicy: "same-origin",
            .xFrameOptions: "DENY",
            .permissionsPolicy: "camera=(), geolocation=(), microphone=()",
        ]
        let isLoopback = ["localhost", "127.0.0.1", "[::1]"].contains(settings.publicHost)
        if settings.isPublicHTTPS, !isLoopback, settings.strictTransportSeconds > 0 {
            fields[.strictTransportSecurity] =
                "max-age=\(settings.strictTransportSeconds)"
                + (settings.strictTransportSubdomains ? "; includeSubDomains" : "")
        }
        return fields
    }

    /// All that an answer has which never came here.
    static func bareFields(_ settings: WebSettings) -> HTTPFields {
        var all = fields(settings)
        all[.contentSecurityPolicy] = ContentSecurityPolicy.text(formTargets: [])
        all[.cacheControl] = "no-store"
        return all
    }

    func handle(
        _ request: Request,
        context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        for field in fixed { response.headers[field.name] = field.value }
        if response.headers[.contentSecurityPolicy] == nil {
            response.headers[.contentSecurityPolicy] = ContentSecurityPolicy.text(formTargets: [])
        }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }
}

extension WebSettings {
    /// Headers that every answer of the service has, for whoever answers in its place.
    public var headersOfEveryAnswer: [(name: String, value: String)] {
        SecurityHeaders.bareFields(self).map { ($0.name.canonicalName, $0.value) }
    }
}

/// What a page may load and where its forms may go: nothing but ours, and no script or style inside the page.
enum ContentSecurityPolicy {
    /// - Parameter formTargets: origins besides our own to which a form of the page is posted.
    static func text(formTargets: [String]) -> String {
        let targets = (["'self'"] + formTargets).joined(separator: " ")
        return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            + "connect-src 'self'; form-action \(targets); frame-ancestors 'none'; base-uri 'none'"
    }
}

/// Answers what no route answers: an unknown address, or a known one with another method.
struct UnknownRoutes: RouterMiddleware {
    typealias Context = WebContext

    let routes: [Route]
    let gate: Gate

    func handle(
        _ request: Request,
        context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            let known = routes.filter { $0.matches(request.uri.path) }
            let allowed = Set(known.flatMap { [$0.method.rawValue] + ($0.answersHead ? ["HEAD"] : []) }).sorted()
            var response = await gate.refuse(allowed.isEmpty ? error : HTTPError(.methodNotAllowed), request, context)
            if !allowed.isEmpty { response.headers[.allow] = allowed.joined(separator: ", ") }
            // A body behind the answer to HEAD would be taken for the next answer (RFC 9110, section 9.3.2).
            return request.method == .head ? response.createHeadResponse() : response
        }
    }
}

/// Sends nobody to an address that can only be posted to, or that is none: whoever asks to go on somewhere after signing in
/// may have come from there.
struct WayOn: RouterMiddleware {
    typealias Context = WebContext

    let routes: [Route]

    func handle(
        _ request: Request,
        context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard response.status == .seeOther, let location = response.headers[.location], location.hasPrefix("/"),
            !routes.contains(where: { $0.method == .get && $0.matches(URI(location).path) })
        else { return response }
        response.headers[.location] = "/annotations"
        return response
    }
}

extension Route {
    /// Whether an address is one of this route's, whatever the method.
    func matches(_ address: String) -> Bool {
        let pattern = path.split(separator: "/")
        let parts = address.split(separator: "/")
        guard pattern.last == "**" ? parts.count >= pattern.count : parts.count == pattern.count else { return false }
        return zip(pattern, parts).allSatisfy { $0 == "**" || $0.hasPrefix("{") || $0 == $1 }
    }
}

extension Duration {
    fileprivate var milliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}

extension HTTPField.Name {
    static let requestID = HTTPField.Name("X-Request-ID")!
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
    static let crossOriginOpenerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy")!
    static let xFrameOptions = HTTPField.Name("X-Frame-Options")!
    static let permissionsPolicy = HTTPField.Name("Permissions-Policy")!
}
