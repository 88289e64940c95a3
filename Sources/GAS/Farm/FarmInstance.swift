import Foundation

/// One process of a farm.
public struct FarmInstance: Sendable, Hashable, Codable {
    /// Where it stands in its life.
    public enum Phase: String, Sendable, Hashable, Codable, CaseIterable {
        /// Started, and not ready yet.
        case starting
        /// At work.
        case serving
        /// Given no more work, and finishing what it has.
        case draining
        /// Asked to end.
        case stopping
    }

    /// `web-3`: role and a number that is not given again while the farm lasts.
    public var name: String
    /// What it does.
    public var role: FarmRole
    /// Where it is in its life.
    public var phase: Phase
    /// Its process; `nil` until it has one.
    public var process: ProcessMark?
    /// Where it listens, on loopback; `nil` when it does not.
    public var port: Int?
    /// Where it tells Prometheus about itself; `nil` when it does not.
    public var metricsPort: Int?
    /// When it was started.
    public var started: Date

    /// States it.
    public init(
        name: String, role: FarmRole, phase: Phase, process: ProcessMark?, port: Int?, metricsPort: Int? = nil,
        started: Date
    ) {
        self.name = name
        self.role = role
        self.phase = phase
        self.process = process
        self.port = port
        self.metricsPort = metricsPort
        self.started = started
    }
}
