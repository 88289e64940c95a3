import Foundation
import GAS

/// A policy of a queue or topic, of which others may have written parts. What is not ours is kept as it is, whatever AWS's
/// language of policies says there.
struct PolicyDocument {
    private let text: String?

    /// Takes what AWS has; `nil` or an empty text when there is none yet.
    init(_ text: String?) {
        self.text = text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The document with statements in place of those that have the same `Sid`.
    /// - Parameter name: of what the policy is about, for errors.
    /// - Throws: `conflict` when what is there cannot be understood, and would get lost.
    func replacing(_ statements: [some Encodable], of name: String) throws -> String {
        let own = try statements.map {
            try JSONSerialization.jsonObject(with: JSONEncoder().encode($0)) as? [String: Any] ?? [:]
        }
        let sids = Set(own.compactMap { $0["Sid"] as? String })
        var document: [String: Any] = ["Version": "2012-10-17"]
        if let text {
            guard let found = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
                throw GASError(.conflict, "The policy of \(name) cannot be understood, and is not replaced.")
            }
            document = found
        }
        // A single statement may stand without a list around it.
        let found =
            document["Statement"] as? [[String: Any]] ?? (document["Statement"] as? [String: Any]).map { [$0] } ?? []
        document["Statement"] = found.filter { !sids.contains($0["Sid"] as? String ?? "") } + own
        let data = try JSONSerialization.data(
            withJSONObject: document, options: [.withoutEscapingSlashes, .sortedKeys])
        return String(decoding: data, as: UTF8.self)
    }
}
