import GAS
import Hummingbird

/// `/admin/announcement`: what everybody is told, and whether the service is closed.
struct AnnouncementPage: Sendable {
    let pages: PageRenderer
    let services: WebServices

    private struct Content {
        let text: String
        let closes: Bool
        let since: Moment?
        let longest: Int
    }

    /// Shows the form.
    func show(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let current = try await services.operations.announcements.announcement()
        return pages.page(
            "announcement", title: "Announcement", call,
            content: Content(
                text: current?.text ?? "", closes: current?.closes ?? false,
                since: current.map { Moment($0.time) }, longest: Announcement.longest),
            section: .admin)
    }

    /// Takes the form; without a text there is no announcement any more.
    func save(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let (text, closes) = (call.form["text"], call.form["closes"] == "yes")
        let isEmpty = text.allSatisfy(\.isWhitespace)
        guard !isEmpty || !closes else {
            throw GASError(.invalid, "While the service is closed people must be told why: write a sentence.")
        }
        let announcement = isEmpty ? nil : try Announcement(text: text, closes: closes, time: services.clock.now)
        try await services.record(
            .announcementChanged, call, by: visitor.account.id,
            detail: announcement == nil ? "none" : closes ? "closed" : "open")
        try await services.operations.announcements.announce(announcement)
        return .seeOther("/admin/announcement")
    }
}
