/// How the samples of one period become one number, by CloudWatch's names.
public enum Statistic: String, Sendable, Hashable, Codable, CaseIterable {
    case sum = "Sum"
    case average = "Average"
    case minimum = "Minimum"
    case maximum = "Maximum"
    case sampleCount = "SampleCount"
    case p50, p90, p95, p99

    /// The number, or `nil` of no samples.
    public func value(of samples: ArraySlice<Sample>) -> Double? {
        guard !samples.isEmpty else { return nil }
        let count = samples.reduce(0) { $0 + $1.count }
        let sum = samples.reduce(0) { $0 + $1.value * $1.count }
        switch self {
        case .sum: return sum
        case .average: return sum / count
        case .minimum: return samples.lazy.map(\.value).min()
        case .maximum: return samples.lazy.map(\.value).max()
        case .sampleCount: return count
        case .p50: return Self.percentile(0.5, samples, count)
        case .p90: return Self.percentile(0.9, samples, count)
        case .p95: return Self.percentile(0.95, samples, count)
        case .p99: return Self.percentile(0.99, samples, count)
        }
    }

    /// The smallest value that is not exceeded by `share` of the samples (nearest rank).
    private static func percentile(_ share: Double, _ samples: ArraySlice<Sample>, _ count: Double) -> Double? {
        let sorted = samples.sorted { $0.value < $1.value }
        var seen = 0.0
        for sample in sorted {
            seen += sample.count
            // Against a sum of weights that came out a hair short.
            if seen >= share * count - 1e-9 { return sample.value }
        }
        return sorted.last?.value
    }
}
