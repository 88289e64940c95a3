import Foundation

/// Counts measured times without keeping each: values that differ by less than 2 % share a bin, which knows its exact
/// mean. So means are exact, and percentiles right to 2 %.
public struct Tally: Sendable, Hashable {
    private struct Bin: Hashable {
        var count = 0.0
        var sum = 0.0
        var mean: Double { sum / count }
    }

    private static let growth = log(1.02)
    /// What is below this counts as 0, in the unit of the values.
    private static let floor = 1e-6

    private var bins: [Int: Bin] = [:]
    /// How many values there are.
    public private(set) var count = 0.0
    /// Their sum.
    public private(set) var sum = 0.0
    /// The largest.
    public private(set) var maximum = 0.0

    /// Makes an empty tally.
    public init() {}

    /// Counts a value, which must not be negative.
    public mutating func add(_ value: Double) {
        let index = value < Self.floor ? Int.min : Int((log(value) / Self.growth).rounded(.down))
        bins[index, default: Bin()].count += 1
        bins[index, default: Bin()].sum += value
        count += 1
        sum += value
        maximum = max(maximum, value)
    }

    /// The mean, or `nil` of no values.
    public var mean: Double? { count > 0 ? sum / count : nil }

    /// The value that is not exceeded by `share` of all (nearest rank), or `nil` of no values.
    public func percentile(_ share: Double) -> Double? {
        var seen = 0.0
        for (_, bin) in bins.sorted(by: { $0.key < $1.key }) {
            seen += bin.count
            if seen >= share * count - 1e-9 { return bin.mean }
        }
        return nil
    }

    /// The bins as samples of one moment.
    public func samples(at time: Date) -> [Sample] {
        bins.sorted { $0.key < $1.key }.map { Sample(time: time, value: $0.value.mean, count: $0.value.count) }
    }
}
