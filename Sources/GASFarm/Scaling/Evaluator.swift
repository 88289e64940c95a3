import Foundation
import GAS

/// How many instances a group should have from now on, and why.
public struct ScalingDecision: Sendable, Hashable {
    /// Of which group.
    public let role: FarmRole
    /// How many it should have until now.
    public let from: Int
    /// How many it should have.
    public let to: Int
    /// The policy that says so; `nil` for the bounds of the group.
    public let policy: String?
    /// In words.
    public let reason: String
}

/// The last change of a group that a policy made.
public struct ScalingActivity: Sendable, Hashable {
    /// When.
    public let time: Date
    /// Seconds for which no policy changes the group again.
    public let cooldownSeconds: Double

    /// Notes a change.
    public init(time: Date, cooldownSeconds: Double) {
        self.time = time
        self.cooldownSeconds = cooldownSeconds
    }
}

/// What came of looking at all alarms once.
public struct ScalingVerdict: Sendable, Hashable {
    /// Every alarm, in the order of the policies.
    public let readings: [AlarmReading]
    /// The groups that change; each at most once.
    public let decisions: [ScalingDecision]
    /// Of each group the last change by a policy, this time's included.
    public let activities: [FarmRole: ScalingActivity]
}

/// Decides how large the groups of a farm should be. It holds no state: the same measurements, sizes and last changes
/// give the same verdict.
///
/// Of several policies whose alarms last, the one that leaves the group largest decides, as Auto Scaling does it; so
/// nothing is removed while something says that more is needed.
public struct ScalingEvaluator: Sendable {
    /// What decides.
    public let policies: ScalingPolicies

    /// Decides by `policies`.
    public init(_ policies: ScalingPolicies) {
        self.policies = policies
    }

    /// Looks at all alarms.
    /// - Parameters:
    ///   - book: what was measured.
    ///   - sizes: how many instances each group should have until now.
    ///   - activities: the last change of each group by a policy.
    public func verdict(
        _ book: SampleBook, sizes: [FarmRole: Int], activities: [FarmRole: ScalingActivity], at now: Date
    ) -> ScalingVerdict {
        let readings = policies.policies.map { policy in
            let (state, value) = policy.alarm.reading(of: book, at: now)
            return AlarmReading(policy: policy, state: state, value: value)
        }
        var (decisions, activities) = ([ScalingDecision](), activities)
        for group in policies.groups {
            let size = sizes[group.role] ?? 0
            let bounded = min(group.maximum, max(group.minimum, size))
            guard bounded == size else {
                decisions.append(
                    ScalingDecision(
                        role: group.role, from: size, to: bounded, policy: nil,
                        reason: "from \(group.minimum) to \(group.maximum) are allowed"))
                continue
            }
            let calm = activities[group.role].map { now.timeIntervalSince($0.time) >= $0.cooldownSeconds } ?? true
            let alarmed = zip(policies.policies, readings).filter { $0.role == group.role && $1.state == .alarm }
            let strongest = alarmed.max { $0.0.adjustment < $1.0.adjustment }
            guard calm, let (policy, reading) = strongest else { continue }
            let target = min(group.maximum, max(group.minimum, size + policy.adjustment))
            guard target != size else { continue }
            decisions.append(
                ScalingDecision(
                    role: group.role, from: size, to: target, policy: policy.name, reason: reading.sentence))
            activities[group.role] = ScalingActivity(time: now, cooldownSeconds: policy.cooldownSeconds)
        }
        return ScalingVerdict(readings: readings, decisions: decisions, activities: activities)
    }
}

extension AlarmReading {
    /// The reading of a policy's alarm.
    init(policy: ScalingPolicy, state: AlarmState, value: Double?) {
        let alarm = policy.alarm
        let span = alarm.evaluationPeriods == 1 ? "" : " \(alarm.evaluationPeriods) times"
        self.init(
            policy: policy.name, role: policy.role, adjustment: policy.adjustment,
            condition: "\(alarm.metric.words) (\(alarm.statistic.rawValue) of \(Self.short(alarm.periodSeconds)) s) "
                + "\(alarm.comparison.sign) \(Self.short(alarm.threshold))\(span)",
            state: state, value: value)
    }

    /// The condition with the number that met it.
    var sentence: String { "\(condition): \(value.map(Self.short) ?? "none")" }

    private static func short(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : String(format: "%.2f", value)
    }
}
