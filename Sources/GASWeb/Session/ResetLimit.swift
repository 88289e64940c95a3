import GAS
import GASIdentity

/// How many mails with a link for a new password can be asked for: for one address, whether anybody has it or not, and by
/// one network address.
struct ResetLimit: Sendable {
    private let perMailbox: SignInThrottle
    private let perAddress: RequestMeter

    init(settings: WebSettings, clock: any WallClock) {
        perMailbox = SignInThrottle(
            limit: settings.resetMails, window: settings.signInWindowSeconds, clock: clock,
            capacity: settings.signInSources)
        perAddress = RequestMeter(
            limit: settings.resetsPerAddress, window: settings.signInWindowSeconds, clock: clock)
    }

    /// - Throws: `Throttled` when too many were asked for.
    func take(_ email: String, _ call: Call) throws {
        if let address = call.context.clientAddress, !address.isLoopback, let wait = perAddress.take(address.network) {
            throw throttled(wait)
        }
        if let wait = perMailbox.take(from: email) { throw throttled(wait) }
    }

    private func throttled(_ wait: Double) -> Throttled {
        Throttled(
            message: "Too many mails were asked for. Please look into your mailbox, or try again in "
                + "\(Wording.duration((wait / 60).rounded(.up) * 60)).",
            seconds: Int(wait.rounded(.up)))
    }
}
