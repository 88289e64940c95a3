import Dispatch

/// One connection to the server, opened when it is first used and again after it broke. Its work runs on a thread of its
/// own, so that those that run tasks never wait for a server.
actor Connection {
    private let settings: PostgresSettings
    private let thread = ThreadExecutor(label: "gas.postgres")
    private var link: ServerLink?

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(_ settings: PostgresSettings) {
        self.settings = settings
    }

    /// Runs `body`, in a transaction or with each of its statements by itself.
    /// - Throws: `PostgresFailure`, and what `body` throws; a transaction is then undone, unless the failure is in doubt.
    func run<Value: Sendable>(inTransaction: Bool, _ body: @Sendable (ServerLink) throws -> Value) throws -> Value {
        let link = try opened()
        defer { if !link.isIdle { self.link = nil } }
        guard inTransaction else { return try inDoubt { try body(link) } }
        try link.query("BEGIN")
        let value: Value
        do {
            value = try body(link)
        } catch {
            // A connection that cannot even undo is closed, and then the server undoes.
            do { try link.query("ROLLBACK") } catch { self.link = nil }
            throw error
        }
        _ = try inDoubt { try link.query("COMMIT") }
        return value
    }

    /// Closes the connection; it is opened again when used again.
    func close() { link = nil }

    private func opened() throws -> ServerLink {
        if let link, link.isAlive { return link }
        link = nil
        let opened = try ServerLink(settings)
        link = opened
        return opened
    }

    private func inDoubt<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let failure as PostgresFailure where failure.kind == .lost {
            throw failure.turned(into: .inDoubt)
        }
    }
}

/// Runs an actor on a serial queue. Dispatch gives such a queue a thread whenever it has work, however many others wait.
private final class ThreadExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) { queue = DispatchQueue(label: label) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
