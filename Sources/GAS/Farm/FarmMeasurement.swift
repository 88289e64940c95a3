import Foundation

/// What was measured of a farm in one stretch of time.
public struct FarmMeasurement: Sendable, Hashable, Codable {
    /// When the stretch ended.
    public var time: Date
    /// How long it was, in seconds.
    public var seconds: Double
    /// Instances at work, by role (raw values, so that it reads well as JSON).
    public var serving: [String: Int]
    /// Requests answered, whatever the answer.
    public var requests: Int
    /// Requests answered with 200 to 299.
    public var successes: Int
    /// Requests answered with 500 and above, by a web server or in its place.
    public var failures: Int
    /// Mean time to the first byte of an answer, in milliseconds; `nil` without requests.
    public var meanMilliseconds: Double?
    /// Its 95th percentile.
    public var p95Milliseconds: Double?
    /// Mean share of a processor core that a web server was busy.
    public var utilisation: Double?
    /// Job requests sent.
    public var messagesSent: Int
    /// Job requests that waited at the end.
    public var waiting: Int
    /// Job requests in hand at the end.
    public var inHand: Int
    /// Seconds that the oldest waiting one had waited.
    public var oldestSeconds: Double

    /// States it.
    public init(
        time: Date, seconds: Double, serving: [String: Int], requests: Int, successes: Int, failures: Int,
        meanMilliseconds: Double?, p95Milliseconds: Double?, utilisation: Double?, messagesSent: Int, waiting: Int,
        inHand: Int, oldestSeconds: Double
    ) {
        self.time = time
        self.seconds = seconds
        self.serving = serving
        self.requests = requests
        self.successes = successes
        self.failures = failures
        self.meanMilliseconds = meanMilliseconds
        self.p95Milliseconds = p95Milliseconds
        self.utilisation = utilisation
        self.messagesSent = messagesSent
        self.waiting = waiting
        self.inHand = inHand
        self.oldestSeconds = oldestSeconds
    }
}
