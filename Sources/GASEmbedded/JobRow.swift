import GAS
import GRDB

/// A job as a row of `annotations`: the values of all attributes in the order of `JobAttribute`.
struct JobRow: Sendable {
    static let columns = JobAttribute.allCases.map(\.rawValue).joined(separator: ", ")
    static let insertion = """
        INSERT INTO annotations (\(columns))
        VALUES (\(JobAttribute.allCases.map { _ in "?" }.joined(separator: ", ")))
        ON CONFLICT DO NOTHING
        """

    let arguments: StatementArguments

    /// The row of a job.
    init(_ job: Job) {
        let attributes = job.attributes
        arguments = StatementArguments(JobAttribute.allCases.map { attributes[$0]?.databaseValue ?? .null })
    }

    /// The jobs that the rest of a `SELECT` statement finds.
    static func jobs(_ db: Database, _ rest: String, _ arguments: StatementArguments) throws -> [Job] {
        try Row.fetchAll(
            try db.cachedStatement(sql: "SELECT \(columns) FROM annotations \(rest)"),
            arguments: arguments
        ).map(job)
    }

    /// The jobs that the rest of a `SELECT` statement finds, each with the time in one of its columns.
    static func dated(
        _ db: Database,
        by column: String,
        _ rest: String,
        _ arguments: StatementArguments
    ) throws -> [(time: Int, job: Job)] {
        try Row.fetchAll(
            try db.cachedStatement(sql: "SELECT \(columns) FROM annotations \(rest)"),
            arguments: arguments
        ).map { (time: $0[column], job: try job($0)) }
    }

    /// Reads a row whose first columns are `columns`.
    static func job(_ row: Row) throws -> Job {
        var attributes: JobAttributes = [:]
        for (index, name) in JobAttribute.allCases.enumerated() {
            attributes[name] = AttributeValue(row[index] as DatabaseValue)
        }
        return try Job(attributes: attributes)
    }
}

extension AttributeValue {
    var databaseValue: DatabaseValue {
        switch self {
        case .text(let text): text.databaseValue
        case .number(let number): number.databaseValue
        }
    }

    /// A stored value; `nil` for an absent one. Columns are strictly typed, so there is nothing else.
    init?(_ value: DatabaseValue) {
        switch value.storage {
        case .string(let text): self = .text(text)
        case .int64(let number): self = .number(Int(number))
        case .null, .double, .blob: return nil
        }
    }
}
