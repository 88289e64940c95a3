import GAS
import Synchronization

/// The announcement in memory.
public final class InMemoryAnnouncementStore: AnnouncementStore {
    private let kept = Mutex(Announcement?.none)

    /// Makes a store without one.
    public init() {}

    /// What is in force.
    public func announcement() async throws -> Announcement? { kept.withLock { $0 } }

    /// Keeps it.
    public func announce(_ announcement: Announcement?) async throws { kept.withLock { $0 = announcement } }
}
