import Foundation

/// What a farm was like at one moment, and how it came to be so: what `gas farm status` and the page of the farm show.
public struct FarmState: Sendable, Hashable, Codable {
    /// When this was written.
    public var time: Date
    /// When the farm was started.
    public var started: Date
    /// The process that keeps the farm.
    public var process: ProcessMark
    /// The load balancer, when it runs.
    public var balancer: ProcessMark?
    /// The name of the policies in force.
    public var policies: String
    /// Where people reach it.
    public var address: String
    /// The groups of instances.
    public var groups: [Group]
    /// Every process of the farm.
    public var instances: [FarmInstance]
    /// Every alarm.
    public var alarms: [AlarmReading]
    /// What was decided lately, and what else happened; oldest first.
    public var events: [FarmEvent]
    /// What was measured lately; oldest first.
    public var history: [FarmMeasurement]

    /// How many instances there should be.
    public struct Group: Sendable, Hashable, Codable {
        /// Of which kind.
        public var role: FarmRole
        /// Never fewer.
        public var minimum: Int
        /// Never more.
        public var maximum: Int
        /// How many there should be now.
        public var desired: Int

        /// States it.
        public init(role: FarmRole, minimum: Int, maximum: Int, desired: Int) {
            self.role = role
            self.minimum = minimum
            self.maximum = maximum
            self.desired = desired
        }
    }

    /// States it.
    public init(
        time: Date, started: Date, process: ProcessMark, balancer: ProcessMark?, policies: String, address: String,
        groups: [Group], instances: [FarmInstance], alarms: [AlarmReading], events: [FarmEvent],
        history: [FarmMeasurement]
    ) {
        self.time = time
        self.started = started
        self.process = process
        self.balancer = balancer
        self.policies = policies
        self.address = address
        self.groups = groups
        self.instances = instances
        self.alarms = alarms
        self.events = events
        self.history = history
    }
}
