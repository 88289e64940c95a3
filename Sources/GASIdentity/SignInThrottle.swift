import Crypto
import Foundation
import GAS
import Synchronization

/// Slows down who tries passwords: after some failures from one source, more are refused for a while.
///
/// A source is whatever the caller names: an address, an account, both together. Counts are kept in memory, per
/// process; they need not survive a restart.
public final class SignInThrottle: Sendable {
    private struct Failures {
        var count: Int
        var since: Date
    }

    private let limit: Int
    private let window: Double
    private let clock: any WallClock
    private let failures = Mutex<[SHA256Digest: Failures]>([:])

    /// More sources than this are not remembered at once; the oldest are forgotten first.
    private static let capacity = 10_000

    /// Allows `limit` failures per source within `window` seconds.
    public init(limit: Int, window: Double, clock: any WallClock) {
        self.limit = limit
        self.window = window
        self.clock = clock
    }

    /// How long the source must wait, in seconds, or `nil` when it may try.
    public func wait(for source: String) -> Double? {
        let now = clock.now
        return failures.withLock { failures in
            guard let known = failures[Self.key(source)], known.count >= limit else { return nil }
            let remaining = window - now.timeIntervalSince(known.since)
            return remaining > 0 ? remaining : nil
        }
    }

    /// Notes a failure.
    public func noteFailure(of source: String) {
        let now = clock.now
        failures.withLock { failures in
            let key = Self.key(source)
            if let known = failures[key], now.timeIntervalSince(known.since) < window {
                failures[key] = Failures(count: known.count + 1, since: known.since)
            } else {
                failures[key] = Failures(count: 1, since: now)
            }
            if failures.count > Self.capacity { forget(&failures, now: now) }
        }
    }

    /// Forgets the failures of a source that has succeeded.
    public func noteSuccess(of source: String) {
        failures.withLock { failures in _ = failures.removeValue(forKey: Self.key(source)) }
    }

    private func forget(_ failures: inout [SHA256Digest: Failures], now: Date) {
        failures = failures.filter { now.timeIntervalSince($0.value.since) < window }
        guard failures.count > Self.capacity else { return }
        let median = failures.values.map(\.since).sorted()[failures.count / 2]
        failures = failures.filter { $0.value.since > median }
    }

    /// Sources are hashed: an e-mail address typed by a stranger is nothing to keep.
    private static func key(_ source: String) -> SHA256Digest {
        SHA256.hash(data: Array(source.utf8))
    }
}
