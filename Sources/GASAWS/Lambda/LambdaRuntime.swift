import AsyncHTTPClient
import Foundation
import GAS
import Logging
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// Runs a Lambda function by the Runtime API, as the custom runtime `provided.al2023` expects.
/// See https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html.
public struct LambdaRuntime: Sendable {
    /// What the function does with one event; what it returns is the answer, in JSON.
    public typealias Function = @Sendable (LambdaInvocation) async throws -> Data

    private let origin: String
    private let http: any AWSTransport
    private let logger: Logger

    /// Lambda's limit for events, and some.
    private static let eventLimit = 8 << 20
    /// For all requests but the one that waits for the next event, which waits as long as it must.
    private static let seconds: Int64 = 30

    /// - Parameters:
    ///   - api: host and port, as `AWS_LAMBDA_RUNTIME_API` says.
    ///   - http: made with the configuration `.lambda`.
    public init(api: String, http: any AWSTransport, logger: Logger) {
        origin = "http://\(api)/2018-06-01/runtime"
        self.http = http
        self.logger = logger
    }

    /// Prepares the function, then calls it for each event, until the Runtime API ends or the task is cancelled.
    /// - Throws: what `prepare` throws, after it was reported; `unavailable` when the Runtime API does not answer.
    public func run(_ prepare: () async throws -> Function) async throws {
        let function: Function
        do {
            function = try await prepare()
        } catch {
            try await report(error, to: "/init/error")
            throw error
        }
        while !Task.isCancelled {
            let invocation = try await next()
            let path = "/invocation/\(invocation.requestID)"
            let answer: Data
            do {
                answer = try await function(invocation)
            } catch {
                try await report(error, to: path + "/error")
                continue
            }
            try await post(answer, to: path + "/response")
        }
    }

    private func next() async throws -> LambdaInvocation {
        let (response, body) = try await send("GET", "/invocation/next", timeout: .hours(24 * 365))
        guard let requestID = response.headers.first(name: "Lambda-Runtime-Aws-Request-Id"),
            let deadline = response.headers.first(name: "Lambda-Runtime-Deadline-Ms").flatMap({ Int($0) })
        else { throw GASError(.unavailable, "The Lambda Runtime API gave an event without its name or deadline.") }
        return LambdaInvocation(requestID: requestID, event: body, deadline: Date(milliseconds: deadline))
    }

    private func report(_ error: any Error, to path: String) async throws {
        logger.error("The function failed.", metadata: ["error": "\(error)"])
        let failure = error as? GASError
        let code = "GAS.\(failure?.code.rawValue ?? "internal")"
        let report = Report(
            errorMessage: failure?.message ?? "The function failed; its log says why.", errorType: code, stackTrace: [])
        try await post(
            try JSONEncoder().encode(report), to: path, headers: [("Lambda-Runtime-Function-Error-Type", code)])
    }

    private func post(_ body: Data, to path: String, headers: [(String, String)] = []) async throws {
        _ = try await send("POST", path, headers: headers, body: body, timeout: .seconds(Self.seconds))
    }

    private func send(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: Data = Data(), timeout: TimeAmount
    ) async throws -> (HTTPClientResponse, Data) {
        var request = HTTPClientRequest(url: origin + path)
        request.method = HTTPMethod(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if method == "POST" {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(data: body))
        }
        do {
            let response = try await http.execute(request, timeout: timeout, logger: nil)
            let answer = Data(buffer: try await response.body.collect(upTo: Self.eventLimit))
            guard (200..<300).contains(response.status.code) else {
                throw GASError(
                    .unavailable, "The Lambda Runtime API answered \(path) with status \(response.status.code).")
            }
            return (response, answer)
        } catch let error as GASError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw GASError(.unavailable, "The Lambda Runtime API does not answer \(path).", cause: error)
        }
    }

    private struct Report: Encodable {
        let errorMessage: String
        let errorType: String
        let stackTrace: [String]
    }
}

extension HTTPClient.Configuration {
    /// For the Runtime API, which keeps silent until there is an event.
    public static var lambda: Self {
        var configuration = Self(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(5)
        configuration.httpVersion = .http1Only
        return configuration
    }
}
