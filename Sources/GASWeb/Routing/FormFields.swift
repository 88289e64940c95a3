import Foundation
import GAS
import Hummingbird
import NIOCore

/// Names and values of a form or of a query, decoded.
struct FormFields: Sendable, Hashable {
    /// The last value of each name.
    let values: [String: String]

    /// No fields.
    static let none = FormFields(urlEncoded: "")

    /// Decodes `application/x-www-form-urlencoded`. What cannot be decoded is left out.
    init(urlEncoded text: String) {
        var values: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(sides[0]), let value = Self.decoded(sides.count > 1 ? sides[1] : "")
            else { continue }
            values[name] = value
        }
        self.values = values
    }

    /// Reads the body of a request.
    /// - Throws: `tooLarge` beyond `limit` bytes, at once when so many are announced, and then the connection must close;
    ///   `invalid` for another kind of form.
    init(body request: Request, limit: Int) async throws {
        let type = request.headers[.contentType]?.lowercased() ?? ""
        guard type.hasPrefix("application/x-www-form-urlencoded") else {
            throw GASError(.invalid, "The form was sent in a way that this page does not understand.")
        }
        let tooLarge = ConnectionMustClose(reason: GASError(.tooLarge, "The form is too large."))
        let announced = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        guard announced <= limit else { throw tooLarge }
        do {
            let body = try await request.body.collect(upTo: limit)
            self.init(urlEncoded: String(buffer: body))
        } catch is NIOTooManyBytesError {
            throw tooLarge
        }
    }

    /// The value of a field; empty when it is missing.
    subscript(name: String) -> String { values[name] ?? "" }

    private static func decoded(_ text: Substring) -> String? {
        text.replacing("+", with: " ").removingPercentEncoding
    }
}

/// Percent-encoding for values in paths and queries.
enum PercentEncoding {
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    )

    /// The text with everything but RFC 3986's unreserved characters encoded.
    static func encode(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }
}
