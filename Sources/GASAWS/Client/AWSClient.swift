import AsyncHTTPClient
import Foundation
import GAS
import Logging
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import Synchronization

/// Asks AWS: signs, sends, repeats what failed for the moment, and reads errors.
///
/// Pauses are random between nothing and a bound that doubles ("full jitter"), so that those who failed together do not come
/// back together: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter.
public struct AWSClient: Sendable {
    let settings: AWSSettings
    let credentials: CredentialChain
    let clock: any WallClock
    private let http: any AWSTransport
    let logger: Logger
    let skew = ClockSkew()

    /// A body may take longer than a request without one: this slow a connection is still waited for, in bytes a second.
    private static let slowestUpload = 65_536.0

    /// Asks through an HTTP client that was made with the configuration `.aws`.
    public init(
        settings: AWSSettings, credentials: CredentialChain, http: any AWSTransport, clock: any WallClock,
        logger: Logger
    ) {
        self.settings = settings
        self.credentials = credentials
        self.http = http
        self.clock = clock
        self.logger = logger
    }

    /// Sends a request and reads the whole answer.
    /// - Throws: `AWSError`.
    func send(_ request: AWSRequest, limit: Int = 64 << 20) async throws -> AWSAnswer<Data> {
        try await send(request) { response in
            Data(buffer: try await response.body.collect(upTo: limit))
        }
    }

    /// Sends a request and hands its answer to `read`, once for every try.
    /// - Throws: `AWSError`, and what `read` throws if it is a `GASError`; other errors of `read` mean a lost connection.
    func send<Value: Sendable>(
        _ request: AWSRequest, _ read: @Sendable (HTTPClientResponse) async throws -> Value
    ) async throws -> AWSAnswer<Value> {
        var attempt = 0
        while true {
            attempt += 1
            let begin = ContinuousClock.now
            defer { note(request, since: begin) }
            let signer = request.isAnonymous ? nil : try await credentials.credentials()
            do {
                let (headers, value) = try await sendOnce(request, signedBy: signer, read)
                return AWSAnswer(headers: headers, value: value, attempts: attempt)
            } catch var error as AWSError {
                error.attempts = attempt
                error.operation = request.operation
                guard attempt <= settings.retries, try await mayRepeat(error, signer) else { throw error }
                logger.debug("asking AWS again", metadata: ["error": "\(error)", "attempt": "\(attempt)"])
                try await clock.sleep(seconds: settings.pause(before: attempt))
            }
        }
    }

    /// Whether the same request may fare better. Of credentials that have ended, it does if there are others now.
    private func mayRepeat(_ error: AWSError, _ signer: AWSCredentials?) async throws -> Bool {
        if error.isExpiredToken, let signer { return try await credentials.renewed(after: signer) != signer }
        return error.isPassing || error.isClockSkew
    }

    /// Every request counts, answered or not: AWS takes money for each.
    private func note(_ request: AWSRequest, since begin: ContinuousClock.Instant) {
        let milliseconds = (ContinuousClock.now - begin) / .milliseconds(1)
        logger.debug(
            "AWS request",
            metadata: [
                "service": "\(request.service)", "operation": "\(request.operation)",
                "milliseconds": "\(milliseconds.rounded())",
            ])
    }

    /// The first part of every name in the client's region.
    public var partition: String { settings.partition }

    /// The time as AWS sees it.
    var now: Date { clock.now.addingTimeInterval(skew.seconds) }

    private func sendOnce<Value: Sendable>(
        _ request: AWSRequest, signedBy signer: AWSCredentials?,
        _ read: @Sendable (HTTPClientResponse) async throws -> Value
    ) async throws -> (HTTPHeaders, Value) {
        let message = message(request, signedBy: signer)
        let seconds = settings.timeoutSeconds + request.wait + Double(request.body.count) / Self.slowestUpload
        do {
            let response = try await http.execute(
                message, timeout: .milliseconds(Int64(seconds * 1000)), logger: nil)
            guard (200..<300).contains(response.status.code) else {
                throw try await failure(request.service, response)
            }
            return (response.headers, try await read(response))
        } catch let error as AWSError {
            throw error
        } catch let error as GASError {
            throw error
        } catch {
            try Task.checkCancellation()
            // The client's full descriptions quote header fields, among them a session token.
            let reason = (error as? HTTPClientError)?.shortDescription ?? String(describing: error)
            throw AWSError(
                code: Self.code(of: error), message: reason, status: nil, requestID: nil, service: request.service)
        }
    }

    private func message(_ request: AWSRequest, signedBy signer: AWSCredentials?) -> HTTPClientRequest {
        let origin = request.origin ?? settings.origin(of: request.service)
        let query = request.query.isEmpty ? "" : "?" + URIEncoding.query(request.query)
        var message = HTTPClientRequest(url: origin + URIEncoding.encodePath(request.path) + query)
        message.method = HTTPMethod(rawValue: request.method)
        var headers = request.headers
        if let signer {
            let signature = SignatureV4(credentials: signer, region: settings.region, service: request.service)
            headers += signature.headers(for: request.signable(origin: origin), date: now)
        }
        for (name, value) in headers { message.headers.add(name: name, value: value) }
        if request.body.count > 0 || request.method == "PUT" || request.method == "POST" {
            message.body = request.body.stream()
        }
        return message
    }

}

/// What came back.
struct AWSAnswer<Value: Sendable>: Sendable {
    let headers: HTTPHeaders
    let value: Value
    /// How often the request was sent; after the first time it may have taken effect although no answer came.
    let attempts: Int
}

/// By how much AWS's clock is ahead of ours.
final class ClockSkew: Sendable {
    private let state = Mutex(0.0)

    var seconds: Double {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}

extension AWSRequest {
    func signable(origin: String) -> SignableRequest {
        SignableRequest(
            method: method, host: Self.host(of: origin), path: path, query: query, headers: headers,
            payload: body.payload)
    }

    /// The authority of an origin: everything behind the scheme.
    static func host(of origin: String) -> String {
        origin.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first.map(String.init) ?? origin
    }
}

extension AWSClient: CustomReflectable {
    /// Without the HTTP client, whose requests under way carry session tokens.
    public var customMirror: Mirror { Mirror(self, children: ["settings": settings]) }
}

extension HTTPClient.Configuration {
    /// How AWS is to be reached: it redirects nowhere, and what failed is repeated by `AWSClient`, which knows how often.
    /// - Parameter settings: of which the timeout counts; a queue may be silent for 20 s longer.
    public static func aws(_ settings: AWSSettings) -> Self {
        var configuration = Self(redirectConfiguration: .disallow)
        configuration.timeout.connect = .milliseconds(Int64(min(settings.timeoutSeconds, 10) * 1000))
        configuration.timeout.read = .milliseconds(Int64((settings.timeoutSeconds + 20) * 1000))
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        return configuration
    }
}
