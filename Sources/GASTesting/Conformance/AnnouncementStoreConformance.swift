import Foundation
import GAS
import Testing

/// The rules of `AnnouncementStore`. They run on a store that holds nothing yet.
public enum AnnouncementStoreConformance: String, ConformanceRule {
    case empty = "at first there is no announcement"
    case readBack = "an announcement is read back as it was made"
    case replaced = "another one takes its place"
    case withdrawn = "it can be taken back, and taking back none is no error"

    /// Runs the rule.
    public func check(_ store: any AnnouncementStore, clock: any TestClock) async throws {
        let first = try Announcement(text: "Closed on Sunday: \u{1F9EC} 'quoted' <b>", closes: true, time: clock.now)
        let second = try Announcement(text: "Open again", closes: false, time: clock.now.addingTimeInterval(1.25))
        switch self {
        case .empty: #expect(try await store.announcement() == nil)
        case .readBack:
            try await store.announce(first)
            #expect(try await store.announcement() == first)
        case .replaced:
            try await store.announce(first)
            try await store.announce(second)
            #expect(try await store.announcement() == second)
        case .withdrawn:
            try await store.announce(first)
            try await store.announce(nil)
            try await store.announce(nil)
            #expect(try await store.announcement() == nil)
        }
    }
}
