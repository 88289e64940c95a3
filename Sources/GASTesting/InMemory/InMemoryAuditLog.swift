import Foundation
import GAS
import Synchronization

/// An audit log in memory.
public final class InMemoryAuditLog: AuditLog {
    private let kept = Mutex<[AuditEntry]>([])
    private let faults: FaultInjector

    /// Entries are sealed with SHA-256.
    public let sealing = AuditSeal { Data($0).sha256 }

    /// Makes an empty log.
    /// - Parameter faults: passes `AuditLog.append`, `.entries`, `.chain`.
    public init(faults: FaultInjector = FaultInjector()) {
        self.faults = faults
    }

    /// What has happened, oldest first.
    public var events: [AuditEvent] { kept.withLock { $0.map(\.event) } }

    /// Keeps the event.
    @discardableResult
    public func append(_ event: AuditEvent) async throws -> AuditEntry {
        try faults.around("AuditLog.append") {
            kept.withLock { kept in
                let entry = sealing.entry(
                    event, after: kept.last.map { AuditHead(number: $0.number, seal: $0.seal) })
                kept.append(entry)
                return entry
            }
        }
    }

    /// Filters.
    public func entries(_ filter: AuditFilter, before number: Int?, limit: Int) async throws -> [AuditEntry] {
        try faults.around("AuditLog.entries") {
            kept.withLock { kept in
                Array(
                    kept.reversed().filter { $0.number < number ?? Int.max && filter.admits($0.event) }.prefix(limit))
            }
        }
    }

    /// Gives what is there.
    public func chain(after number: Int, limit: Int) async throws -> [AuditEntry] {
        try faults.around("AuditLog.chain") {
            kept.withLock { kept in Array(kept.filter { $0.number > number }.prefix(limit)) }
        }
    }

    /// Changes an entry as somebody would who can write to the store.
    public func tamper(with number: Int, _ change: (AuditEntry) -> AuditEntry?) {
        kept.withLock { kept in
            kept = kept.compactMap { $0.number == number ? change($0) : $0 }
        }
    }
}
