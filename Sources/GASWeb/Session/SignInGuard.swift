import GAS
import GASIdentity

/// Makes who guesses passwords wait.
///
/// Failures are counted per account and address together, so that a stranger cannot lock the owner out, and per
/// address, so that nobody can try one password on all accounts.
struct SignInGuard: Sendable {
    private let perAccount: SignInThrottle
    private let perAddress: SignInThrottle
    private let knowsAddresses: Bool

    init(settings: WebSettings, clock: any WallClock) {
        perAccount = SignInThrottle(limit: settings.signInTries, window: settings.signInWindowSeconds, clock: clock)
        perAddress = SignInThrottle(
            limit: settings.signInTriesPerAddress,
            window: settings.signInWindowSeconds,
            clock: clock
        )
        knowsAddresses = settings.tls != nil
    }

    /// - Throws: `Throttled` when this account or this address has failed too often.
    func check(email: String, _ call: Call) throws {
        let waits = [perAccount.wait(for: account(email, call)), perAddress.wait(for: address(call))]
        guard let wait = waits.compactMap({ $0 }).max() else { return }
        let minutes = Wording.duration((wait / 60).rounded(.up) * 60)
        throw Throttled(
            message: "Too many failed attempts to sign in. Please try again in \(minutes).",
            seconds: Int(wait.rounded(.up))
        )
    }

    func noteFailure(email: String, _ call: Call) {
        perAccount.noteFailure(of: account(email, call))
        if knowsAddresses { perAddress.noteFailure(of: address(call)) }
    }

    func noteSuccess(email: String, _ call: Call) {
        perAccount.noteSuccess(of: account(email, call))
    }

    private func address(_ call: Call) -> String { call.context.remoteAddress ?? "" }

    private func account(_ email: String, _ call: Call) -> String { email.lowercased() + " " + address(call) }
}
