import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// A request as a server sees it, for stages that play servers without a network.
struct StageRequest: Sendable {
    let method: String
    /// Decoded.
    let path: String
    let query: [String: String]
    let headers: HTTPHeaders
    let body: Data

    init(_ request: HTTPClientRequest) async throws {
        guard let address = URLComponents(string: request.url) else { throw URLError(.badURL) }
        method = request.method.rawValue
        path = address.percentEncodedPath.removingPercentEncoding ?? address.percentEncodedPath
        query = (address.queryItems ?? []).reduce(into: [:]) { $0[$1.name] = $1.value ?? "" }
        headers = request.headers
        var body = Data()
        if let pieces = request.body { for try await piece in pieces { body.append(Data(buffer: piece)) } }
        self.body = body
    }

    /// What stands between two marks of an XML or JSON body.
    func text(between start: String, and end: String) -> String? {
        let text = String(decoding: body, as: UTF8.self)
        guard let from = text.range(of: start), let to = text.range(of: end, range: from.upperBound..<text.endIndex)
        else { return nil }
        return String(text[from.upperBound..<to.lowerBound])
    }
}

extension HTTPClientResponse {
    static func stage(
        _ status: HTTPResponseStatus, _ body: Data = Data(), headers: [(String, String)] = []
    ) -> HTTPClientResponse {
        HTTPClientResponse(status: status, headers: HTTPHeaders(headers), body: .bytes(ByteBuffer(data: body)))
    }

    static func stage(
        _ status: HTTPResponseStatus, _ body: String, headers: [(String, String)] = []
    ) -> HTTPClientResponse {
        .stage(status, Data(body.utf8), headers: headers)
    }

    /// A refusal in S3's form and that of the query protocol.
    static func xmlError(
        _ status: HTTPResponseStatus, _ code: String, headers: [(String, String)] = []
    ) -> HTTPClientResponse {
        .stage(status, "<Error><Code>\(code)</Code><Message>a test says so</Message></Error>", headers: headers)
    }

    /// A refusal of services that speak JSON.
    static func jsonError(
        _ status: HTTPResponseStatus, _ code: String, headers: [(String, String)] = []
    ) -> HTTPClientResponse {
        .stage(status, "{\"__type\": \"\(code)\", \"message\": \"a test says so\"}", headers: headers)
    }
}

extension Date {
    /// As headers have it.
    var inHeader: String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = .gmt
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.string(from: self)
    }

    /// As documents have it.
    var inDocument: String { formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }
}
