import Foundation
import GAS
import NIOHTTP1

// The members have Glacier's own names.

/// What a job is asked to do.
struct JobOrder: Encodable, Sendable {
    let Kind: String
    var ArchiveId: String?
    var Description: String?
    var SNSTopic: String?
    var Tier: String?

    enum CodingKeys: String, CodingKey {
        case Kind = "Type"
        case ArchiveId, Description, SNSTopic, Tier
    }
}

/// A job as the vault describes it, to who asks and in its announcements alike.
/// See https://docs.aws.amazon.com/amazonglacier/latest/dev/api-describe-job-get.html.
struct VaultJob: Decodable, Sendable {
    let Action: String
    let JobId: String
    let ArchiveId: String?
    let JobDescription: String?
    let StatusCode: String
    let CreationDate: String
    /// Of the whole archive; missing in inventories.
    let ArchiveSHA256TreeHash: String?

    var isOver: Bool { StatusCode != "InProgress" }
    var hasSucceeded: Bool { StatusCode == "Succeeded" }
    var isInventory: Bool { Action == "InventoryRetrieval" }

    var state: RetrievalState {
        guard isOver else { return .underWay }
        return hasSucceeded ? .ready : .gone
    }
}

extension VaultArchive {
    /// Begins a job.
    /// - Returns: its id.
    /// - Throws: `AWSError`.
    func begin(_ order: JobOrder) async throws -> String {
        var request = request("InitiateJob", "POST", "/jobs")
        request.body = .data(try JSONEncoder().encode(order))
        guard let id = try await client.send(request).headers.first(name: "x-amz-job-id") else {
            throw GASError(.internal, "The vault \(vault) did not name the job that it began.")
        }
        return id
    }

    /// Reads what a vault says of a job that has ended; raw, or out of SNS's envelope.
    public func retrievals(announcedIn body: Data) async throws -> [RetrievalEnded]? {
        guard let job = try? JSONDecoder().decode(VaultJob.self, from: body) else { return nil }
        guard !job.isInventory, let archiveID = job.ArchiveId, let jobID = job.JobDescription else { return [] }
        return [
            RetrievalEnded(
                retrievalID: job.JobId, archiveID: archiveID, jobID: JobID(rawValue: jobID),
                isReady: job.hasSucceeded)
        ]
    }

    func request(_ operation: String, _ method: String, _ path: String) -> AWSRequest {
        var request = AWSRequest(service: "glacier")
        request.operation = operation
        request.method = method
        // The account is the one of the credentials.
        request.path = "/-/vaults/\(vault)\(path)"
        request.headers = [("x-amz-glacier-version", "2012-06-01")]
        return request
    }

    func decode<Value: Decodable>(_ type: Value.Type, _ body: Data) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: body)
        } catch {
            throw GASError(.internal, "The answer of the vault \(vault) cannot be understood.", cause: error)
        }
    }

    func date(_ text: String) throws -> Date {
        guard let date = ISODate.parse(text) else {
            throw GASError(.internal, "The vault \(vault) wrote a date that cannot be understood: '\(text)'.")
        }
        return date
    }
}
