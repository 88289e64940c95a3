import Foundation
import GAS

/// The policy of a form, in S3's notation:
/// `{"conditions":[{"bucket":"…"},{"key":"…${filename}"},["content-length-range",1,150000]],"expiration":"…Z"}`.
struct PolicyDocument {
    let expiration: Date
    /// Fields that must have these values.
    let fields: [String: String]
    let minimum: Int
    let maximum: Int

    /// Base64 of the JSON.
    func encoded() throws -> String {
        let conditions = fields.sorted { $0.key < $1.key }.map { Condition.equal([$0.key: $0.value]) }
        let json = JSON(
            expiration: expiration.formatted(PolicyDocument.dateFormat),
            conditions: conditions + [.size(minimum, maximum)]
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(json).base64EncodedString()
    }

    private struct JSON: Codable {
        let expiration: String
        let conditions: [Condition]
    }

    private enum Condition: Codable {
        case equal([String: String])
        case size(Int, Int)

        init(from decoder: any Decoder) throws {
            if let fields = try? [String: String](from: decoder) {
                self = .equal(fields)
            } else {
                var list = try decoder.unkeyedContainer()
                guard try list.decode(String.self) == Condition.sizeName else {
                    throw DecodingError.dataCorruptedError(in: list, debugDescription: "unknown condition")
                }
                self = .size(try list.decode(Int.self), try list.decode(Int.self))
            }
        }

        func encode(to encoder: any Encoder) throws {
            switch self {
            case .equal(let fields):
                try fields.encode(to: encoder)
            case .size(let minimum, let maximum):
                var list = encoder.unkeyedContainer()
                try list.encode(Condition.sizeName)
                try list.encode(minimum)
                try list.encode(maximum)
            }
        }

        private static let sizeName = "content-length-range"
    }

    private static let dateFormat = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}

extension PolicyDocument {
    /// Reads a policy whose signature was found good.
    /// - Throws: `invalid` when it is none.
    init(encoded: String) throws {
        do {
            let json = try JSONDecoder().decode(JSON.self, from: Data(base64Encoded: encoded) ?? Data())
            var fields: [String: String] = [:]
            var (minimum, maximum) = (0, 0)
            for condition in json.conditions {
                switch condition {
                case .equal(let more): fields.merge(more) { $1 }
                case .size(let least, let most): (minimum, maximum) = (least, most)
                }
            }
            self.init(
                expiration: try PolicyDocument.dateFormat.parse(json.expiration),
                fields: fields,
                minimum: minimum,
                maximum: maximum
            )
        } catch {
            throw GASError(.invalid, "The policy of the upload form cannot be read.", cause: error)
        }
    }
}
