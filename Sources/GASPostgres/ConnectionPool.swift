import GAS

/// A bounded number of connections, handed out in the order in which they are asked for. The one used last is used
/// next, so that a quiet service keeps few busy.
actor ConnectionPool {
    private struct Waiter {
        let number: Int
        let continuation: CheckedContinuation<Connection, any Error>
    }

    private let settings: PostgresSettings
    private var idle: [Connection]
    private var waiters: [Waiter] = []
    private var lastWaiter = 0
    private var isClosed = false

    /// Makes the pool; no connection is opened before it is used.
    init(_ settings: PostgresSettings) {
        self.settings = settings
        idle = (0..<settings.connections).map { _ in Connection(settings) }
    }

    /// Lends a connection.
    /// - Throws: `unavailable` when none has become free by `deadline`, or the pool is closed; `CancellationError` when
    ///   the task is cancelled first.
    func take(until deadline: ContinuousClock.Instant) async throws -> Connection {
        guard !isClosed else { throw Self.closed }
        if let connection = idle.popLast() { return connection }
        lastWaiter += 1
        let number = lastWaiter
        let timer = Task {
            try await Task.sleep(until: deadline, clock: .continuous)
            self.dismiss(
                number,
                GASError(
                    .unavailable,
                    "All \(settings.connections) connections to the PostgreSQL server are in use. Try again later."))
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // Cancelled before it was here to be dismissed.
                guard !Task.isCancelled else { return continuation.resume(throwing: CancellationError()) }
                waiters.append(Waiter(number: number, continuation: continuation))
            }
        } onCancel: {
            Task { await self.dismiss(number, CancellationError()) }
        }
    }

    /// Takes a connection back.
    func give(_ connection: Connection) async {
        if waiters.isEmpty {
            idle.append(connection)
            if isClosed { await connection.close() }
        } else {
            waiters.removeFirst().continuation.resume(returning: connection)
        }
    }

    /// Closes what is idle now, and the rest when it comes back. Nothing is lent any more.
    func close() async {
        isClosed = true
        let (ended, dismissed) = (idle, waiters)
        waiters = []
        for waiter in dismissed { waiter.continuation.resume(throwing: Self.closed) }
        for connection in ended { await connection.close() }
    }

    private func dismiss(_ number: Int, _ error: any Error) {
        guard let index = waiters.firstIndex(where: { $0.number == number }) else { return }
        waiters.remove(at: index).continuation.resume(throwing: error)
    }

    private static let closed = GASError(.unavailable, "The service is stopping.")
}
