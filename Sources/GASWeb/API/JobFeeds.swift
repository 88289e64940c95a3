import Foundation
import GAS
import Hummingbird

/// The event streams of the list and of one job.
struct JobFeeds: Sendable {
    let stream: EventStream
    let list: AnnotationsPage
    let services: WebServices

    private struct ListState: Encodable {
        let version: String
    }

    /// `/annotations/events`: tells when the list that the same query shows is no longer what it was.
    func followList(_ call: Call, _ visitor: Visitor) async throws -> Response {
        let query = try AnnotationsPage.Query(call.query)
        return try stream.respond(call, visitor) { account in
            let listing = try await list.listing(query, account)
            return EventStream.Sight(
                data: try json(ListState(version: listing.version)), ends: listing.ends, isLast: false)
        }
    }

    /// `/annotations/{id}/events`: tells how far a job has come and where its result is, until neither will change.
    func followJob(_ call: Call, _ reader: Reader, _ job: Job) async throws -> Response {
        try stream.respond(call, reader.visitor) { account in
            guard let now = try await services.jobs.job(job.id),
                let owner = reader.isOwner ? account : try await services.accounts.account(job.userID)
            else { return nil }
            let ahead = now.status == .pending ? try await services.jobs.jobsAhead(of: now) : nil
            let access = services.access(to: now, of: owner)
            return EventStream.Sight(
                data: try json(JobProgressView(now, access, ahead: ahead)),
                ends: access.end,
                isLast: now.status.isFinal && access.isSettled(of: now)
            )
        }
    }

    private func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
