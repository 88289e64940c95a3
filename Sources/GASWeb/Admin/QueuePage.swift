import Foundation
import GAS
import Hummingbird
import Logging

/// `/admin/queues/{queue}`: what could not be dealt with, and the way back.
struct QueuePage: Sendable {
    let pages: PageRenderer
    let services: WebServices
    let perPage: Int

    /// Most messages that are sent back at once.
    private static let most = 1000
    /// Longest text of a message that is shown, in characters.
    private static let longest = 500

    private struct Content {
        let name: String
        let path: String
        let count: String
        let letters: [Letter]
        let hasMore: Bool
        let replayed: String?
    }

    private struct Letter {
        let id: String
        let sent: Moment
        let body: String
    }

    static func path(of queue: String) -> String { "/admin/queues/\(PercentEncoding.encode(queue))" }

    /// Shows some of the messages.
    func show(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let office = try office(call)
        let depth = try await office.deadLetters.depth()
        let letters = try await office.letters(limit: perPage)
        let count = depth.visible + depth.inFlight + depth.delayed
        return pages.page(
            "queue", title: office.queue.name, call,
            content: Content(
                name: office.queue.name, path: Self.path(of: office.queue.name),
                count: Wording.count(count, "message"),
                letters: letters.map { letter in
                    Letter(
                        id: letter.messageID, sent: Moment(letter.sent),
                        body: AuditText.safe(String(decoding: letter.body, as: UTF8.self), limit: Self.longest))
                },
                hasMore: count > letters.count,
                replayed: Self.replayed(call).map { Wording.count($0, "message") }),
            section: .admin)
    }

    /// Sends them back into their queue.
    func replay(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let office = try office(call)
        try await services.record(.messagesReplayed, call, by: visitor.account.id, detail: office.queue.name)
        let count = try await office.replay(limit: Self.most)
        call.context.logger.notice(
            "dead letters replayed", metadata: ["queue": "\(office.queue.name)", "count": "\(count)"])
        return call.seeOther(Self.path(of: office.queue.name), telling: .replayed, String(count))
    }

    /// How many were just sent again, if any were.
    private static func replayed(_ call: Call) -> Int? {
        call.notice == .replayed ? Int(call.query[Notice.replayed.rawValue]) : nil
    }

    private func office(_ call: Call) throws -> DeadLetterOffice {
        let name = call.context.parameters.get("queue")?.removingPercentEncoding
        guard let office = services.operations.offices.first(where: { $0.queue.name == name }) else {
            throw GASError(.notFound, "There is no such queue.")
        }
        return office
    }
}
