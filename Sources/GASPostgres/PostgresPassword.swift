import Synchronization

/// A password that somebody else keeps, and may change while the service runs.
public final class PostgresPassword: Sendable {
    private let fetch: @Sendable (_ refused: String?) async throws -> String
    private let known = Mutex<String?>(nil)

    /// - Parameter fetch: the password as it is now. It is called before the first connection, and when the server has
    ///   refused one, which it is given.
    public init(fetch: @escaping @Sendable (_ refused: String?) async throws -> String) {
        self.fetch = fetch
    }

    /// The password as it was when it was fetched last; `nil` before the first time.
    var last: String? { known.withLock { $0 } }

    /// Fetches the password.
    /// - Parameter refused: what the server has refused; `nil` when nothing was tried yet.
    /// - Returns: whether there is another one now.
    func renew(insteadOf refused: String?) async throws -> Bool {
        // Somebody else may have been faster.
        if let last, last != refused { return true }
        let password = try await fetch(refused)
        known.withLock { $0 = password }
        return password != refused
    }
}
