import Foundation
import Synchronization

/// Until when the messages that this process has received are hidden from others.
final class HeldReceipts: Sendable {
    private let deadlines = Mutex<[String: Date]>([:])

    /// Notes a delivery, and forgets those whose time is over.
    func hold(_ handle: String, until deadline: Date, now: Date) {
        deadlines.withLock { deadlines in
            deadlines = deadlines.filter { $0.value > now }
            deadlines[handle] = deadline
        }
    }

    /// Changes the time of a delivery that still holds.
    func extend(_ handle: String, until deadline: Date, now: Date) -> Bool {
        deadlines.withLock { deadlines in
            guard let end = deadlines[handle], end > now else { return false }
            deadlines[handle] = deadline
            return true
        }
    }

    /// Forgets a delivery.
    /// - Returns: whether it still held.
    func release(_ handle: String, now: Date) -> Bool {
        deadlines.withLock { deadlines in
            guard let end = deadlines.removeValue(forKey: handle) else { return false }
            return end > now
        }
    }
}
