import Foundation
import GAS
import Logging

/// The PostgreSQL database behind every adapter of this module. Any number of processes on any number of machines use
/// the same one; who waits for a change is told by `NOTIFY`.
///
/// A server that restarts is waited for: calls that had not done anything begin anew, those whose outcome is in doubt
/// fail, unless doing them twice does no harm.
public final class PostgresDatabase: Sendable {
    /// The pause before a server that did not take a connection is tried again, in seconds: doubled each time up to the last.
    private static let pauses = 0.05...1.0

    let board: BellBoard
    let logger: Logger
    private let settings: PostgresSettings
    private let pool: ConnectionPool
    private let listener: Listener

    /// Names a database; connections are made when they are needed. Whoever made it closes it.
    /// - Throws: `unavailable` when the process has too many files open.
    public init(settings: PostgresSettings, logger: Logger = Logger(label: "gas.postgres")) throws {
        self.settings = settings
        self.logger = logger
        board = BellBoard()
        pool = ConnectionPool(settings)
        listener = try Listener(settings: settings, board: board, logger: logger)
        listener.start()
    }

    deinit { listener.stop() }

    /// Closes all connections; calls under way end first.
    public func close() async {
        listener.stop()
        await pool.close()
    }

    /// Lets the server reclaim the room of what was deleted, so that it is overwritten by what comes next.
    public func scrub() async throws {
        try await read { link in
            try link.query("VACUUM (SKIP_LOCKED) accounts, annotations, messages, payment_customers, sessions, tickets")
        }
    }

    /// Reads; repeated when the connection breaks. Each statement sees what was committed when it began.
    @discardableResult
    func read<Value: Sendable>(_ body: @escaping @Sendable (ServerLink) throws -> Value) async throws -> Value {
        try await run(inTransaction: false, isRepeatable: true, body)
    }

    /// Changes the database in one transaction: all of `body` or nothing. `body` may be run again, so it does nothing else.
    /// - Parameter isRepeatable: whether doing it twice is no worse than once: then it is done again when a connection
    ///   broke and nobody knows whether it was done.
    @discardableResult
    func write<Value: Sendable>(
        isRepeatable: Bool = false, _ body: @escaping @Sendable (ServerLink) throws -> Value
    ) async throws -> Value {
        try await run(inTransaction: true, isRepeatable: isRepeatable, body)
    }

    private func run<Value: Sendable>(
        inTransaction: Bool, isRepeatable: Bool, _ body: @escaping @Sendable (ServerLink) throws -> Value
    ) async throws -> Value {
        let deadline = ContinuousClock.now + .seconds(settings.patienceSeconds)
        var pause = Self.pauses.lowerBound
        if let password = settings.password, password.last == nil { _ = try await password.renew(insteadOf: nil) }
        while true {
            let password = settings.password?.last
            let connection = try await pool.take(until: deadline)
            let result = await Self.result { try await connection.run(inTransaction: inTransaction, body) }
            await pool.give(connection)
            do {
                return try result.get()
            } catch let failure as PostgresFailure {
                let isWorthwhile =
                    switch failure.kind {
                    case .notConnected where failure.isRefusedPassword: try await isRenewed(password)
                    case .notConnected: failure.isPassing
                    case .lost: true
                    case .inDoubt: isRepeatable
                    case .refused: failure.isConflict
                    }
                guard isWorthwhile, .now + .seconds(pause) < deadline else { throw GASError(failure) }
                logger.debug("tries again", metadata: ["cause": "\(failure)"])
                try await Task.sleep(for: .seconds(pause * Double.random(in: 0.5...1)))
                pause = min(pause * 2, Self.pauses.upperBound)
            }
        }
    }

    /// Whether there is another password than the one that was refused.
    private func isRenewed(_ refused: String?) async throws -> Bool {
        guard let password = settings.password else { return false }
        return try await password.renew(insteadOf: refused)
    }

    private static func result<Value: Sendable>(_ body: () async throws -> Value) async -> Result<Value, any Error> {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}
