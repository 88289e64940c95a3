import Foundation

/// What a role is entitled to. Plans are configuration.
public struct Plan: Sendable, Hashable {
    /// The name people see.
    public let name: String
    /// Largest upload in bytes.
    public let uploadLimit: Int
    /// How long results can be downloaded after completion, in seconds; `nil` for always.
    public let downloadWindow: Double?

    /// States a plan.
    public init(name: String, uploadLimit: Int, downloadWindow: Double?) {
        self.name = name
        self.uploadLimit = uploadLimit
        self.downloadWindow = downloadWindow
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
