import Foundation

/// The time of day as everything in the service sees it, so that tests and simulations own it.
public protocol WallClock: Sendable {
    /// The current moment.
    var now: Date { get }

    /// Waits until `deadline`; returns at once when it has passed.
    /// - Throws: `CancellationError` when the task is cancelled first.
    func sleep(until deadline: Date) async throws
}

extension WallClock {
    /// Waits for `seconds`.
    public func sleep(seconds: Double) async throws {
        try await sleep(until: now.addingTimeInterval(seconds))
    }
}

/// The machine's own clock.
public struct SystemClock: WallClock {
    /// Makes the clock; it holds no state.
    public init() {}

    /// The current moment.
    public var now: Date { Date() }

    /// Waits on the monotonic clock for the time that is left.
    public func sleep(until deadline: Date) async throws {
        let seconds = deadline.timeIntervalSinceNow
        guard seconds > 0 else { return try Task.checkCancellation() }
        try await Task.sleep(for: .seconds(seconds))
    }
}
