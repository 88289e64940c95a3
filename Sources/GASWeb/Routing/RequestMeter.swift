import Crypto
import Foundation
import GAS
import Synchronization

/// Lets each source do something so often: a bucket of tokens for each, which fills up again steadily.
///
/// Buckets are kept in memory, per process; they need not survive a restart. Of sources that have not come for a window
/// nothing is remembered.
package final class RequestMeter: Sendable {
    private struct Bucket {
        var tokens: Double
        var filled: Date
    }

    private struct State {
        var buckets: [SHA256Digest: Bucket] = [:]
        var swept: Date
    }

    private let limit: Double
    private let window: Double
    private let clock: any WallClock
    private let state: Mutex<State>

    /// - Parameters:
    ///   - limit: how often at most within `window`.
    ///   - window: seconds in which an empty bucket fills up.
    package init(limit: Int, window: Double, clock: any WallClock) {
        self.limit = Double(limit)
        self.window = window
        self.clock = clock
        state = Mutex(State(swept: clock.now))
    }

    /// Takes a token.
    /// - Returns: how long the source must wait for the next one, in seconds, when it has none; else `nil`.
    package func take(_ source: String) -> Double? {
        // Hashed: what a source sends is nothing to keep.
        let (key, now) = (SHA256.hash(data: Array(source.utf8)), clock.now)
        return state.withLock { state in
            forget(&state, now: now)
            var bucket = state.buckets[key] ?? Bucket(tokens: limit, filled: now)
            bucket.tokens = min(limit, bucket.tokens + max(0, now.timeIntervalSince(bucket.filled)) * limit / window)
            bucket.filled = now
            defer { state.buckets[key] = bucket }
            guard bucket.tokens >= 1 else { return (1 - bucket.tokens) * window / limit }
            bucket.tokens -= 1
            return nil
        }
    }

    /// Buckets that are full again need not be kept.
    private func forget(_ state: inout State, now: Date) {
        guard now.timeIntervalSince(state.swept) >= window else { return }
        state.swept = now
        state.buckets = state.buckets.filter { now.timeIntervalSince($0.value.filled) < window }
    }
}
