import Foundation
import GAS

/// A condition on a metric. The words are CloudWatch's, so that a template can take them over as they are.
public struct Alarm: Sendable, Hashable, Codable {
    /// How the number of a period compares with the threshold.
    public enum Comparison: String, Sendable, Hashable, Codable, CaseIterable {
        case greater = "GreaterThanThreshold"
        case greaterOrEqual = "GreaterThanOrEqualToThreshold"
        case less = "LessThanThreshold"
        case lessOrEqual = "LessThanOrEqualToThreshold"

        /// The sign that people write.
        public var sign: String {
            switch self {
            case .greater: ">"
            case .greaterOrEqual: "≥"
            case .less: "<"
            case .lessOrEqual: "≤"
            }
        }

        func holds(_ value: Double, _ threshold: Double) -> Bool {
            switch self {
            case .greater: value > threshold
            case .greaterOrEqual: value >= threshold
            case .less: value < threshold
            case .lessOrEqual: value <= threshold
            }
        }
    }

    /// What a period without a sample counts as.
    public enum MissingData: String, Sendable, Hashable, Codable, CaseIterable {
        /// As nothing known.
        case missing
        /// As one that does not meet the condition.
        case notBreaching
        /// As one that meets it.
        case breaching
    }

    /// What is measured.
    public let metric: ScalingMetric
    /// What is made of the samples of a period.
    public let statistic: Statistic
    /// Length of a period, in seconds.
    public let periodSeconds: Double
    /// In how many periods running the condition must be met, the last of which ends now.
    public let evaluationPeriods: Int
    /// How the number compares with the threshold.
    public let comparison: Comparison
    /// In the metric's unit.
    public let threshold: Double
    /// What a period without a sample counts as.
    public let missingData: MissingData

    /// States a condition.
    public init(
        metric: ScalingMetric, statistic: Statistic, periodSeconds: Double, evaluationPeriods: Int,
        comparison: Comparison, threshold: Double, missingData: MissingData
    ) {
        self.metric = metric
        self.statistic = statistic
        self.periodSeconds = periodSeconds
        self.evaluationPeriods = evaluationPeriods
        self.comparison = comparison
        self.threshold = threshold
        self.missingData = missingData
    }

    /// How far back it looks, in seconds.
    public var horizon: Double { periodSeconds * Double(evaluationPeriods) }

    /// The condition as of `now`: period `k` holds the samples after `now - (k + 1) * periodSeconds`, up to and with
    /// `now - k * periodSeconds`.
    /// - Returns: the state, and the number of the last period, `nil` when it has no sample.
    public func reading(of book: SampleBook, at now: Date) -> (state: AlarmState, value: Double?) {
        var (state, latest) = (AlarmState.alarm, Double?.none)
        for period in 0..<evaluationPeriods {
            let end = now.addingTimeInterval(-Double(period) * periodSeconds)
            let samples = book.samples(of: metric, after: end.addingTimeInterval(-periodSeconds), through: end)
            let value = statistic.value(of: samples)
            if period == 0 { latest = value }
            switch breaches(value) {
            case true?: continue
            case false?: return (.ok, latest)
            case nil: state = .insufficientData
            }
        }
        return (state, latest)
    }

    private func breaches(_ value: Double?) -> Bool? {
        if let value { return comparison.holds(value, threshold) }
        switch missingData {
        case .missing: return nil
        case .notBreaching: return false
        case .breaching: return true
        }
    }
}
