import GAS

/// How often those who hand out credentials are asked again, and after which pauses.
public struct CredentialPatience: Sendable {
    private let settings: AWSSettings
    private let clock: any WallClock

    /// As the services themselves are asked again.
    public init(_ settings: AWSSettings, clock: any WallClock) {
        self.settings = settings
        self.clock = clock
    }

    var retries: Int { settings.retries }

    func pause(before attempt: Int) async throws { try await clock.sleep(seconds: settings.pause(before: attempt)) }
}
