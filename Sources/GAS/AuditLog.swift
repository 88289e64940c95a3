import Foundation

/// One event as the log keeps it, sealed to all that came before.
public struct AuditEntry: Sendable, Hashable {
    /// 1 for the first one; there are no gaps.
    public let number: Int
    /// What has happened.
    public let event: AuditEvent
    /// The seal of the entry before, `AuditSeal.first` for the first one.
    public let previous: String
    /// The seal of this entry.
    public let seal: String

    /// Takes an entry as it is stored; `AuditSeal.entry` makes a new one.
    public init(number: Int, event: AuditEvent, previous: String, seal: String) {
        self.number = number
        self.event = event
        self.previous = previous
        self.seal = seal
    }
}

/// Keeps what has happened. Entries are added at the end and never changed or removed.
public protocol AuditLog: Sendable {
    /// How entries are sealed.
    var sealing: AuditSeal { get }

    /// Adds an event. Atomic: of several processes that add at the same time each gets a number of its own, and the
    /// chain has no gap. The entry is safe when the call returns.
    @discardableResult
    func append(_ event: AuditEvent) async throws -> AuditEntry

    /// Entries, newest first.
    /// - Parameters:
    ///   - number: only entries before this one; `nil` for the newest.
    ///   - limit: at most so many, at least 1.
    func entries(_ filter: AuditFilter, before number: Int?, limit: Int) async throws -> [AuditEntry]

    /// Entries as they are stored, oldest first, for checking the chain.
    /// - Parameters:
    ///   - number: only entries behind this one; 0 for the first.
    ///   - limit: at most so many, at least 1.
    /// - Throws: `corrupted` when an entry cannot be read at all.
    func chain(after number: Int, limit: Int) async throws -> [AuditEntry]

    /// The guards by which the store itself refuses to change or remove an entry, as far as they are not there any more or
    /// not what they were, by name. Whoever removes one can change entries, which `verify` sees, and cut off the end, which it
    /// sees only where the last entry was noted.
    func missingGuards() async throws -> [String]

    /// Puts those back.
    func restoreGuards() async throws
}

extension AuditLog {
    /// None: there are no guards here.
    public func missingGuards() async throws -> [String] { [] }

    /// Does nothing: there are no guards here.
    public func restoreGuards() async throws {}
}

/// Which entries are wanted; all of what is given must hold.
public struct AuditFilter: Sendable, Hashable {
    /// Entries by this account, or about it.
    public var account: AccountID?
    /// Entries of these kinds; empty for any.
    public var kinds: Set<AuditKind>
    /// Entries from this moment on.
    public var since: Date?

    /// States a filter; without arguments it lets everything pass.
    public init(account: AccountID? = nil, kinds: Set<AuditKind> = [], since: Date? = nil) {
        self.account = account
        self.kinds = kinds
        self.since = since
    }

    /// Whether an event is wanted.
    public func admits(_ event: AuditEvent) -> Bool {
        (account.map { event.account == $0 || event.about == $0 } ?? true)
            && (kinds.isEmpty || kinds.contains(event.kind)) && (since.map { event.time >= $0 } ?? true)
    }
}
