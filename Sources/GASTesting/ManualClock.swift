import Foundation
import GAS
import Synchronization

/// A clock that stands still until a test moves it.
public final class ManualClock: TestClock {
    private struct Sleeper {
        let deadline: Date
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: Date
        var lastSleeper = 0
        var sleepers: [Int: Sleeper] = [:]
    }

    private let state: Mutex<State>

    /// Makes a clock.
    /// - Parameter now: 1 January 2026 if not given.
    public init(now: Date = Date(timeIntervalSince1970: 1_767_225_600)) {
        state = Mutex(State(now: now))
    }

    /// Where the clock stands.
    public var now: Date { state.withLock { $0.now } }

    /// A minute: nothing waits for it really.
    public var unit: Double { 60 }

    /// How many tasks sleep.
    public var sleepers: Int { state.withLock { $0.sleepers.count } }

    /// When the first of the sleeping tasks will wake; `nil` when none sleeps.
    public var nextDeadline: Date? { state.withLock { $0.sleepers.values.map(\.deadline).min() } }

    /// Moves the time forward and wakes, in the order of their deadlines, the tasks that have slept long enough.
    public func advance(seconds: Double) {
        let woken = state.withLock { state in
            state.now = state.now.addingTimeInterval(seconds)
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }.map(\.value.continuation)
        }
        for continuation in woken { continuation.resume() }
    }

    /// Waits until `advance` has moved the clock to `deadline`.
    public func sleep(until deadline: Date) async throws {
        let id = state.withLock { state in
            state.lastSleeper += 1
            return state.lastSleeper
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enter(id, Sleeper(deadline: deadline, continuation: continuation))
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: id) }?.continuation.resume(throwing: CancellationError())
        }
    }

    private func enter(_ id: Int, _ sleeper: Sleeper) {
        let isCancelled = Task.isCancelled
        let sleeps = state.withLock { state in
            guard !isCancelled, sleeper.deadline > state.now else { return false }
            state.sleepers[id] = sleeper
            return true
        }
        guard !sleeps else { return }
        if isCancelled {
            sleeper.continuation.resume(throwing: CancellationError())
        } else {
            sleeper.continuation.resume()
        }
    }
}
