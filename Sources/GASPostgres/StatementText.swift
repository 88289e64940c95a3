/// A statement that is written piece by piece; values go in as parameters.
struct StatementText {
    private(set) var sql: String
    private(set) var values: [PostgresValue] = []

    init(_ sql: String) { self.sql = sql }

    mutating func append(_ text: String) { sql += text }

    /// Adds a value, and the text that stands for it.
    mutating func bind(_ value: PostgresValue) { sql += parameter(value) }

    /// Adds a value.
    /// - Returns: what stands for it.
    mutating func parameter(_ value: PostgresValue) -> String {
        values.append(value)
        return "$\(values.count)"
    }
}
