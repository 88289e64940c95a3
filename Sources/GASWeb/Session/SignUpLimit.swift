import GAS

/// Lets one network address open so many accounts; each costs the hash of a password.
struct SignUpLimit: Sendable {
    private let meter: RequestMeter

    init(settings: WebSettings, clock: any WallClock) {
        meter = RequestMeter(
            limit: settings.signUpsPerAddress, window: settings.signUpWindowSeconds, clock: clock)
    }

    /// - Throws: `Throttled` when the address has opened too many. This machine's own are not counted.
    func take(_ call: Call) throws {
        guard let address = call.context.clientAddress, !address.isLoopback,
            let wait = meter.take(address.network)
        else { return }
        throw Throttled(
            message: "Too many accounts were opened from your network. Please try again in "
                + "\(Wording.duration((wait / 60).rounded(.up) * 60)).",
            seconds: Int(wait.rounded(.up)))
    }
}
