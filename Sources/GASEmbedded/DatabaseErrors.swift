import GAS
import GRDB

/// Runs `body`, turning the errors of SQLite into those of the service.
func translatingErrors<Value>(_ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch let error as DatabaseError {
        throw GASError(database: error)
    }
}

/// Runs `body`, turning the errors of SQLite into those of the service.
func translatingErrors<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
    do {
        return try await body()
    } catch let error as DatabaseError {
        throw GASError(database: error)
    }
}

extension GASError {
    /// What an error of SQLite means to the service.
    init(database error: DatabaseError) {
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(
                .unavailable,
                "The disk that holds the database is full. Free some space, then try again.",
                cause: error
            )
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.unavailable, "The database is busy. Try again.", cause: error)
        case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_NOMEM:
            self.init(.unavailable, "The database cannot be read or written now. Try again later.", cause: error)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(.corrupted, "The database file is damaged. Restore it from a backup.", cause: error)
        default:
            self.init(.internal, "The database refused a statement.", cause: error)
        }
    }
}
