import Foundation

/// The stored attributes of a job, by the names under which every store keeps them.
///
/// The first twelve are those of the original system; a table written by it can be read by this one.
public enum JobAttribute: String, Sendable, Hashable, CaseIterable {
    case jobID = "job_id"
    case userID = "user_id"
    case inputFileName = "input_file_name"
    case inputsBucket = "s3_inputs_bucket"
    case inputKey = "s3_key_input_file"
    case submitTime = "submit_time"
    case status = "job_status"
    case resultsBucket = "s3_results_bucket"
    case resultKey = "s3_key_result_file"
    case logKey = "s3_key_log_file"
    case completeTime = "complete_time"
    case archiveID = "results_file_archive_id"

    case inputSize = "input_size"
    case summaryKey = "s3_key_summary_file"
    case resultSize = "result_size"
    case resultState = "result_state"
    case startTime = "start_time"
    case attempt = "attempt"
    case releases = "releases"
    case leaseOwner = "lease_owner"
    case leaseExpires = "lease_expires"
    case progressRecords = "progress_records"
    case progressBytes = "progress_bytes"
    case progressTotalBytes = "progress_total_bytes"
    case progressSeconds = "progress_seconds"
    case failureReason = "failure_reason"
    case requestTime = "request_time"
    case notifyExpires = "notify_expires"
    case notifyTime = "notify_time"
    case move = "result_move"
    case resultTime = "result_time"
    case resultDue = "result_due"
    case retrievalID = "retrieval_id"
    case retrievalTier = "retrieval_tier"
    case retrievalExpected = "retrieval_expected"
    case restoreProblem = "restore_problem"
    case notice = "result_notice"
    case noticeExpires = "result_notice_expires"

    /// Whether the attribute holds a number; all others hold text.
    ///
    /// Times are whole milliseconds since 1970 UTC, sizes are bytes, `progress_seconds` is milliseconds too.
    public var isNumber: Bool {
        switch self {
        case .submitTime, .completeTime, .inputSize, .resultSize, .startTime, .attempt, .releases, .leaseExpires,
            .progressRecords, .progressBytes, .progressTotalBytes, .progressSeconds, .requestTime, .notifyExpires,
            .notifyTime, .move, .resultTime, .resultDue, .retrievalExpected, .noticeExpires:
            true
        default:
            false
        }
    }
}

/// The value of one stored attribute.
public enum AttributeValue: Sendable, Hashable {
    /// Text in UTF-8.
    case text(String)
    /// A whole number.
    case number(Int)

    /// The text, if it is text.
    public var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// The number, if it is a number.
    public var number: Int? {
        if case .number(let number) = self { number } else { nil }
    }

    static func time(_ date: Date) -> AttributeValue {
        .number(Int((date.timeIntervalSince1970 * 1000).rounded()))
    }

    var date: Date? {
        number.map { Date(timeIntervalSince1970: Double($0) / 1000) }
    }
}

/// A job as a store keeps it; an absent key is an absent value.
public typealias JobAttributes = [JobAttribute: AttributeValue]
