import AsyncHTTPClient
import Foundation
import GAS

/// What went wrong between Stripe and us, for the log. It is made of what is known to hold no secret: Stripe's own
/// sentence is left out, since it may quote the request.
enum StripeFailure: Error, CustomStringConvertible {
    /// Stripe did not answer in time, or the connection could not be made or broke.
    case connection(String)
    /// Stripe refused.
    case refused(status: Int, type: String?, code: String?, parameter: String?, requestID: String?)
    /// Stripe's answer is not what its documentation says.
    case unreadable(status: Int, requestID: String?)

    /// Notes what the HTTP client complains of.
    init(_ error: any Error) {
        // The client's full descriptions quote header fields, of which one is the key.
        self = .connection((error as? HTTPClientError)?.shortDescription ?? String(describing: error))
    }

    /// The failure in one line.
    var description: String {
        switch self {
        case .connection(let reason): "Stripe: \(reason)"
        case .refused(let status, let type, let code, let parameter, let requestID):
            "Stripe: status \(status)"
                + [("type", type), ("code", code), ("param", parameter), ("request", requestID)]
                .compactMap { name, value in value.map { ", \(name) \($0)" } }.joined()
        case .unreadable(let status, let requestID):
            "Stripe: unreadable answer, status \(status)" + (requestID.map { ", request \($0)" } ?? "")
        }
    }

    /// The failure as the service sees it.
    var error: GASError {
        switch self {
        case .connection:
            GASError(.unavailable, "The payment provider cannot be reached now. Please try again later.", cause: self)
        case .refused(let status, _, let code, _, _) where status == 404 || code == "resource_missing":
            GASError(.notFound, "The payment provider does not know what was asked for.", cause: self)
        case .refused(let status, _, _, _, _) where status == 409 || status == 429 || status >= 500:
            GASError(.unavailable, "The payment provider is too busy now. Please try again later.", cause: self)
        case .refused(let status, _, _, _, _) where status == 401 || status == 403:
            GASError(.internal, "The payment provider does not accept this service's key.", cause: self)
        case .refused:
            GASError(.internal, "The payment provider did not accept the request of this service.", cause: self)
        case .unreadable:
            GASError(.internal, "The payment provider's answer was not understood.", cause: self)
        }
    }
}
