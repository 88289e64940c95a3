import Foundation

/// What the owner of a completed job can do with its result now.
public enum ResultAccess: Sendable, Hashable {
    /// There is no result.
    case none
    /// It can be downloaded; `until` is when that ends, `nil` for never.
    case available(until: Date?)
    /// The plan's time is over: the result is in the archive, or on its way there.
    case upgradeNeeded
    /// It is in the archive and was not asked for yet.
    case archived
    /// It is in the archive, and what came back was not what had been put there; the sentence says so.
    case unrestorable(String)
    /// It is on its way back; the retrieval is `nil` until the archive has answered.
    case restoring(Retrieval?)

    /// Judges.
    /// - Parameters:
    ///   - account: the owner as it is now; the role is never taken from anywhere else.
    public init(_ job: Job, account: Account, plans: Plans, now: Date) {
        let end = plans[account.role].downloadEnd(of: job, roleSince: account.roleSince)
        if job.resultState == .none {
            self = .none
        } else if let end, end <= now {
            self = .upgradeNeeded
        } else {
            switch job.resultState {
            case .none: self = .none
            // While it is being archived it is still where it was.
            case .available, .archiving: self = .available(until: end)
            case .archived where end != nil: self = .upgradeNeeded
            case .archived: self = job.restoreProblem.map(Self.unrestorable) ?? .archived
            // It comes even if the owner has cancelled meanwhile, and can be downloaded while that plan's time lasts.
            case .restoring: self = .restoring(job.retrieval)
            }
        }
    }
}

extension Plans {
    /// When a link to a result must stop working that is made now, so that it never outlives the right to use it.
    ///
    /// Premium's links end too: who cancels has the Free plan's window from then on, and no link may be good for longer.
    /// - Parameters:
    ///   - until: when the download ends, as `ResultAccess` says.
    ///   - seconds: how long a link may be good at most.
    public func linkEnd(until: Date?, seconds: Double, now: Date) -> Date {
        let longest = now.addingTimeInterval(min(seconds, free.downloadWindow ?? seconds))
        return until.map { min($0, longest) } ?? longest
    }
}
