import Foundation
import GAS

/// An alarm, and what is done while it lasts.
public struct ScalingPolicy: Sendable, Hashable, Codable {
    /// Unique in its set.
    public let name: String
    /// Whose size it changes.
    public let role: FarmRole
    /// When.
    public let alarm: Alarm
    /// How many instances are added; below 0 how many are removed.
    public let adjustment: Int
    /// Seconds after this change during which no policy changes the group again.
    public let cooldownSeconds: Double
}

/// Instances of one role.
public struct ScalingGroup: Sendable, Hashable, Codable {
    /// What they do.
    public let role: FarmRole
    /// Never fewer.
    public let minimum: Int
    /// Never more.
    public let maximum: Int

    /// States how many.
    public init(role: FarmRole, minimum: Int, maximum: Int) {
        self.role = role
        self.minimum = minimum
        self.maximum = maximum
    }
}

/// Everything that decides how large a farm is, as it stands in a file.
public struct ScalingPolicies: Sendable, Hashable, Codable {
    /// What the set is called.
    public let name: String
    /// What it is for, in one sentence.
    public let summary: String
    /// How often alarms are looked at, in seconds.
    public let evaluationSeconds: Double
    /// Every role once.
    public let groups: [ScalingGroup]
    /// In any order.
    public let policies: [ScalingPolicy]

    /// The group of a role.
    public func group(_ role: FarmRole) -> ScalingGroup {
        // Every role has its group, or the set was not taken.
        groups.first { $0.role == role } ?? ScalingGroup(role: role, minimum: 1, maximum: 1)
    }

    /// How far back its alarms look, in seconds.
    public var horizon: Double { policies.map(\.alarm.horizon).max() ?? 0 }

    /// Takes a set from a file.
    /// - Throws: `invalid`, saying what is wrong.
    public init(json: Data, from place: String) throws {
        do {
            self = try JSONDecoder().decode(Self.self, from: json)
        } catch let error as DecodingError {
            throw GASError(
                .invalid, "The scaling policies in \(place) are not as they must be: \(error.sentence).", cause: error)
        }
        if let fault { throw GASError(.invalid, "The scaling policies in \(place) are of no use: \(fault).") }
    }

    /// What makes the set useless, or `nil`.
    private var fault: String? {
        guard Set(groups.map(\.role)) == Set(FarmRole.allCases), groups.count == FarmRole.allCases.count else {
            return "each of \(FarmRole.allCases.map(\.rawValue).joined(separator: ", ")) needs one group"
        }
        guard Set(policies.map(\.name)).count == policies.count else { return "two policies have the same name" }
        guard evaluationSeconds > 0 else { return "evaluationSeconds must be above 0" }
        for group in groups where !(1...group.maximum).contains(group.minimum) || group.maximum > 100 {
            return "the minimum of \(group.role.rawValue) must be from 1 to its maximum, and that at most 100"
        }
        for policy in policies {
            let alarm = policy.alarm
            if alarm.periodSeconds <= 0 || !(1...1440).contains(alarm.evaluationPeriods) {
                return "\(policy.name) needs a period above 0 and 1 to 1440 evaluation periods"
            }
            if policy.adjustment == 0 || policy.cooldownSeconds < 0 {
                return "\(policy.name) needs an adjustment other than 0 and a cooldown that is not negative"
            }
            if alarm.metric.role != policy.role {
                return "\(policy.name) changes \(policy.role.rawValue) by \(alarm.metric.rawValue)"
            }
        }
        return nil
    }
}

extension DecodingError {
    /// What is wrong and where, without Swift's words.
    fileprivate var sentence: String {
        func place(_ context: Context, _ key: (any CodingKey)? = nil) -> String {
            (context.codingPath + (key.map { [$0] } ?? [])).map { $0.intValue.map(String.init) ?? $0.stringValue }
                .joined(separator: ".")
        }
        switch self {
        case .keyNotFound(let key, let context): return "\(place(context, key)) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "\(place(context)) has a value of the wrong kind"
        case .dataCorrupted(let context):
            return context.codingPath.isEmpty ? "it is not JSON" : "\(place(context)) has a value that is not known"
        @unknown default: return "it cannot be read"
        }
    }
}
