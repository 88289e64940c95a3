import GAS

/// A job as a row of `annotations`: the values of all attributes in the order of `JobAttribute`.
enum JobRow {
    static let columns = JobAttribute.allCases.map(\.rawValue).joined(separator: ", ")
    static let insertion = """
        INSERT INTO annotations (\(columns))
        VALUES (\(JobAttribute.allCases.indices.map { "$\($0 + 1)" }.joined(separator: ", ")))
        ON CONFLICT DO NOTHING
        """

    static func values(_ job: Job) -> [PostgresValue] {
        let attributes = job.attributes
        return JobAttribute.allCases.map { PostgresValue(attributes[$0]) }
    }

    /// The jobs that the rest of a `SELECT` statement finds.
    static func jobs(_ link: ServerLink, _ rest: StatementText) throws -> [Job] {
        try link.query("SELECT \(columns) FROM annotations \(rest.sql)", rest.values).rows.map(job)
    }

    /// The jobs that the rest of a `SELECT` statement finds, each with the time in one of its columns.
    static func dated(
        _ link: ServerLink, by column: String, _ rest: StatementText
    ) throws -> [(time: Int, job: Job)] {
        try link.query("SELECT \(columns), \(column) FROM annotations \(rest.sql)", rest.values).rows.map {
            (time: try $0.number(JobAttribute.allCases.count), job: try job($0))
        }
    }

    /// Reads a row whose first columns are `columns`.
    static func job(_ row: PostgresRow) throws -> Job {
        var attributes: JobAttributes = [:]
        for (index, name) in JobAttribute.allCases.enumerated() {
            switch row[index] {
            case .text(let text): attributes[name] = .text(text)
            case .number(let number): attributes[name] = .number(number)
            case .null: continue
            case .bytes, .flag:
                throw GASError(.corrupted, "A stored job has a value of another type in place of \(name.rawValue).")
            }
        }
        return try Job(attributes: attributes)
    }

    /// A conditional change as one `UPDATE` statement, which tests and changes the row in one step. Attributes are
    /// sorted, so that the same transition is the same statement each time.
    static func statement(_ update: JobUpdate) -> StatementText {
        var statement = StatementText("UPDATE annotations SET ")
        let assignments = update.setting.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\($0.key.rawValue) = \(statement.parameter(PostgresValue($0.value)))" }
        statement.append(assignments.joined(separator: ", "))
        statement.append(" WHERE job_id = ")
        statement.bind(.text(update.id.rawValue))
        for (name, value) in update.expecting.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            // Not =, because an expected absence is NULL.
            statement.append(" AND \(name.rawValue) IS NOT DISTINCT FROM ")
            statement.bind(PostgresValue(value))
        }
        statement.append(" RETURNING \(columns)")
        return statement
    }
}

extension PostgresValue {
    /// The value of a job's attribute, or of its absence.
    init(_ value: AttributeValue?) {
        switch value {
        case .text(let text): self = .text(text)
        case .number(let number): self = .number(number)
        case nil: self = .null
        }
    }
}
