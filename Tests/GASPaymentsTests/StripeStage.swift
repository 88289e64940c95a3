import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Synchronization

/// A real HTTP server on this machine that answers as a test has written down, in Stripe's shapes, and keeps what it was
/// asked. What nobody wrote down it does not know, as Stripe would say.
final class StripeStage: Sendable {
    /// What the server was asked.
    struct Call: Sendable {
        /// Method and path.
        let what: String
        let headers: HTTPFields
        let form: [String: String]
    }

    /// What it answers.
    enum Answer: Sendable {
        case json(String, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:])
        /// Breaks the connection in the middle of the answer.
        case broken
        /// Begins an answer and leaves it at that.
        case stalled

        /// A refusal as Stripe words it.
        static func refusal(
            _ status: HTTPResponse.Status, code: String? = nil, param: String? = nil, headers: HTTPFields = [:]
        ) -> Answer {
            let details = [("code", code), ("param", param)].compactMap { name, value in
                value.map { ", \"\(name)\": \"\($0)\"" }
            }
            return .json(
                """
                {"error": {"type": "invalid_request_error", "message": "Quotes \(StripeHouse.secretKey)."\(details.joined())}}
                """, status: status, headers: headers)
        }
    }

    private struct State {
        var answers: [String: [Answer]] = [:]
        var calls: [Call] = []
    }

    private let state = Mutex(State())

    /// Writes down the answers to a request; the last one stays.
    func set(_ what: String, _ answers: Answer...) {
        state.withLock { $0.answers[what] = answers }
    }

    /// What was asked so far.
    var calls: [Call] { state.withLock { $0.calls } }

    /// What was asked so far, by method and path.
    var asked: [String] { calls.map(\.what) }

    /// Serves while `body` runs.
    /// - Parameter body: gets the server's address.
    func serve<Result: Sendable>(_ body: @escaping @Sendable (String) async throws -> Result) async throws -> Result {
        let responder = CallbackResponder<BasicRequestContext> { [self] request, _ in
            let form = try await request.body.collect(upTo: 1 << 20)
            return response(to: request, String(buffer: form))
        }
        return try await Application(
            responder: responder, configuration: .init(address: .hostname("127.0.0.1", port: 0))
        ).test(.live) { client in
            try await body("http://127.0.0.1:\(client.port ?? 0)")
        }
    }

    private func response(to request: Request, _ form: String) -> Response {
        let what = "\(request.method) \(request.uri.path)"
        let answer = state.withLock { state in
            state.calls.append(Call(what: what, headers: request.headers, form: Self.decode(form)))
            guard let answers = state.answers[what], let first = answers.first else {
                return Answer.refusal(.notFound, code: "resource_missing")
            }
            if answers.count > 1 { state.answers[what] = Array(answers.dropFirst()) }
            return first
        }
        switch answer {
        case .json(let text, let status, let headers):
            return Response(
                status: status, headers: headers + [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(string: text)))
        case .broken:
            return Response(
                status: .ok,
                body: .init { writer in
                    try await writer.write(ByteBuffer(string: "{"))
                    throw CancellationError()
                })
        case .stalled:
            return Response(
                status: .ok,
                body: .init { writer in
                    try await writer.write(ByteBuffer(string: "{"))
                    try await Task.sleep(for: .seconds(2))
                    try await writer.write(ByteBuffer(string: "}"))
                    try await writer.finish(nil)
                })
        }
    }

    private static func decode(_ form: String) -> [String: String] {
        let pairs = form.split(separator: "&").map { pair in
            pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { $0.removingPercentEncoding ?? "?" }
        }
        return Dictionary(pairs.map { ($0[0], $0.count == 2 ? $0[1] : "") }) { $1 }
    }
}

private func + (left: HTTPFields, right: HTTPFields) -> HTTPFields {
    var all = left
    for field in right { all.append(field) }
    return all
}
