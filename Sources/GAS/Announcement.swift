import Foundation

/// What the people who run the service tell everybody on every page.
public struct Announcement: Sendable, Hashable {
    /// A sentence or two, as they are to be read.
    public let text: String
    /// Whether the service is closed meanwhile for all but administrators.
    public let closes: Bool
    /// Since when.
    public let time: Date

    /// Longest text, in characters.
    public static let longest = 500

    /// Takes an announcement.
    /// - Throws: `invalid` without a text, or with one that is too long.
    public init(text: String, closes: Bool, time: Date) throws {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty, text.count <= Self.longest else {
            throw GASError(.invalid, "An announcement needs a text of at most \(Self.longest) characters.")
        }
        self.text = AuditText.safe(text, limit: Self.longest)
        self.closes = closes
        self.time = Date(milliseconds: time.milliseconds)
    }
}

/// Keeps the one announcement.
public protocol AnnouncementStore: Sendable {
    /// The announcement in force; `nil` when there is none.
    func announcement() async throws -> Announcement?

    /// Puts another one in its place, or none.
    func announce(_ announcement: Announcement?) async throws
}
