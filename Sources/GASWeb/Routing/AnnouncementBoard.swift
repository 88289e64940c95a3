import Foundation
import GAS
import Logging
import Synchronization

/// The announcement in force, looked up now and then: every page shows it.
final class AnnouncementBoard: Sendable {
    private struct State {
        var announcement: Announcement?
        var read: Date?
    }

    private let store: any AnnouncementStore
    private let clock: any WallClock
    private let seconds: Double
    private let state = Mutex(State())

    /// - Parameter seconds: for so long what was looked up last is good.
    init(store: any AnnouncementStore, clock: any WallClock, seconds: Double) {
        self.store = store
        self.clock = clock
        self.seconds = seconds
    }

    /// What is in force. While the store does not answer, what it said last.
    func current(logger: Logger) async -> Announcement? {
        let now = clock.now
        let (known, isFresh) = state.withLock { state in
            let isFresh = state.read.map { (0..<seconds).contains(now.timeIntervalSince($0)) } ?? false
            // One request looks, the others that come meanwhile take what is known.
            if !isFresh { state.read = now }
            return (state.announcement, isFresh)
        }
        guard !isFresh else { return known }
        do {
            let announcement = try await store.announcement()
            state.withLock { $0.announcement = announcement }
            return announcement
        } catch {
            logger.warning("the announcement was not looked up", metadata: ["error": "\(error)"])
            return known
        }
    }
}
