import AsyncHTTPClient
import Foundation
import GAS
import NIOHTTP1

/// Retrievals and inventories.
/// See https://docs.aws.amazon.com/amazonglacier/latest/dev/job-operations.html.
extension VaultStage {
    private struct Order: Decodable {
        let Kind: String
        let ArchiveId: String?
        let Description: String?
        let SNSTopic: String?
        let Tier: String?

        enum CodingKeys: String, CodingKey {
            case Kind = "Type"
            case ArchiveId, Description, SNSTopic, Tier
        }
    }

    func beginJob(_ request: StageRequest, _ state: inout State) -> HTTPClientResponse {
        guard let order = try? JSONDecoder().decode(Order.self, from: request.body) else {
            return refusal(.badRequest, "InvalidParameterValueException")
        }
        state.lastID += 1
        let id = "job\(state.lastID)"
        if order.Kind == "inventory-retrieval" {
            let list = state.archives.map { id, archive in
                """
                {"ArchiveId": "\(id)", "ArchiveDescription": "\(archive.description)", "Size": \(archive.bytes.count),
                 "CreationDate": "\(archive.created.inDocument)", "SHA256TreeHash": "\(archive.tree)"}
                """
            }
            let output = "{\"VaultARN\": \"a\", \"ArchiveList\": [\(list.joined(separator: ", "))]}"
            state.jobs.append(
                Job(
                    id: id, archiveID: nil, description: nil, begun: clock.now, ready: clock.now,
                    bytes: Data(output.utf8)))
            return .stage(.accepted, headers: [("x-amz-job-id", id)])
        }
        let delays = ["Expedited": 60.0, "Standard": 600, "Bulk": 6000]
        guard order.SNSTopic == "arn:aws:sns:us-east-1:1:thaw", let delay = delays[order.Tier ?? ""],
            let archiveID = order.ArchiveId
        else { return refusal(.badRequest, "InvalidParameterValueException") }
        guard let archive = state.archives[archiveID] else { return missing }
        if order.Tier == "Expedited", state.refusesExpedited {
            return refusal(.serviceUnavailable, "InsufficientCapacityException")
        }
        state.jobs.append(
            Job(
                id: id, archiveID: archiveID, description: order.Description, begun: clock.now,
                ready: clock.now.addingTimeInterval(delay), bytes: archive.bytes, tree: archive.tree,
                label: archive.description))
        return .stage(.accepted, headers: [("x-amz-job-id", id)])
    }

    func living(_ state: State) -> [Job] {
        state.jobs.filter { clock.now < $0.ready.addingTimeInterval(keepSeconds) }
    }

    func job(_ path: String, _ state: State) -> HTTPClientResponse {
        let id = path.split(separator: "/")[0]
        guard let job = living(state).first(where: { $0.id == id }) else { return missing }
        guard path.hasSuffix("/output") else { return .stage(.ok, document(job)) }
        guard job.ready <= clock.now else { return missing }
        return .stage(.ok, job.bytes, headers: [("x-amz-archive-description", job.label)])
    }

    /// https://docs.aws.amazon.com/amazonglacier/latest/dev/api-describe-job-get.html
    func document(_ job: Job) -> String {
        func quoted(_ text: String?) -> String { text.map { "\"\($0)\"" } ?? "null" }
        let isOver = job.ready <= clock.now
        return """
            {"Action": "\(job.archiveID == nil ? "InventoryRetrieval" : "ArchiveRetrieval")", "JobId": "\(job.id)",
             "ArchiveId": \(quoted(job.archiveID)), "JobDescription": \(quoted(job.description)),
             "ArchiveSHA256TreeHash": \(quoted(job.tree)), "SHA256TreeHash": \(quoted(job.tree)),
             "CreationDate": "\(job.begun.inDocument)", "Completed": \(isOver),
             "StatusCode": "\(isOver ? "Succeeded" : "InProgress")", "StatusMessage": null}
            """
    }
}
