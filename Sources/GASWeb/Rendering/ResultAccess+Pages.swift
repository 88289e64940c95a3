import Foundation
import GAS

/// What pages and their feeds ask of the access to a result.
extension ResultAccess {
    /// Whether it can be downloaded now.
    var isDownloadable: Bool {
        if case .available = self { true } else { false }
    }

    /// When it can no longer be downloaded; `nil` when it cannot now, or always can.
    var end: Date? {
        if case .available(let until) = self { until } else { nil }
    }

    /// Differs when a page that shows the result is no longer true.
    func version(of job: Job) -> String {
        Fingerprint.of("\(job.resultState.rawValue) \(job.archiveID ?? "") \(mark)")
    }

    /// Itself in a few words, for comparisons. Interpolating it would take reflection, which is slow.
    var mark: String {
        switch self {
        case .none: "none"
        case .available(let until): "available \(until?.timeIntervalSince1970 ?? 0)"
        case .upgradeNeeded: "upgradeNeeded"
        case .archived: "archived"
        case .unrestorable(let problem): "unrestorable \(problem)"
        case .restoring(let retrieval): "restoring \(retrieval?.id ?? "")"
        }
    }

    /// Whether nothing of it will change by itself: there is no result, or it is there to stay and nowhere else.
    func isSettled(of job: Job) -> Bool {
        job.resultState == .none || (job.resultState == .available && job.archiveID == nil && end == nil)
    }
}

extension WebServices {
    /// What the owner of a job can do with its result now.
    func access(to job: Job, of account: Account) -> ResultAccess {
        ResultAccess(job, account: account, plans: plans, now: clock.now)
    }
}
