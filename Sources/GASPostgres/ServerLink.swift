import CPostgres
import Foundation
import GAS
import Glibc

/// One connection of libpq, used through its asynchronous interface so that every wait has an end. It blocks the thread
/// that uses it, so that must be one of its own: see `Connection` and `Listener`.
final class ServerLink {
    private let handle: OpaquePointer
    /// The server ends a statement by itself before that; then nothing came at all.
    private let statementSeconds: Double
    private static let graceSeconds = 5.0

    /// Connects.
    init(_ settings: PostgresSettings) throws {
        statementSeconds = settings.statementSeconds + Self.graceSeconds
        // What stands before `dbname` can be overridden by it, what stands behind it cannot. Dead peers are noticed
        // within a minute, and after a failover the server that can be written is taken.
        let options: [(String, String)] =
            [
                ("application_name", "gas"), ("keepalives_idle", "30"), ("keepalives_interval", "10"),
                ("keepalives_count", "3"), ("target_session_attrs", "read-write"),
                ("dbname", settings.url), ("client_encoding", "UTF8"),
            ] + (settings.password?.last.map { [("password", $0)] } ?? [])
        let names = options.map { strdup($0.0) } + [nil]
        let values = options.map { strdup($0.1) } + [nil]
        defer { for text in names + values { free(text) } }
        let started = names.map { UnsafePointer($0) }.withUnsafeBufferPointer { names in
            values.map { UnsafePointer($0) }.withUnsafeBufferPointer { values in
                PQconnectStartParams(names.baseAddress, values.baseAddress, 1)
            }
        }
        guard let started else {
            throw PostgresFailure(kind: .notConnected, sqlState: nil, message: "There is no memory for a connection.")
        }
        handle = started
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        // Of a connection that is refused libpq gives the reason as text only; verbose, it begins with SQLSTATE.
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        do {
            try finishConnecting(by: Deadline(seconds: settings.connectSeconds))
            PQsetnonblocking(handle, 1)
            let milliseconds = Int(settings.statementSeconds * 1000)
            try query("SELECT set_config('statement_timeout', $1, false)", [.text("\(milliseconds)")])
            // What a call has returned for survives a crash of the server, whatever the server does for others.
            try query(
                "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
            )
        } catch let failure as PostgresFailure {
            throw failure.turned(into: .notConnected)
        }
    }

    deinit { PQfinish(handle) }

    /// Whether the next statement can begin: the server is there, and no transaction is open.
    var isIdle: Bool { PQstatus(handle) == CONNECTION_OK && PQtransactionStatus(handle) == PQTRANS_IDLE }

    /// Whether the connection still stands, as far as can be seen without asking: a server that ends says so, which is
    /// then waiting to be read.
    var isAlive: Bool {
        guard isIdle else { return false }
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, 0) > 0 else { return true }
        return PQconsumeInput(handle) == 1 && isIdle
    }

    /// Whether the connection is encrypted.
    var isEncrypted: Bool { PQsslInUse(handle) == 1 }

    /// Carries out one statement with its parameters.
    /// - Parameter seconds: how long it may take; `nil` for the limit of all statements.
    @discardableResult
    func query(_ sql: String, _ values: [PostgresValue] = [], seconds: Double? = nil) throws -> PostgresAnswer {
        let deadline = Deadline(seconds: seconds ?? statementSeconds)
        try check(send(sql, values))
        return try answer(by: deadline)
    }

    @discardableResult
    func query(_ statement: StatementText) throws -> PostgresAnswer { try query(statement.sql, statement.values) }

    /// Carries out several statements without parameters, such as a migration.
    func execute(script: String, seconds: Double) throws {
        let deadline = Deadline(seconds: seconds)
        try check(PQsendQuery(handle, script))
        _ = try answer(by: deadline)
    }

    /// Waits for notifications, until there are some, something comes to `interruption`, or the time is over.
    /// - Returns: their payloads.
    func notifications(orInterruption interruption: Int32, seconds: Double) throws -> [String] {
        var descriptors = [
            pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0),
            pollfd(fd: interruption, events: Int16(POLLIN), revents: 0),
        ]
        // They may have come with the answer to a statement.
        let early = takeNotifications()
        guard early.isEmpty, poll(&descriptors, 2, Int32(seconds * 1000)) > 0 else { return early }
        guard PQconsumeInput(handle) == 1 else { throw failure(nil) }
        return takeNotifications()
    }

    private func takeNotifications() -> [String] {
        var payloads: [String] = []
        while let notification = PQnotifies(handle) {
            payloads.append(String(cString: notification.pointee.extra))
            PQfreemem(notification)
        }
        return payloads
    }
}

