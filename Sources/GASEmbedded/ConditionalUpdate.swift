import GAS
import GRDB

/// A `JobUpdate` as one `UPDATE` statement, which tests and changes the row in one step.
struct ConditionalUpdate {
    private let sql: String
    private let arguments: StatementArguments

    /// Writes the statement. Attributes are sorted, so that the same transition is the same statement each time.
    init(_ update: JobUpdate) {
        let setting = update.setting.sorted { $0.key.rawValue < $1.key.rawValue }
        let expecting = update.expecting.sorted { $0.key.rawValue < $1.key.rawValue }
        let assignments = setting.map { "\($0.key.rawValue) = ?" }.joined(separator: ", ")
        // IS, not =, because an expected absence is NULL.
        let conditions = (["job_id = ?"] + expecting.map { "\($0.key.rawValue) IS ?" }).joined(separator: " AND ")
        sql = "UPDATE annotations SET \(assignments) WHERE \(conditions) RETURNING \(JobRow.columns)"
        arguments = StatementArguments(
            setting.map { $0.value?.databaseValue ?? .null }
                + [update.id.rawValue.databaseValue]
                + expecting.map { $0.value?.databaseValue ?? .null }
        )
    }

    /// Carries it out.
    /// - Returns: the job after the change, or `nil` when it was not as expected.
    func execute(_ db: Database) throws -> Job? {
        try Row.fetchAll(try db.cachedStatement(sql: sql), arguments: arguments).first.map(JobRow.job)
    }
}
