import Foundation
import GAS
import Hummingbird

/// The event streams of the list and of one job.
struct JobFeeds: Sendable {
    let stream: EventStream
    let list: AnnotationsPage
    let jobs: any JobStore

    private struct ListState: Encodable {
        let version: String
    }

    /// `/annotations/events`: tells when the list that the same query shows is no longer what it was.
    func followList(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let query = try AnnotationsPage.Query(call.query)
        return try stream.respond(call, visitor) {
            let state = ListState(version: try await list.list(query, visitor).version)
            return EventStream.Sight(data: try json(state), isLast: false)
        }
    }

    /// `/annotations/{id}/events`: tells how far a job has come, until it has ended.
    func followJob(_ call: Call, _ visitor: Visitor, _ job: Job) async throws -> Response {
        try stream.respond(call, visitor) {
            guard let now = try await jobs.job(job.id) else { return nil }
            let ahead = now.status == .pending ? try await jobs.jobsAhead(of: now) : nil
            return EventStream.Sight(
                data: try json(JobProgressView(now, ahead: ahead)),
                isLast: now.status.isFinal
            )
        }
    }

    private func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
