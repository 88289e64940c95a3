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

/// `archive_requests`, and every message that names a job: the result of one job, or all results of an account, should
/// be archived as soon as the owner's plan says.
public struct ArchiveRequested: Message {
    /// Whose results.
    public let userID: AccountID
    /// Which job's result; `nil` for all of the account.
    public let jobID: JobID?

    /// Asks for one result to be archived.
    public init(_ job: Job) {
        userID = job.userID
        jobID = job.id
    }

    /// Asks for all results of an account to be archived.
    public init(allOf account: AccountID) {
        userID = account
        jobID = nil
    }

    enum CodingKeys: String, CodingKey {
        case userID = "user_id"
        case jobID = "job_id"
    }
}

/// `restore_requests`: the result of one job, or all results of an account, are wanted back from the archive.
public struct RestoreRequested: Message {
    /// Whose results.
    public let userID: AccountID
    /// Which job's result; `nil` for all of the account.
    public let jobID: JobID?

    /// Asks for one result.
    public init(_ job: Job) {
        userID = job.userID
        jobID = job.id
    }

    /// Asks for all results of an account.
    public init(allOf account: AccountID) {
        userID = account
        jobID = nil
    }

    enum CodingKeys: String, CodingKey {
        case userID = "user_id"
        case jobID = "job_id"
    }
}

/// `thaw`: the archive has made a result readable, or could not.
public struct RetrievalEnded: Message {
    /// Which retrieval.
    public let retrievalID: String
    /// What was retrieved.
    public let archiveID: String
    /// Whose result it is.
    public let jobID: JobID
    /// Whether it can be read now.
    public let isReady: Bool

    /// Announces the end of a retrieval.
    public init(retrievalID: String, archiveID: String, jobID: JobID, isReady: Bool) {
        self.retrievalID = retrievalID
        self.archiveID = archiveID
        self.jobID = jobID
        self.isReady = isReady
    }

    enum CodingKeys: String, CodingKey {
        case retrievalID = "retrieval_id"
        case archiveID = "archive_id"
        case jobID = "job_id"
        case isReady = "is_ready"
    }
}

/// `result_notices`, too: somebody is to be told by mail about the password of their account.
public struct AccountNotice: Message {
    /// What is told.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// Somebody has forgotten the password, and gets a link with which to choose another one.
        case passwordForgotten = "password-forgotten"
        /// The password was replaced.
        case passwordChanged = "password-changed"
    }

    /// Names the notice; becomes the id of the mail.
    public let id: String
    /// Whose account; it need not exist.
    public let userID: AccountID
    /// What is told.
    public let kind: Kind

    /// Asks for a mail.
    public init(_ kind: Kind, to account: AccountID) {
        id = UUID().uuidString.lowercased()
        userID = account
        self.kind = kind
    }

    enum CodingKeys: String, CodingKey {
        case id = "notice_id"
        case userID = "user_id"
        case kind = "account_notice"
    }
}

/// `result_notices`: the owner of a job is to be told where its result is.
public struct ResultMoved: Message {
    /// Which job.
    public let jobID: JobID
    /// Whose job it is.
    public let userID: AccountID

    /// Announces a move.
    public init(_ job: Job) {
        jobID = job.id
        userID = job.userID
    }

    enum CodingKeys: String, CodingKey {
        case jobID = "job_id"
        case userID = "user_id"
    }
}
