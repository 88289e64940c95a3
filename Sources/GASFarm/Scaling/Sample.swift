import Foundation

/// One measured value, or several alike.
public struct Sample: Sendable, Hashable {
    /// When it was measured.
    public let time: Date
    /// In the metric's unit.
    public let value: Double
    /// How often it was measured, above 0.
    public let count: Double

    /// States a value.
    public init(time: Date, value: Double, count: Double = 1) {
        self.time = time
        self.value = value
        self.count = count
    }
}

/// What was measured lately, by metric, each in the order of time.
public struct SampleBook: Sendable {
    private var samples: [ScalingMetric: [Sample]] = [:]

    /// Makes an empty book.
    public init() {}

    /// Adds a sample, which must not be older than the last one of its metric.
    public mutating func record(_ metric: ScalingMetric, _ sample: Sample) {
        samples[metric, default: []].append(sample)
    }

    /// Adds one value.
    public mutating func record(_ metric: ScalingMetric, _ value: Double, at time: Date) {
        record(metric, Sample(time: time, value: value))
    }

    /// The samples after `start`, up to and with `end`.
    public func samples(of metric: ScalingMetric, after start: Date, through end: Date) -> ArraySlice<Sample> {
        guard let all = samples[metric] else { return [] }
        let first = Self.firstIndex(in: all, after: start)
        let last = Self.firstIndex(in: all, after: end)
        return all[first..<max(first, last)]
    }

    /// Drops what is not younger than `date`.
    public mutating func forget(through date: Date) {
        samples = samples.mapValues { Array($0[Self.firstIndex(in: $0, after: date)...]) }
    }

    private static func firstIndex(in all: [Sample], after date: Date) -> Int {
        var (low, high) = (0, all.count)
        while low < high {
            let middle = (low + high) / 2
            if all[middle].time <= date { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
