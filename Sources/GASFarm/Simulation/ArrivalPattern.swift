import Foundation

/// Traces that are made up, each minute's counts drawn around a rate (Poisson).
public enum ArrivalPattern: String, Sendable, CaseIterable {
    /// Two days: hardly anything at night, a hill from eight to eighteen.
    case diurnal
    /// Six hours at a twentieth of the peak, and three times a quarter of an hour at the peak.
    case burst
    /// Four hours at the peak.
    case steady

    /// Makes the trace.
    /// - Parameters:
    ///   - peakRequests: requests a second when it is busiest.
    ///   - peakJobs: jobs a minute when it is busiest.
    public func trace(peakRequests: Double, peakJobs: Double, seed: UInt64) -> ArrivalTrace {
        var chance = SplitMix64(seed: seed)
        let steps = (0..<minutes).map { minute in
            let level = level(minute)
            return ArrivalTrace.Step(
                start: Double(minute) * 60, requests: chance.poisson(peakRequests * 60 * level),
                jobs: chance.poisson(peakJobs * level))
        }
        return ArrivalTrace(name: rawValue, steps: steps, end: Double(minutes) * 60)
    }

    private var minutes: Int {
        switch self {
        case .diurnal: 2 * 24 * 60
        case .burst: 6 * 60
        case .steady: 4 * 60
        }
    }

    /// Share of the peak.
    private func level(_ minute: Int) -> Double {
        switch self {
        case .diurnal:
            let hour = Double(minute % 1440) / 60
            guard (6...22).contains(hour) else { return 0.02 }
            return 0.02 + 0.98 * pow(sin((hour - 6) / 16 * .pi), 2)
        case .burst: return [60, 150, 240].contains { ($0..<$0 + 15).contains(minute) } ? 1 : 0.05
        case .steady: return 1
        }
    }
}

/// A stream of random numbers that a seed decides (Steele, Lea, Flood 2014: SplitMix64).
struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A time until something happens that happens once in `mean`.
    mutating func exponential(_ mean: Double) -> Double { -mean * log(1 - Double.random(in: 0..<1, using: &self)) }

    /// How often something happens that happens `mean` times on the average.
    mutating func poisson(_ mean: Double) -> Int {
        guard mean > 0 else { return 0 }
        var (count, time) = (-1, 0.0)
        while time < mean {
            time += exponential(1)
            count += 1
        }
        return count
    }
}
