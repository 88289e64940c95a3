import GAS
import GRDB

/// A job as a row of `annotations`: the values of all attributes in the order of `JobAttribute`.
struct JobRow: Sendable {
    private static let order = JobAttribute.allCases
    static let columns = order.map(\.rawValue).joined(separator: ", ")
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
        try Array(
            Row.fetchCursor(
                try db.cachedStatement(sql: "SELECT \(columns) FROM annotations \(rest)"),
                arguments: arguments
            ).map(job))
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

    /// Reads a row whose first columns are `columns`. These are strictly typed.
    static func job(_ row: Row) throws -> Job {
        try Job { name in
            guard let column = order.firstIndex(of: name) else { return nil }
            if name.isNumber { return (row[column] as Int?).map(AttributeValue.number) }
            return (row[column] as String?).map(AttributeValue.text)
        }
    }
}

extension AttributeValue {
    var databaseValue: DatabaseValue {
        switch self {
        case .text(let text): text.databaseValue
        case .number(let number): number.databaseValue
        }
    }
}
