import Foundation

/// Many histories, told side by side.
public enum Histories {
    /// Tells the histories of these seeds.
    /// - Returns: their figures, added up.
    /// - Throws: `History.Violation` of one history in which a rule was broken.
    public static func run(seeds: Range<UInt64>) async throws -> History.Summary {
        try await withThrowingTaskGroup(of: History.Summary.self) { group in
            let lanes = UInt64(max(1, ProcessInfo.processInfo.activeProcessorCount))
            for lane in 0..<lanes {
                group.addTask { try await tell(seeds, from: lane, by: lanes) }
            }
            return try await group.reduce(into: History.Summary()) { $0.add($1) }
        }
    }

    private static func tell(_ seeds: Range<UInt64>, from lane: UInt64, by lanes: UInt64) async throws
        -> History.Summary
    {
        var total = History.Summary()
        var seed = seeds.lowerBound + lane
        while seed < seeds.upperBound {
            var history = History(seed: seed)
            total.add(try await history.run())
            seed += lanes
        }
        return total
    }
}

extension History.Summary {
    mutating func add(_ other: History.Summary) {
        steps += other.steps
        moves += other.moves
    }
}
