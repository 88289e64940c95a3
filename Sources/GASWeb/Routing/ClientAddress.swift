import Foundation
import GAS
import HTTPTypes
import Hummingbird

/// Finds out where a request comes from, and that it came by HTTPS, when proxies stand before us.
///
/// What `X-Forwarded-For` and `X-Forwarded-Proto` say counts only when the request comes from a proxy that was named as
/// trusted: everybody can send these headers. Of the list the last address counts that is not a proxy of ours; what
/// stands before it was written by whoever sent the request.
struct ClientAddress: RouterMiddleware {
    typealias Context = WebContext

    let trusted: [NetworkRange]
    let settings: WebSettings
    let gate: Gate

    func handle(
        _ request: Request,
        context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        guard let peer = context.remoteAddress.flatMap({ NetworkAddress($0) }) else {
            return try await next(request, context)
        }
        context.clientAddress = peer
        guard isTrusted(peer) else { return try await next(request, context) }
        let client = client(behind: peer, request)
        context.clientAddress = client
        context.remoteAddress = client.description
        if settings.isPublicHTTPS, cameByPlainHTTP(request) { return await insist(request, context) }
        return try await next(request, context)
    }

    private func isTrusted(_ address: NetworkAddress) -> Bool { trusted.contains { $0.contains(address) } }

    private func client(behind peer: NetworkAddress, _ request: Request) -> NetworkAddress {
        var client = peer
        let entries = request.headers[values: .xForwardedFor].flatMap { $0.split(separator: ",") }
        for entry in entries.reversed() {
            guard let address = Self.address(entry.trimmingCharacters(in: .whitespaces)) else { return Self.unknown }
            client = address
            guard isTrusted(address) else { return client }
        }
        return client
    }

    /// Whoever sends what is no address shares the limits of all who do.
    private static let unknown = NetworkAddress("0.0.0.0")!

    /// Some proxies write the port too: `192.0.2.1:1234`, `[2001:db8::1]:1234`.
    private static func address(_ entry: String) -> NetworkAddress? {
        if let address = NetworkAddress(entry) { return address }
        if entry.hasPrefix("[") { return NetworkAddress(entry.dropFirst().prefix { $0 != "]" }) }
        return NetworkAddress(entry.prefix { $0 != ":" })
    }

    private func cameByPlainHTTP(_ request: Request) -> Bool {
        request.headers[values: .xForwardedProto].last?.split(separator: ",").last?
            .trimmingCharacters(in: .whitespaces).lowercased() == "http"
    }

    /// A page is fetched again by HTTPS; a form has been read by everybody on the way already, and is not taken.
    private func insist(_ request: Request, _ context: WebContext) async -> Response {
        guard request.method == .get || request.method == .head else {
            return await gate.refuse(
                GASError(.forbidden, "This was sent without encryption. Open the page by HTTPS and try again."),
                request, context)
        }
        let target = request.uri.string.hasPrefix("/") ? request.uri.string : "/"
        return Response(status: .permanentRedirect, headers: [.location: settings.publicOrigin + target])
    }
}

extension HTTPField.Name {
    static let xForwardedFor = HTTPField.Name("X-Forwarded-For")!
    static let xForwardedProto = HTTPField.Name("X-Forwarded-Proto")!
}
