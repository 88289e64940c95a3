import GAS

/// How often those who hand out credentials are asked again, and after which pauses.
public struct CredentialPatience: Sendable {
    let retries: Int
    private let backoffSeconds: Double
    private let maximumBackoffSeconds: Double
    private let clock: any WallClock

    /// As the services themselves are asked again.
    public init(_ settings: AWSSettings, clock: any WallClock) {
        retries = settings.retries
        backoffSeconds = settings.backoffSeconds
        maximumBackoffSeconds = settings.maximumBackoffSeconds
        self.clock = clock
    }

    /// Random, below a bound that doubles.
    func pause(before attempt: Int) async throws {
        let bound = backoffSeconds * Double(1 << min(attempt - 1, 20))
        try await clock.sleep(seconds: .random(in: 0...min(bound, maximumBackoffSeconds)))
    }
}
