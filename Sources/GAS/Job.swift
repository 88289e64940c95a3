import Foundation

/// One request to annotate one file, from submission to its last state.
///
/// A `Job` is a value read from a `JobStore`. It changes only there: a method such as `claim` describes the change as a
/// `JobUpdate`, which the store applies if the job is still as it was read.
public struct Job: Sendable, Hashable, Identifiable {
    /// Random; part of every key of the job's objects.
    public let id: JobID
    /// Who submitted it, and alone may see it.
    public let userID: AccountID
    /// The file's name as its owner knows it, made safe by `FileName`.
    public let inputFileName: String
    /// Where the uploaded file is.
    public let input: ObjectLocation
    /// Size of the uploaded file in bytes.
    public let inputSize: Int
    /// When it was submitted.
    public let submitTime: Date
    /// Where it stands.
    public internal(set) var status: JobStatus
    /// Where its result is.
    public internal(set) var resultState: ResultState
    /// How often an annotator has begun it; also the fencing token of the lease.
    public internal(set) var attempt: Int
    /// How many of these attempts ended because an annotator shut down and gave the job back.
    public internal(set) var releases: Int
    /// Who works on it now, and until when nobody else may.
    public internal(set) var lease: Lease?
    /// When the first annotator began.
    public internal(set) var startTime: Date?
    /// When it was completed, failed or cancelled.
    public internal(set) var completeTime: Date?
    /// How far the annotator has come.
    public internal(set) var progress: JobProgress?
    /// What the annotator left in the object store.
    public internal(set) var output: JobOutput?
    /// The log for people; a failed job may have one too.
    public internal(set) var log: ObjectLocation?
    /// Why it failed, in a sentence for its owner.
    public internal(set) var failureReason: String?
    /// Where the archive keeps the result, while it does; also while it still has what is back in the result store.
    public internal(set) var archiveID: String?
    /// How often the result began to move to the archive or back; also the fencing token of who moves it.
    public internal(set) var move: Int
    /// When the result got where it is.
    public internal(set) var resultTime: Date?
    /// By when the next step on the way of the result is owed; `nil` when it may stay where it is.
    public internal(set) var resultDue: Date?
    /// What the archive was asked for, while it fetches the result.
    public internal(set) var retrieval: Retrieval?
    /// Why the result could not be restored, in a sentence for its owner.
    public internal(set) var restoreProblem: String?
    /// What the owner is still to be told about the result.
    public internal(set) var notice: ResultNotice?
    /// Until when one notifier alone may send that mail; the time of the move when nobody tried yet.
    public internal(set) var noticeExpires: Date?
    /// When the message that moves it on was last published.
    public internal(set) var requestTime: Date
    /// Until when one notifier alone may send the mail.
    public internal(set) var notifyExpires: Date?
    /// When the owner was told of the end.
    public internal(set) var notifyTime: Date?

    /// How many attempts count against the job: those that crashed or failed, and the one under way.
    public var countedAttempts: Int { attempt - releases }

    /// A new job in state `PENDING`.
    public init(
        id: JobID, userID: AccountID, inputFileName: String, input: ObjectLocation, inputSize: Int, submitTime: Date
    ) {
        self.id = id
        self.userID = userID
        self.inputFileName = inputFileName
        self.input = input
        self.inputSize = inputSize
        self.submitTime = submitTime
        status = .pending
        resultState = .none
        attempt = 0
        releases = 0
        move = 0
        requestTime = submitTime
    }
}

/// Where a job stands.
public enum JobStatus: String, Sendable, Hashable, Codable, CaseIterable {
    case pending = "PENDING"
    case running = "RUNNING"
    case completed = "COMPLETED"
    case failed = "FAILED"
    case cancelled = "CANCELLED"

    /// The states that may follow this one. `running` follows itself when a second annotator takes over, and goes
    /// back to `pending` when an annotator that shuts down releases it.
    public var successors: Set<JobStatus> {
        switch self {
        case .pending: [.running, .failed, .cancelled]
        case .running: [.running, .pending, .completed, .failed, .cancelled]
        case .completed, .failed, .cancelled: []
        }
    }

    /// Whether nothing follows.
    public var isFinal: Bool { successors.isEmpty }

    /// Whether the owner is told by mail. Who cancels a job knows it already.
    public var isTold: Bool { self == .completed || self == .failed }
}

/// Where a completed job's result is.
public enum ResultState: String, Sendable, Hashable, Codable, CaseIterable {
    case none = "NONE"
    case available = "AVAILABLE"
    case archiving = "ARCHIVING"
    case archived = "ARCHIVED"
    case restoring = "RESTORING"

    /// The states that may follow this one.
    public var successors: Set<ResultState> {
        switch self {
        case .none: [.available]
        case .available: [.archiving]
        case .archiving: [.archived, .available]
        case .archived: [.restoring]
        case .restoring: [.available, .archived]
        }
    }
}

/// A mail about where a result is.
public enum ResultNotice: String, Sendable, Hashable, Codable, CaseIterable {
    /// It was moved to the archive.
    case archived = "ARCHIVED"
    /// It is back from the archive.
    case restored = "RESTORED"
    /// It could not be brought back, and will be tried again.
    case notRestored = "NOT_RESTORED"
}

/// The exclusive right of one worker to a job for a while.
public struct Lease: Sendable, Hashable {
    /// The worker, unique per process.
    public let owner: String
    /// When the right ends unless it is renewed.
    public let expires: Date

    /// Makes a lease.
    public init(owner: String, expires: Date) {
        self.owner = owner
        self.expires = expires
    }
}

/// How far an annotator has come.
public struct JobProgress: Sendable, Hashable {
    /// Records annotated so far.
    public let records: Int
    /// Bytes of the uploaded file read so far, and in all.
    public let bytes: Int
    /// Bytes of the uploaded file in all.
    public let totalBytes: Int
    /// Time spent so far, in seconds.
    public let seconds: Double

    /// Makes a report of progress.
    public init(records: Int, bytes: Int, totalBytes: Int, seconds: Double) {
        self.records = records
        self.bytes = bytes
        self.totalBytes = totalBytes
        self.seconds = seconds
    }

    /// The share of the file that is done, 0 to 1.
    public var fraction: Double {
        totalBytes > 0 ? min(1, Double(bytes) / Double(totalBytes)) : 0
    }

    /// Mean speed so far.
    public var recordsPerSecond: Double {
        seconds > 0 ? Double(records) / seconds : 0
    }
}

/// The files that a completed job has in the object store, all in one bucket.
public struct JobOutput: Sendable, Hashable {
    /// Where all of them are.
    public let bucket: String
    /// Key of the annotated VCF.
    public let resultKey: String
    /// Key of the log for people.
    public let logKey: String
    /// Key of the summary.
    public let summaryKey: String
    /// Size of the result in bytes.
    public let resultSize: Int

    /// Names the files.
    public init(bucket: String, resultKey: String, logKey: String, summaryKey: String, resultSize: Int) {
        self.bucket = bucket
        self.resultKey = resultKey
        self.logKey = logKey
        self.summaryKey = summaryKey
        self.resultSize = resultSize
    }

    /// The annotated VCF.
    public var result: ObjectLocation { ObjectLocation(bucket: bucket, key: resultKey) }
    /// The log for people.
    public var log: ObjectLocation { ObjectLocation(bucket: bucket, key: logKey) }
    /// The `ResultSummary` as JSON.
    public var summary: ObjectLocation { ObjectLocation(bucket: bucket, key: summaryKey) }
}
