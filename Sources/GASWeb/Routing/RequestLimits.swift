import Foundation
import GAS
import Hummingbird

/// How many requests one account, and one network address, may make.
///
/// Addresses of this machine are not counted: behind a proxy that was not named as trusted everybody has one.
struct RequestLimits: Sendable {
    private let perAccount: RequestMeter
    private let perAddress: RequestMeter
    private let noted: RequestMeter

    init(settings: WebSettings, clock: any WallClock) {
        func meter(_ limit: Int) -> RequestMeter {
            RequestMeter(limit: limit, window: settings.requestWindowSeconds, clock: clock)
        }
        perAccount = meter(settings.requestsPerAccount)
        perAddress = meter(settings.requestsPerAddress)
        noted = meter(1)
    }

    /// - Throws: `Throttled` when the account has made too many.
    func take(account: AccountID) throws { try check(perAccount.take(account.rawValue)) }

    /// - Throws: `Throttled` when the address has made too many.
    func take(address: NetworkAddress) throws {
        guard !address.isLoopback else { return }
        try check(perAddress.take(address.network))
    }

    /// Whether it should be noted that a source was made to wait: once in a window, or a flood would fill the audit log.
    func isNoteworthy(_ source: String) -> Bool { noted.take(source) == nil }

    private func check(_ wait: Double?) throws {
        guard let wait else { return }
        throw Throttled(
            message: "Too many requests at once. Please try again in \(Wording.duration(wait.rounded(.up))).",
            seconds: max(1, Int(wait.rounded(.up))))
    }
}

/// Answers 429 to addresses that ask too often, whatever they ask for.
struct AddressLimit: RouterMiddleware {
    typealias Context = WebContext

    let limits: RequestLimits
    let gate: Gate

    func handle(
        _ request: Request,
        context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        if let address = context.clientAddress {
            do {
                try limits.take(address: address)
            } catch {
                return await gate.refuse(error, request, context)
            }
        }
        return try await next(request, context)
    }
}
