import AsyncHTTPClient
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Synchronization

/// A real HTTP server on this machine that answers as a test has written down, and keeps what it was asked.
final class LoopbackServer: Sendable {
    struct Call: Sendable {
        let method: String
        /// Path and query.
        let target: String
        let headers: HTTPFields
        let body: String

        /// Method and path, without the query.
        var what: String { "\(method) \(target.split(separator: "?")[0])" }
    }

    enum Answer: Sendable {
        case text(String, status: HTTPResponse.Status = .ok, headers: [String: String] = [:])
        /// Breaks the connection in the middle of the answer.
        case broken
    }

    private struct State {
        var answers: [String: [Answer]] = [:]
        var calls: [Call] = []
    }

    private let state = Mutex(State())

    /// Writes down the answers to a request, `GET /path`; the last one stays. What is not written down is not found.
    func set(_ what: String, _ answers: Answer...) { state.withLock { $0.answers[what] = answers } }

    /// What was asked so far.
    var calls: [Call] { state.withLock { $0.calls } }

    /// Serves while `body` runs.
    /// - Parameter body: gets the server's origin and a client.
    func serve(_ body: @escaping @Sendable (String, HTTPClient) async throws -> Void) async throws {
        let responder = CallbackResponder<BasicRequestContext> { [self] request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            let call = Call(
                method: request.method.rawValue, target: request.uri.string, headers: request.headers,
                body: String(buffer: body))
            return response(to: call)
        }
        let application = Application(
            responder: responder, configuration: .init(address: .hostname("127.0.0.1", port: 0)))
        try await application.test(.live) { client in
            let http = HTTPClient(eventLoopGroupProvider: .singleton)
            do {
                try await body("http://127.0.0.1:\(client.port ?? 0)", http)
            } catch {
                try await http.shutdown()
                throw error
            }
            try await http.shutdown()
        }
    }

    private func response(to call: Call) -> Response {
        let answer = state.withLock { state in
            state.calls.append(call)
            guard let answers = state.answers[call.what], let first = answers.first else {
                return Answer.text("nobody wrote down \(call.what)", status: .notFound)
            }
            if answers.count > 1 { state.answers[call.what] = Array(answers.dropFirst()) }
            return first
        }
        switch answer {
        case .text(let text, let status, let headers):
            var fields = HTTPFields()
            for (name, value) in headers {
                if let name = HTTPField.Name(name) { fields[name] = value }
            }
            return Response(status: status, headers: fields, body: .init(byteBuffer: ByteBuffer(string: text)))
        case .broken:
            return Response(
                status: .ok,
                body: .init { writer in
                    try await writer.write(ByteBuffer(string: "half of "))
                    throw GoneAway()
                })
        }
    }

    private struct GoneAway: Error {}
}
