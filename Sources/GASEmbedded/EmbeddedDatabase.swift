import Foundation
import GAS
import GRDB
import Glibc
import Logging

/// The SQLite database behind every embedded adapter.
///
/// Several processes may open the same file: SQLite's write-ahead log lets them read while one writes, and `Wakeups`
/// tells those who wait that another has written. A change that a call has returned for survives a power cut.
public final class EmbeddedDatabase: Sendable {
    let wakeups: Wakeups
    let logger: Logger
    private let pool: DatabasePool
    /// Connections for `lookUp` alone. A read that was waited for without a thread gives its connection back only once it has one
    /// again; were these the same, all threads could be waiting for connections that are waiting for threads.
    private let lookUps: DatabasePool

    /// Opens the database, making the file and its folder when they are missing, and brings its tables up to date.
    /// - Parameters:
    ///   - path: the database file; files and a folder whose names begin with this path are kept beside it.
    ///   - logger: hears of what went wrong without failing a call.
    /// - Throws: `GASError` when the file cannot be opened, is damaged, or was written by a newer version.
    public init(path: String, logger: Logger = Logger(label: "gas.embedded")) throws {
        try PrivateFolder.create(URL(fileURLWithPath: path).deletingLastPathComponent().path)
        self.logger = logger
        pool = try FileLock.whileHolding(path + "-lock") {
            try PrivateFile.createIfMissing(path)
            return try EmbeddedDatabase.open(path)
        }
        lookUps = try EmbeddedDatabase.openForLookUps(path)
        wakeups = try Wakeups(folder: path + "-wakeups", logger: logger)
    }

    /// Closes the file; calls under way must have ended.
    public func close() throws {
        wakeups.close()
        try translatingErrors {
            try lookUps.close()
            try pool.close()
        }
    }

    /// Writes the log into the database and empties it: what was deleted, and overwritten there, is then in no file any
    /// more.
    /// - Throws: `unavailable` while somebody reads.
    public func scrub() async throws {
        try await translatingErrors { try await pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) } }
    }

    /// Reads from a consistent snapshot.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await translatingErrors { try await pool.read(body) }
    }

    /// Reads little from a consistent snapshot: rows by their key, or a page along an index. This is done on the thread that
    /// calls, since handing it to another one and back takes longer than such a read; what may take long is for `read`.
    func lookUp<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try translatingErrors { try lookUps.read(body) }
    }

    /// Changes the database in one transaction: all of `body` or nothing.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await translatingErrors { try await pool.write(body) }
    }

    /// One process at a time does this: SQLite answers "busy" at once to the second that turns the log on.
    private static func open(_ path: String) throws -> DatabasePool {
        try translatingErrors {
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            configuration.foreignKeysEnabled = true
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA secure_delete = ON") }
            let pool = try DatabasePool(path: path, configuration: configuration)
            // The pool has set NORMAL, with which a power cut can undo the last commits.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            let schema = Schema.migrator
            guard try pool.read({ try !schema.hasBeenSuperseded($0) }) else {
                throw GASError(.invalid, "The database \(path) was written by a newer version of this program.")
            }
            try schema.migrate(pool)
            return pool
        }
    }

    private static func openForLookUps(_ path: String) throws -> DatabasePool {
        try translatingErrors {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(5)
            configuration.maximumReaderCount = ProcessInfo.processInfo.activeProcessorCount
            return try DatabasePool(path: path, configuration: configuration)
        }
    }
}
