import Crypto
import Foundation
import GAS

/// The audit log in the table `audit`, whose triggers refuse every change of what is there.
public struct PostgresAuditLog: AuditLog {
    private static let columns = "number, time, kind, account_id, about_id, address, detail, previous, seal"

    let database: PostgresDatabase

    /// Entries are sealed with SHA-256.
    public let sealing = AuditSeal { bytes in
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: SHA256.hash(data: bytes).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
    }

    /// Keeps the log in a database.
    public init(database: PostgresDatabase) {
        self.database = database
    }

    /// Keeps all others from adding, reads the last seal and inserts the next row, in one transaction.
    @discardableResult
    public func append(_ event: AuditEvent) async throws -> AuditEntry {
        // In doubt it is added once more: an event noted twice is better than one that is not noted.
        try await database.write(isRepeatable: true) { [sealing] link in
            try link.query("LOCK TABLE audit IN SHARE ROW EXCLUSIVE MODE")
            let last = try link.query("SELECT number, seal FROM audit ORDER BY number DESC LIMIT 1").rows.first.map {
                AuditHead(number: try $0.number(0), seal: try $0.text(1))
            }
            let entry = sealing.entry(event, after: last)
            try link.query(
                "INSERT INTO audit (\(Self.columns)) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                [
                    .number(entry.number), .time(event.time), .text(event.kind.rawValue),
                    .text(event.account?.rawValue), .text(event.about?.rawValue), .text(event.address),
                    .text(event.detail), .text(entry.previous), .text(entry.seal),
                ])
            return entry
        }
    }

    /// Walks the primary key backwards, or the indexes of the accounts.
    public func entries(_ filter: AuditFilter, before number: Int?, limit: Int) async throws -> [AuditEntry] {
        var rest = StatementText("WHERE number < ")
        rest.bind(.number(number ?? Int.max))
        if let account = filter.account {
            let parameter = rest.parameter(.text(account.rawValue))
            rest.append(" AND (account_id = \(parameter) OR about_id = \(parameter))")
        }
        if !filter.kinds.isEmpty {
            let parameters = filter.kinds.map(\.rawValue).sorted().map { rest.parameter(.text($0)) }
            rest.append(" AND kind IN (\(parameters.joined(separator: ", ")))")
        }
        if let since = filter.since {
            rest.append(" AND time >= ")
            rest.bind(.time(since))
        }
        rest.append(" ORDER BY number DESC LIMIT ")
        rest.bind(.number(limit))
        return try await rows(rest.sql, rest.values)
    }

    /// Walks the primary key.
    public func chain(after number: Int, limit: Int) async throws -> [AuditEntry] {
        try await rows("WHERE number > $1 ORDER BY number LIMIT $2", [.number(number), .number(limit)])
    }

    private func rows(_ rest: String, _ values: [PostgresValue]) async throws -> [AuditEntry] {
        try await database.read { link in
            try link.query("SELECT \(Self.columns) FROM audit \(rest)", values).rows.map(Self.entry)
        }
    }

    private static func entry(_ row: PostgresRow) throws -> AuditEntry {
        let number = try row.number(0)
        guard let kind = AuditKind(rawValue: try row.text(2)) else {
            throw GASError(.corrupted, "Entry \(number) of the audit log is of a kind that does not exist.")
        }
        return AuditEntry(
            number: number,
            event: AuditEvent(
                kind, at: try row.time(1), by: try row.textIfPresent(3).map(AccountID.init(rawValue:)),
                about: try row.textIfPresent(4).map(AccountID.init(rawValue:)), from: try row.text(5),
                detail: try row.text(6)),
            previous: try row.text(7), seal: try row.text(8))
    }
}
