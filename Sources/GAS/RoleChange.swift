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
    ///
    /// The audit log has it twice: that it was begun, before, so that no change is made of which nothing is noted; and that
    /// it was made, after, by the one of several at the same moment whose change it was.
    /// - Parameter initiator: who is noted for it.
    /// - Returns: whether the role was changed.
    @discardableResult
    public func give(_ role: Role, to account: AccountID, by initiator: Initiator = .service) async throws -> Bool {
        let old: Role = role == .free ? .premium : .free
        guard try await accounts.account(account)?.role == old else { return false }
        func note(_ kind: AuditKind) async throws {
            try await audit.append(
                AuditEvent(
                    kind, at: clock.now, by: initiator.account, about: initiator.account == account ? nil : account,
                    from: initiator.address, detail: "\(old.rawValue) to \(role.rawValue)"))
        }
        try await note(.roleChangeBegun)
        guard try await accounts.changeRole(of: account, from: old, to: role, at: clock.now) else { return false }
        try await note(.roleChanged)
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
