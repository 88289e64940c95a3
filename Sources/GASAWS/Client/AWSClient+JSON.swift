import Foundation
import NIOHTTP1

/// The JSON protocol: one address, an action in a header, an object there and one back.
/// See https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html.
extension AWSClient {
    /// Carries out an action of which the answer counts.
    /// - Parameters:
    ///   - target: the service's prefix and the action: `AmazonSQS.ReceiveMessage`.
    ///   - wait: seconds that the service was asked to wait.
    ///   - version: of the protocol.
    func call<Input: Encodable & Sendable, Output: Decodable & Sendable>(
        _ service: String, _ target: String, _ input: Input, wait: Double = 0, version: String = "1.0"
    ) async throws -> AWSAnswer<Output> {
        let answer = try await send(try request(service, target, input, wait: wait, version: version))
        do {
            // Some actions answer nothing at all.
            let body = answer.value.isEmpty ? Data("{}".utf8) : answer.value
            let value = try JSONDecoder().decode(Output.self, from: body)
            return AWSAnswer(headers: answer.headers, value: value, attempts: answer.attempts)
        } catch {
            throw AWSError(
                code: "UnreadableAnswer", message: "\(target) answered something else than \(Output.self): \(error)",
                status: nil, requestID: answer.headers.first(name: "x-amzn-requestid"), service: service)
        }
    }

    private func request<Input: Encodable>(
        _ service: String, _ target: String, _ input: Input, wait: Double, version: String
    ) throws -> AWSRequest {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        var request = AWSRequest(service: service)
        request.headers = [("Content-Type", "application/x-amz-json-\(version)"), ("X-Amz-Target", target)]
        request.body = .data(try encoder.encode(input))
        request.wait = wait
        request.operation = target.split(separator: ".").last.map(String.init) ?? target
        return request
    }
}

/// An answer of which nothing is of use.
struct NoOutput: Decodable, Sendable {}
