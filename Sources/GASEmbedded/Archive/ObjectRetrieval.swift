import Foundation
import GAS

/// A retrieval whose id says all about it: `<ready>-<requested>-<tier>-<random>`, times being milliseconds since 1970 with
/// leading zeros. Ids sort by the time when they are ready.
struct ObjectRetrieval: Sendable {
    private static let digits = 15

    let id: String
    let tier: RetrievalTier
    let requested: Date
    let ready: Date

    /// Begins a retrieval.
    init(tier: RetrievalTier, requested: Date, delay: Double) {
        self.tier = tier
        self.requested = Date(milliseconds: requested.milliseconds)
        ready = Date(milliseconds: requested.addingTimeInterval(delay).milliseconds)
        let parts = [Self.start(of: ready), Self.start(of: requested), tier.rawValue, UUID().uuidString.lowercased()]
        id = parts.joined(separator: "-")
    }

    /// Reads an id; `nil` for anything else.
    init?(id: String) {
        let parts = id.split(separator: "-", maxSplits: 3)
        guard parts.count == 4, let ready = Int(parts[0]), let requested = Int(parts[1]),
            let tier = RetrievalTier(rawValue: String(parts[2]))
        else { return nil }
        self.id = id
        self.tier = tier
        self.requested = Date(milliseconds: requested)
        self.ready = Date(milliseconds: ready)
    }

    /// What the ids of all retrievals begin with that are ready at a time.
    static func start(of time: Date) -> String {
        let text = String(time.milliseconds)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
