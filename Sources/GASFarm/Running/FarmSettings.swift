import GAS

/// How a farm is kept.
public struct FarmSettings: Sendable, Hashable {
    /// Where people reach it.
    public var address: String
    /// The first port on loopback that web servers of the farm get.
    public var firstPort: Int
    /// The first port that instances get to tell Prometheus about themselves; `nil` when they are not to.
    public var firstMetricsPort: Int?
    /// So long an instance may take to become ready, in seconds.
    public var startSeconds: Double
    /// So long a web server may be not ready before it is replaced, in seconds.
    public var unhealthySeconds: Double
    /// So long a web server that is to go may take for the requests it has, in seconds.
    public var drainSeconds: Double
    /// So long a process may take to end when it was asked to, in seconds; then it is killed.
    public var stopSeconds: Double
    /// An instance that ends sooner than this is started again after a pause, and one that is no web server counts as at work
    /// once it has lived for so long, in seconds.
    public var steadySeconds: Double
    /// The longest of these pauses, in seconds.
    public var longestPause: Double
    /// What was measured is shown for so long, in seconds.
    public var historySeconds: Double
    /// How many events are shown.
    public var events: Int

    /// States it.
    public init(
        address: String, firstPort: Int, firstMetricsPort: Int?, startSeconds: Double, unhealthySeconds: Double,
        drainSeconds: Double,
        stopSeconds: Double, steadySeconds: Double, longestPause: Double, historySeconds: Double, events: Int
    ) {
        self.address = address
        self.firstPort = firstPort
        self.firstMetricsPort = firstMetricsPort
        self.startSeconds = startSeconds
        self.unhealthySeconds = unhealthySeconds
        self.drainSeconds = drainSeconds
        self.stopSeconds = stopSeconds
        self.steadySeconds = steadySeconds
        self.longestPause = longestPause
        self.historySeconds = historySeconds
        self.events = events
    }
}
