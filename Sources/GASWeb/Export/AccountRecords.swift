import Foundation
import GAS

/// What the service knows about somebody, as files for programs and people.
struct AccountRecords {
    private struct Profile: Encodable {
        let accountID: String
        let name: String
        let email: String
        let emailConfirmed: Bool
        let institution: String
        let plan: String
        let planSince: Date
        let created: Date
    }

    private struct SignedIn: Encodable {
        let created: Date
        let lastSeen: Date
        let userAgent: String
    }

    private struct Act: Encodable {
        let number: Int
        let time: Date
        let kind: String
        let by: String
        let address: String?
        let detail: String
    }

    /// A stored attribute as JSON has it.
    private enum Value: Encodable {
        case text(String)
        case number(Int)
        case fraction(Double)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .number(let number): try container.encode(number)
            case .fraction(let number): try container.encode(number)
            }
        }
    }

    static func profile(_ account: Account) throws -> [UInt8] {
        try json(
            Profile(
                accountID: account.id.rawValue, name: account.name, email: account.email,
                emailConfirmed: account.isEmailConfirmed, institution: account.institution, plan: account.role.rawValue,
                planSince: account.roleSince,
                created: account.created))
    }

    static func sessions(_ sessions: [Session]) throws -> [UInt8] {
        try json(sessions.map { SignedIn(created: $0.created, lastSeen: $0.lastSeen, userAgent: $0.userAgent) })
    }

    /// Jobs with their stored attributes, by the names under which every store has them; what a store counts in
    /// milliseconds and calls seconds, in seconds.
    static func jobs(_ jobs: [Job]) throws -> [UInt8] {
        try json(
            jobs.map { job in
                Dictionary(
                    uniqueKeysWithValues: job.attributes.map { name, value in
                        switch value {
                        case .text(let text): (name.rawValue, Value.text(text))
                        case .number(let number) where name == .progressSeconds:
                            (name.rawValue, Value.fraction(Double(number) / 1000))
                        case .number(let number): (name.rawValue, Value.number(number))
                        }
                    })
            })
    }

    /// The network address of others is theirs, and left out.
    static func activity(_ entries: [AuditEntry], of account: AccountID) throws -> [UInt8] {
        try json(
            entries.map { entry in
                let view = AuditRow(entry, for: account)
                return Act(
                    number: entry.number, time: entry.event.time, kind: entry.event.kind.rawValue, by: view.by,
                    address: view.address.isEmpty ? nil : view.address, detail: entry.event.detail)
            })
    }

    private static func json(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
    }
}
