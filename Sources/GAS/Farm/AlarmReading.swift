/// The state of an alarm, by CloudWatch's names.
public enum AlarmState: String, Sendable, Hashable, Codable, CaseIterable {
    case ok = "OK"
    case alarm = "ALARM"
    case insufficientData = "INSUFFICIENT_DATA"
}

/// An alarm of a scaling policy, as it was seen last.
public struct AlarmReading: Sendable, Hashable, Codable {
    /// The policy's name.
    public var policy: String
    /// Whose size it changes.
    public var role: FarmRole
    /// How many instances it adds; below 0 removes.
    public var adjustment: Int
    /// The condition in words.
    public var condition: String
    /// Whether the condition is met.
    public var state: AlarmState
    /// The number that was compared last; `nil` when nothing was measured.
    public var value: Double?

    /// States it.
    public init(
        policy: String, role: FarmRole, adjustment: Int, condition: String, state: AlarmState, value: Double?
    ) {
        self.policy = policy
        self.role = role
        self.adjustment = adjustment
        self.condition = condition
        self.state = state
        self.value = value
    }
}
