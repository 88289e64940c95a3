/// What is announced where.
enum TopicName: String, CaseIterable, Sendable {
    case jobRequests = "job_requests"
    case jobResults = "job_results"
    case archiveRequests = "archive_requests"
    case restoreRequests = "restore_requests"
    case resultNotices = "result_notices"
    case thaw

    /// Whether it is a topic of SNS's where there is one. What asks for archiving goes straight into its queue, for there alone
    /// a message can do without the delay that the queue has for jobs that have just ended.
    var isAnnounced: Bool { self != .archiveRequests }

    /// For the reference of settings.
    var meaning: String {
        switch self {
        case .jobRequests: "jobs that wait for an annotator"
        case .jobResults: "jobs that have ended"
        case .archiveRequests: "results that may have to be archived"
        case .restoreRequests: "results that are wanted back"
        case .resultNotices: "what owners are to be told about their results and passwords"
        case .thaw: "results that the archive has made readable"
        }
    }
}
