import Foundation

/// Changes the plan of an account, and sets going what follows: upgrading brings archived results back, cancelling lets
/// those that are older than the plan's window go to the archive.
///
/// Changing and announcing are two steps. The account is marked until a worker has dealt with the announcement, so that
/// the sweeper can announce again what a crash has swallowed.
public struct RoleChange: Sendable {
    private let accounts: any AccountStore
    private let announcement: RoleAnnouncement
    private let audit: any AuditLog
    private let clock: any WallClock

    /// - Parameter announcement: who is told of a change.
    public init(
        accounts: any AccountStore, announcement: RoleAnnouncement, audit: any AuditLog, clock: any WallClock
    ) {
        self.accounts = accounts
        self.announcement = announcement
        self.audit = audit
        self.clock = clock
    }

    /// Gives an account a role. Giving it the role that it has changes nothing.
    /// - Returns: whether the role was changed.
    @discardableResult
    public func give(_ role: Role, to account: AccountID) async throws -> Bool {
        let old: Role = role == .free ? .premium : .free
        guard try await accounts.account(account)?.role == old else { return false }
        // Before the change, so that none is made that is not noted. One that somebody else makes in this very moment is
        // noted twice then.
        try await audit.append(
            AuditEvent(
                .roleChanged, at: clock.now, by: nil, about: account, detail: "\(old.rawValue) to \(role.rawValue)"))
        guard try await accounts.changeRole(of: account, from: old, to: role, at: clock.now) else { return false }
        try await announcement.announce(role, of: account)
        return true
    }
}

/// Tells the workers that an account has another role.
public struct RoleAnnouncement: Sendable {
    private let restoreRequests: any Topic
    private let archiveRequests: any Topic

    /// - Parameters:
    ///   - restoreRequests: the topic `restore_requests`.
    ///   - archiveRequests: the topic `archive_requests`.
    public init(restoreRequests: any Topic, archiveRequests: any Topic) {
        self.restoreRequests = restoreRequests
        self.archiveRequests = archiveRequests
    }

    /// Announces a role; doing so once more does no harm.
    public func announce(_ role: Role, of account: AccountID) async throws {
        switch role {
        case .premium: try await restoreRequests.publish(RestoreRequested(allOf: account).encoded())
        case .free: try await archiveRequests.publish(ArchiveRequested(allOf: account).encoded())
        }
    }
}
