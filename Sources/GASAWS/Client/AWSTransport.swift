import AsyncHTTPClient
import Logging
import NIOCore

/// What carries requests to AWS and answers back: an HTTP client, or a test that plays AWS or the way to it.
public protocol AWSTransport: Sendable {
    /// Carries one request.
    /// - Parameters:
    ///   - timeout: the longest time until the answer's head has come.
    ///   - logger: for the transport's own words.
    /// - Throws: anything when no answer comes; the request may have taken effect then.
    func execute(
        _ request: HTTPClientRequest, timeout: TimeAmount, logger: Logger?
    ) async throws -> HTTPClientResponse
}

extension HTTPClient: AWSTransport {}
