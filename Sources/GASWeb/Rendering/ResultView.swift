import Foundation
import GAS

/// A result on the page of its job: what its owner can do with it now, and how long still.
struct ResultView {
    /// The end of the download, which a script counts down to.
    struct End {
        let moment: Moment
        /// So a browser whose clock is wrong counts right.
        let secondsLeft: String
    }

    /// What is being done to have it back.
    struct Restoring {
        let expected: Moment?
        let sentence: String
    }

    let version: String
    let isDownloadable: Bool
    let name: String
    let size: String
    let end: End?
    let needsUpgrade: Bool
    let restoring: Restoring?
    let problem: String?
    /// What somebody who does not see the page is told when this has become so.
    let news: String?

    init(_ job: Job, _ access: ResultAccess, now: Date) {
        version = access.version(of: job)
        isDownloadable = access.isDownloadable
        name = JobFile.result.name(in: job, access) ?? ""
        size = job.output.map { Wording.size($0.resultSize) } ?? ""
        end = access.end.map {
            End(moment: Moment($0), secondsLeft: String(format: "%.3f", $0.timeIntervalSince(now)))
        }
        needsUpgrade = access == .upgradeNeeded
        restoring = Self.restoring(access)
        problem = if case .unrestorable(let sentence) = access { sentence } else { nil }
        news = Self.news(access)
    }

    private static func restoring(_ access: ResultAccess) -> Restoring? {
        switch access {
        case .archived:
            Restoring(expected: nil, sentence: "The archive keeps it and will be asked for it in a moment.")
        case .restoring(nil):
            Restoring(expected: nil, sentence: "The archive is being asked for it.")
        case .restoring(let retrieval?):
            Restoring(
                expected: Moment(retrieval.expected),
                sentence: "\(retrieval.tier.rawValue) retrieval from the archive is under way."
            )
        case .none, .available, .upgradeNeeded, .unrestorable: nil
        }
    }

    private static func news(_ access: ResultAccess) -> String? {
        switch access {
        case .none: nil
        case .available: "The result can be downloaded."
        case .upgradeNeeded: "The download has ended: upgrade to Premium for download."
        case .archived, .restoring: "The result is being restored."
        case .unrestorable: "The result could not be restored."
        }
    }
}
