/// What stands before the web servers and shares requests among them.
public protocol LoadBalancer: Sendable {
    /// Takes up a web server on loopback, which gets requests once it says that it is ready.
    func add(_ name: String, port: Int) async throws

    /// Gives a server no more requests; those that it has go on.
    func drain(_ name: String) async throws

    /// Forgets a server; forgetting one that is not there is no error.
    /// - Returns: whether it is gone; `false` when connections to it are still open, so that it must be asked again.
    func remove(_ name: String) async throws -> Bool

    /// Serves with another certificate from the next connection on.
    /// - Parameter certificate: its chain and its private key, as PEM.
    /// - Throws: when it cannot be used; the one before stays.
    func use(certificate: String) async throws

    /// How every server is, by name.
    func servers() async throws -> [String: BalancedServer]
}

/// A web server as the load balancer sees it.
public struct BalancedServer: Sendable, Hashable {
    /// Whether its own check says that it is ready.
    public let isReady: Bool
    /// Requests that it is working on.
    public let requests: Int

    /// States it.
    public init(isReady: Bool, requests: Int) {
        self.isReady = isReady
        self.requests = requests
    }
}
