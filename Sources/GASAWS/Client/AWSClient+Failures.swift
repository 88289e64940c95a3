import AsyncHTTPClient
import Foundation
import GAS
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOPosix
import NIOSSL

/// What the client makes of answers that are none.
extension AWSClient {
    /// By so many seconds may clocks differ before a wrong signature is laid to them; AWS tolerates 5 minutes.
    private static let toleratedSkew = 240.0
    /// No error is nearly as large.
    private static let errorLimit = 1 << 20

    /// Why there was no answer, as far as operators can do something about it.
    static func code(of error: any Error) -> String {
        if error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError { return AWSError.noTLS }
        // It names each address that was tried; of an unknown host there is none.
        if let error = error as? NIOConnectionError, error.connectionErrors.isEmpty { return AWSError.noSuchHost }
        return AWSError.connectionLost
    }

    /// Reads why the service refused, and corrects the clock by the service's own.
    func failure(_ service: String, _ response: HTTPClientResponse) async throws -> AWSError {
        let body = try await response.body.collect(upTo: Self.errorLimit)
        var error = AWSError(
            service: service, status: Int(response.status.code), body: Data(buffer: body),
            code: response.headers.first(name: "x-amzn-errortype"),
            requestID: response.headers.first(name: "x-amzn-requestid")
                ?? response.headers.first(name: "x-amz-request-id"))
        error.bucketRegion = response.headers.first(name: "x-amz-bucket-region")
        if error.mayBeClockSkew, let date = response.headers.first(name: "Date").flatMap(HTTPDate.parse) {
            error.isClockSkew = error.saysClockSkew || abs(date.timeIntervalSince(now)) > Self.toleratedSkew
            if error.isClockSkew { skew.seconds = date.timeIntervalSince(clock.now) }
        }
        return error
    }
}

extension AWSClient {
    /// Sends a request that tidies up: in a task of its own, which a cancellation of the caller's does not end, and for no longer
    /// than one request may take, repetitions included.
    /// - Throws: `AWSError`; `CancellationError` when the time is over.
    func sendToTheEnd(_ request: AWSRequest) async throws {
        let limit = settings.timeoutSeconds
        try await Task {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await send(request) }
                group.addTask {
                    try await Task.sleep(for: .seconds(limit))
                    throw CancellationError()
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        }.value
    }
}
