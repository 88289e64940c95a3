import Foundation
import Synchronization

/// Wakes tasks that wait for something to happen.
///
/// A task notes `rings`, looks for work, and if there is none waits for a ring past the number it noted. What happens
/// between the look and the wait is therefore never missed.
package final class Bell: Sendable {
    private struct State {
        var rings = 0
        var lastWaiter = 0
        var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
    }

    private let state = Mutex(State())

    /// Makes a bell that has not rung yet.
    package init() {}

    /// How often it has rung.
    package var rings: Int { state.withLock { $0.rings } }

    /// Wakes all who wait.
    package func ring() {
        let woken = state.withLock { state in
            state.rings += 1
            defer { state.waiters.removeAll() }
            return state.waiters.values.map { $0 }
        }
        for waiter in woken { waiter.resume() }
    }

    /// Waits until the bell has rung more than `rings` times.
    /// - Throws: `CancellationError` when the task is cancelled first.
    package func wait(past rings: Int) async throws {
        let waiter = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enter(waiter, past: rings, continuation)
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: waiter) }?.resume(throwing: CancellationError())
        }
    }

    /// Waits until the bell has rung more than `rings` times, but no longer than until `deadline`.
    /// - Throws: `CancellationError` when the task is cancelled first.
    package func wait(past rings: Int, until deadline: Date, by clock: any WallClock) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.wait(past: rings) }
            group.addTask { try await clock.sleep(until: deadline) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Emits after each ring from now on; rings that come faster than they are read are merged. Ends with the task that
    /// reads it.
    /// - Parameter ringer: who rings the bell, kept alive as long as somebody reads.
    package func stream(from ringer: (any AnyObject & Sendable)? = nil) -> AsyncStream<Void> {
        // Counted from the call, not from when the task below begins.
        let start = rings
        return AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let task = Task {
                var seen = start
                // Waiting ends with an error only when the reader has gone.
                while (try? await wait(past: seen)) != nil {
                    seen = rings
                    continuation.yield()
                }
                continuation.finish()
                withExtendedLifetime(ringer) {}
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    /// The task's cancellation is marked before its handler runs, so a handler that came too early to find the
    /// continuation is noticed here.
    private func enter(_ waiter: Int, past rings: Int, _ continuation: CheckedContinuation<Void, any Error>) {
        let isCancelled = Task.isCancelled
        let waits = state.withLock { state in
            guard !isCancelled, state.rings <= rings else { return false }
            state.waiters[waiter] = continuation
            return true
        }
        guard !waits else { return }
        if isCancelled { continuation.resume(throwing: CancellationError()) } else { continuation.resume() }
    }
}
