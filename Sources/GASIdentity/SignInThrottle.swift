import Crypto
import Foundation
import GAS
import Synchronization

/// Slows down who tries passwords: after some failures from one source, more are refused for a while.
///
/// A try is taken before the password is looked at and given back when it was right, so that tries at the same time
/// cannot pass the limit together. A source is whatever the caller names: an address, an account, both together.
/// Counts are kept in memory, per process; they need not survive a restart.
public final class SignInThrottle: Sendable {
    private struct Tries {
        var count: Int
        let since: Date
    }

    private let limit: Int
    private let window: Double
    private let clock: any WallClock
    private let tries = Mutex<[SHA256Digest: Tries]>([:])

    /// More sources than this are not remembered at once; the oldest are forgotten first.
    private let capacity: Int

    /// Allows `limit` failures per source within `window` seconds.
    /// - Parameter capacity: so many sources are remembered at most.
    public init(limit: Int, window: Double, clock: any WallClock, capacity: Int = 10_000) {
        self.capacity = capacity
        self.limit = limit
        self.window = window
        self.clock = clock
    }

    /// Takes a try, which counts as a failure unless it is given back.
    /// - Returns: how long the source must wait, in seconds, when it has none left; else `nil`.
    public func take(from source: String) -> Double? {
        let (key, now) = (Self.key(source), clock.now)
        return tries.withLock { tries in
            var known = tries[key] ?? Tries(count: 0, since: now)
            var elapsed = now.timeIntervalSince(known.since)
            if elapsed >= window {
                known = Tries(count: 0, since: now)
                elapsed = 0
            }
            guard known.count < limit else { return window - elapsed }
            known.count += 1
            tries[key] = known
            if tries.count > capacity { forget(&tries, now: now) }
            return nil
        }
    }

    /// Gives a try back that was no failure.
    public func giveBack(to source: String) {
        let key = Self.key(source)
        tries.withLock { tries in
            guard let known = tries[key] else { return }
            tries[key] = known.count > 1 ? Tries(count: known.count - 1, since: known.since) : nil
        }
    }

    /// Gives back all tries of a source that has succeeded.
    public func noteSuccess(of source: String) {
        tries.withLock { tries in _ = tries.removeValue(forKey: Self.key(source)) }
    }

    private func forget(_ tries: inout [SHA256Digest: Tries], now: Date) {
        tries = tries.filter { now.timeIntervalSince($0.value.since) < window }
        guard tries.count > capacity else { return }
        let median = tries.values.map(\.since).sorted()[tries.count / 2]
        tries = tries.filter { $0.value.since > median }
    }

    /// Sources are hashed: an e-mail address typed by a stranger is nothing to keep.
    private static func key(_ source: String) -> SHA256Digest {
        SHA256.hash(data: Array(source.utf8))
    }
}
