import Foundation
import GAS

/// The names in the table of jobs besides those of `JobAttribute`.
///
/// The key is `job_id`. Each list that the service needs has an index that is read in its order and no further than wanted;
/// an index holds only the jobs that have its attributes. Nothing scans the table.
enum JobTable {
    /// `<submit time>~<job id>`: a total order of jobs, which the submit time alone is not.
    static let order = "submit_order"
    /// The status of a job whose owner is still to be told of its end; absent in all others.
    static let untold = "untold"
    /// A name of the last write, new for each, by which a writer whose answer got lost knows its own.
    static let write = "write_id"

    /// An index: which attribute its items share, and which one puts them in order.
    struct Index: Sendable {
        let name: String
        let hash: String
        let range: String
        let isRangeNumber: Bool
    }

    static let byAccount = Index(name: "user_id_index", hash: JobAttribute.userID.rawValue, range: order)
    static let byRequest = Index(name: "job_status_request_time_index", .status, .requestTime)
    static let byLease = Index(name: "job_status_lease_expires_index", .status, .leaseExpires)
    static let byEnd = Index(
        name: "untold_complete_time_index", hash: untold, range: JobAttribute.completeTime.rawValue, isNumber: true)
    static let byResultDue = Index(name: "result_state_result_due_index", .resultState, .resultDue)
    static let byNotice = Index(name: "result_notice_expires_index", .notice, .noticeExpires)

    static let indexes = [byAccount, byRequest, byLease, byEnd, byResultDue, byNotice]

    /// Milliseconds are shifted so that those before 1970 sort as text too.
    static func order(submitTime: Int, jobID: JobID) -> String {
        let digits = String(submitTime + 1_000_000_000_000_000)
        return String(repeating: "0", count: max(0, 16 - digits.count)) + digits + "~\(jobID)"
    }
}

extension JobTable.Index {
    init(name: String, hash: String, range: String, isNumber: Bool = false) {
        self.init(name: name, hash: hash, range: range, isRangeNumber: isNumber)
    }

    init(name: String, _ hash: JobAttribute, _ range: JobAttribute) {
        self.init(name: name, hash: hash.rawValue, range: range.rawValue, isRangeNumber: true)
    }
}
