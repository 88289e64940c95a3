import Foundation

/// What a role is entitled to. Plans are configuration.
public struct Plan: Sendable, Hashable {
    /// The name people see.
    public let name: String
    /// Largest upload in bytes.
    public let uploadLimit: Int
    /// How long results can be downloaded, in seconds, counted from completion or from when the account got this plan,
    /// whichever is later; `nil` for always.
    public let downloadWindow: Double?
    /// How many jobs of an account may wait or run at the same time.
    public let concurrentJobs: Int

    /// States a plan.
    public init(name: String, uploadLimit: Int, downloadWindow: Double?, concurrentJobs: Int = .max) {
        self.name = name
        self.uploadLimit = uploadLimit
        self.downloadWindow = downloadWindow
        self.concurrentJobs = concurrentJobs
    }
}

extension Plan {
    /// When the result of a job stops being downloadable; `nil` for never.
    /// - Parameter roleSince: since when the owner has this plan.
    public func downloadEnd(of job: Job, roleSince: Date) -> Date? {
        guard let downloadWindow else { return nil }
        return max(job.completeTime ?? job.submitTime, roleSince).addingTimeInterval(downloadWindow)
    }
}

/// The plans on offer.
public struct Plans: Sendable, Hashable {
    /// The plan of `free_user`.
    public let free: Plan
    /// The plan of `premium_user`.
    public let premium: Plan

    /// States the plans.
    public init(free: Plan, premium: Plan) {
        self.free = free
        self.premium = premium
    }

    /// The plan that a role has.
    public subscript(role: Role) -> Plan {
        switch role {
        case .free: free
        case .premium: premium
        }
    }
}
