import Foundation

/// How the entries of an audit log are chained: each is sealed with a hash over all that it says and over the seal of the
/// entry before, so that nothing can be changed, removed or put in between without all later seals being wrong.
///
/// Who can write to the store could make all later seals anew, or cut off the end. Against that the last number and seal
/// are noted elsewhere from time to time, and the check is told of them.
public struct AuditSeal: Sendable {
    /// What stands in place of a seal before the first entry.
    public static let first = String(repeating: "0", count: 64)

    private let hash: @Sendable ([UInt8]) -> String

    /// - Parameter hash: SHA-256 in lower-case hexadecimal.
    public init(hash: @escaping @Sendable ([UInt8]) -> String) {
        self.hash = hash
    }

    /// The next entry of a log.
    /// - Parameter last: number and seal of the entry before; `nil` for the first one.
    public func entry(_ event: AuditEvent, after last: AuditHead?) -> AuditEntry {
        let (number, previous) = ((last?.number ?? 0) + 1, last?.seal ?? Self.first)
        return AuditEntry(
            number: number, event: event, previous: previous, seal: seal(of: event, number: number, previous: previous))
    }

    /// Whether an entry says what it said when it was sealed.
    public func holds(_ entry: AuditEntry) -> Bool {
        entry.seal == seal(of: entry.event, number: entry.number, previous: entry.previous)
    }

    private func seal(of event: AuditEvent, number: Int, previous: String) -> String {
        hash(Self.bytes(of: event, number: number, previous: previous))
    }

    /// What is hashed: each field with its length before it (`3:abc,`), so that no two entries have the same bytes; an
    /// absent one is `-,`.
    static func bytes(of event: AuditEvent, number: Int, previous: String) -> [UInt8] {
        let fields: [String?] = [
            previous, String(number), String(Int((event.time.timeIntervalSince1970 * 1000).rounded())),
            event.kind.rawValue, event.account?.rawValue, event.about?.rawValue, event.address, event.detail,
        ]
        return fields.flatMap { field in
            Array((field.map { "\($0.utf8.count):\($0)," } ?? "-,").utf8)
        }
    }
}

/// The end of an audit log: worth noting elsewhere.
public struct AuditHead: Sendable, Hashable {
    /// Number of the last entry.
    public let number: Int
    /// Its seal.
    public let seal: String

    /// Names an entry.
    public init(number: Int, seal: String) {
        self.number = number
        self.seal = seal
    }
}

/// What a check of the whole log found.
public enum AuditVerdict: Sendable, Hashable {
    /// Nothing was changed; `nil` for an empty log.
    case whole(AuditHead?)
    /// The first entry that is not what it was, and why in a sentence.
    case broken(number: Int, reason: String)
    /// What is there was not changed, but it ends before an entry that was noted.
    case cut(last: Int, noted: Int)
}

extension AuditLog {
    /// Reads the whole log and checks every seal.
    /// - Parameters:
    ///   - noted: an entry that was noted before, and must still be there as it was.
    ///   - batch: entries read in one go.
    public func verify(noted: AuditHead? = nil, batch: Int = 1000) async throws -> AuditVerdict {
        var last: AuditHead?
        while true {
            let entries = try await chain(after: last?.number ?? 0, limit: batch)
            for entry in entries {
                if let reason = flaw(of: entry, after: last, noted: noted) {
                    return .broken(number: (last?.number ?? 0) + 1, reason: reason)
                }
                last = AuditHead(number: entry.number, seal: entry.seal)
            }
            guard entries.count == batch else { break }
        }
        if let noted, noted.number > last?.number ?? 0 {
            return .cut(last: last?.number ?? 0, noted: noted.number)
        }
        return .whole(last)
    }

    private func flaw(of entry: AuditEntry, after last: AuditHead?, noted: AuditHead?) -> String? {
        let expected = (last?.number ?? 0) + 1
        if entry.number != expected { return "it is missing." }
        if entry.previous != last?.seal ?? AuditSeal.first {
            return "it was not written behind the entry that stands before it."
        }
        if !sealing.holds(entry) { return "it does not say what it said when it was written." }
        if let noted, noted.number == entry.number, noted.seal != entry.seal {
            return "its seal is not the one that was noted, so the log was written anew."
        }
        return nil
    }
}
