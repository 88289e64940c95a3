import Foundation
import GAS

/// A clock that a test can move, or at least wait for.
public protocol TestClock: WallClock {
    /// A duration in seconds that is long for the adapter under test and short for whoever waits for the test. The
    /// conformance suites measure all their times in it.
    var unit: Double { get }

    /// Lets time pass.
    func advance(seconds: Double) async throws
}

/// The real time, for adapters whose time is somebody else's.
public struct RealTestClock: TestClock {
    /// As given.
    public let unit: Double
    private let clock = SystemClock()

    /// Makes a clock.
    /// - Parameter unit: 1 second suits services that count in whole seconds.
    public init(unit: Double = 1) {
        self.unit = unit
    }

    /// The machine's time.
    public var now: Date { clock.now }

    /// Really sleeps.
    public func sleep(until deadline: Date) async throws { try await clock.sleep(until: deadline) }

    /// Really waits.
    public func advance(seconds: Double) async throws { try await clock.sleep(seconds: seconds) }
}
