import Foundation
import Synchronization

/// Until when the messages that this process has received are hidden from others.
final class HeldReceipts: Sendable {
    private struct Hold {
        /// When the message becomes visible.
        var end: Date
        /// When SQS ends the delivery, however often its end is put off.
        let limit: Date
    }

    private let holds = Mutex<[String: Hold]>([:])

    /// Notes a delivery, and forgets those whose time is over.
    /// - Parameters:
    ///   - deadline: when the message becomes visible.
    ///   - limit: the latest time to which that may be put off.
    func hold(_ handle: String, until deadline: Date, limit: Date, now: Date) {
        holds.withLock { holds in
            holds = holds.filter { $0.value.end > now }
            holds[handle] = Hold(end: deadline, limit: limit)
        }
    }

    /// Changes the time of a delivery that still holds.
    /// - Returns: whole seconds for which SQS hides it from now on, as many as are wanted or as are left; `nil` when the delivery
    ///   does not hold, or nothing is left to ask for.
    func extend(_ handle: String, seconds: Double, now: Date) -> Int? {
        holds.withLock { holds in
            guard var hold = holds[handle], hold.end > now else { return nil }
            let left = max(0, hold.limit.timeIntervalSince(now).rounded(.down))
            let granted = min(max(0, seconds).rounded(.up), left)
            guard granted > 0 || seconds <= 0 else { return nil }
            hold.end = now.addingTimeInterval(granted)
            holds[handle] = hold
            return Int(granted)
        }
    }

    /// Whether a delivery still holds.
    func holds(_ handle: String, now: Date) -> Bool {
        holds.withLock { $0[handle].map { $0.end > now } ?? false }
    }

    /// Forgets a delivery.
    /// - Returns: whether it still held.
    func release(_ handle: String, now: Date) -> Bool {
        holds.withLock { holds in
            guard let hold = holds.removeValue(forKey: handle) else { return false }
            return hold.end > now
        }
    }
}