extension ServerLink {
    private func finishConnecting(by deadline: Deadline) throws {
        guard PQstatus(handle) != CONNECTION_BAD else { throw failure(nil) }
        var state = PGRES_POLLING_WRITING
        while state != PGRES_POLLING_OK {
            guard state != PGRES_POLLING_FAILED else { throw failure(nil) }
            try wait(for: state == PGRES_POLLING_READING ? POLLIN : POLLOUT, by: deadline)
            state = PQconnectPoll(handle)
        }
    }

    private func send(_ sql: String, _ values: [PostgresValue]) -> Int32 {
        let encoded = values.map(\.encoded)
        // One block holds all values; each pointer leads into it.
        var block: [UInt8] = [0]
        let offsets = encoded.map { bytes in
            defer { block += bytes ?? [] }
            return bytes == nil ? nil : block.count
        }
        return block.withUnsafeBytes { block in
            let start = block.bindMemory(to: CChar.self).baseAddress
            return PQsendQueryParams(
                handle, sql, Int32(values.count), values.map(\.typeID),
                offsets.map { offset in offset.flatMap { start?.advanced(by: $0) } },
                encoded.map { Int32($0?.count ?? 0) }, values.map { _ in 1 }, 1)
        }
    }

    /// Sends what is left, and reads everything that the server answers. The first failure counts.
    private func answer(by deadline: Deadline) throws -> PostgresAnswer {
        while true {
            let left = PQflush(handle)
            guard left >= 0 else { throw failure(nil) }
            guard left > 0 else { break }
            try wait(for: POLLIN | POLLOUT, by: deadline)
            try check(PQconsumeInput(handle))
        }
        var last = PostgresAnswer(rows: [], count: 0)
        var refusal: (any Error)?
        while true {
            while PQisBusy(handle) == 1 {
                try wait(for: POLLIN, by: deadline)
                try check(PQconsumeInput(handle))
            }
            guard let result = PQgetResult(handle) else { break }
            defer { PQclear(result) }
            do { last = try read(result) } catch { refusal = refusal ?? error }
        }
        if let refusal { throw refusal }
        return last
    }

    private func read(_ result: OpaquePointer) throws -> PostgresAnswer {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY, PGRES_TUPLES_OK: break
        default: throw failure(result)
        }
        let columns = PQnfields(result)
        let rows = try (0..<PQntuples(result)).map { row in
            PostgresRow(values: try (0..<columns).map { try value(result, row, $0) })
        }
        return PostgresAnswer(rows: rows, count: Int(String(cString: PQcmdTuples(result))) ?? 0)
    }

    private func value(_ result: OpaquePointer, _ row: Int32, _ column: Int32) throws -> PostgresValue {
        guard PQgetisnull(result, row, column) == 0 else { return .null }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
        guard let value = PostgresValue(typeID: PQftype(result, column), bytes) else {
            throw GASError(.internal, "Column \(column + 1) of an answer has a type that is not read here.")
        }
        return value
    }

    private func check(_ success: Int32) throws {
        guard success == 1 else { throw failure(nil) }
    }

    /// Waits until the socket is ready.
    private func wait(for events: Int32, by deadline: Deadline) throws {
        while true {
            var descriptor = pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
            let ready = poll(&descriptor, 1, deadline.milliseconds)
            if ready > 0 { return }
            if ready < 0, errno == EINTR { continue }
            throw PostgresFailure(kind: .lost, sqlState: nil, message: "The server did not answer in time.")
        }
    }

    /// What went wrong: by the result, or by the connection.
    private func failure(_ result: OpaquePointer?) -> PostgresFailure {
        let state = result.flatMap { PQresultErrorField($0, Int32(UInt8(ascii: "C"))) }.map { String(cString: $0) }
        let text = result.map { PQresultErrorMessage($0) } ?? PQerrorMessage(handle)
        let message = text.map { String(cString: $0) }?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        let refusal = state == nil ? message.firstMatch(of: #/:  ([0-9A-Z]{5}): /#).map { String($0.1) } : state
        let isOver = PQstatus(handle) == CONNECTION_BAD || refusal.map(PostgresFailure.endsConnection) ?? true
        return PostgresFailure(kind: isOver ? .lost : .refused, sqlState: refusal, message: message)
    }
}
