import Foundation
import GAS

/// One row of an answer.
struct PostgresRow: Sendable {
    let values: [PostgresValue]

    subscript(_ column: Int) -> PostgresValue { values[column] }

    func text(_ column: Int) throws -> String {
        guard case .text(let text) = values[column] else { throw mismatch(column) }
        return text
    }

    func number(_ column: Int) throws -> Int {
        guard case .number(let number) = values[column] else { throw mismatch(column) }
        return number
    }

    func flag(_ column: Int) throws -> Bool {
        guard case .flag(let flag) = values[column] else { throw mismatch(column) }
        return flag
    }

    func bytes(_ column: Int) throws -> Data {
        guard case .bytes(let bytes) = values[column] else { throw mismatch(column) }
        return bytes
    }

    func time(_ column: Int) throws -> Date { Date(milliseconds: try number(column)) }

    func textIfPresent(_ column: Int) throws -> String? { values[column] == .null ? nil : try text(column) }

    func numberIfPresent(_ column: Int) throws -> Int? { values[column] == .null ? nil : try number(column) }

    private func mismatch(_ column: Int) -> GASError {
        GASError(.corrupted, "The database gave a value of another type in column \(column + 1).")
    }
}

/// What a statement came to.
struct PostgresAnswer: Sendable {
    let rows: [PostgresRow]
    /// Rows inserted, changed, deleted or selected.
    let count: Int
}
