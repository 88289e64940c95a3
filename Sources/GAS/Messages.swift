import Foundation

/// A message between the parts of the service. Bodies are JSON with the stored attributes' names, so that they can be
/// read in a queue's console; unknown keys are ignored, so that old and new processes can run side by side.
public protocol Message: Codable, Sendable, Hashable {}

extension Message {
    /// The body as JSON with sorted keys.
    public func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }

    /// Reads a body.
    /// - Throws: `GASError` with code `invalid` for anything that is not this message.
    public init(body: Data) throws {
        do {
            self = try JSONDecoder().decode(Self.self, from: body)
        } catch {
            throw GASError(.invalid, "The message is not a \(Self.self).", cause: error)
        }
    }
}

/// `job_requests`: a job waits for an annotator.
public struct JobRequested: Message {
    /// Which job.
    public let jobID: JobID
    /// Whose job it is.
    public let userID: AccountID

    /// Announces a job.
    public init(_ job: Job) {
        jobID = job.id
        userID = job.userID
    }

    enum CodingKeys: String, CodingKey {
        case jobID = "job_id"
        case userID = "user_id"
    }
}

/// `job_results`: a job was completed or has failed.
public struct JobFinished: Message {
    /// Which job.
    public let jobID: JobID
    /// Whose job it is.
    public let userID: AccountID
    /// How it ended.
    public let status: JobStatus

    /// Announces the end of a job.
    public init(_ job: Job) {
        jobID = job.id
        userID = job.userID
        status = job.status
    }

    enum CodingKeys: String, CodingKey {
        case jobID = "job_id"
        case userID = "user_id"
        case status = "job_status"
    }
}
