import GAS
import GASIdentity

/// Makes who guesses passwords wait.
///
/// Failures are counted twice. Once per account and address together, so that a stranger elsewhere cannot lock the
/// owner out. And once per address, so that nobody can try one password on all accounts; not without TLS of our own
/// or a proxy that is trusted to say for whom it asks: then all requests come from the address of the proxy, and the
/// first count is one per account.
struct SignInGuard: Sendable {
    private let perAccount: SignInThrottle
    private let perAddress: SignInThrottle
    private let knowsAddresses: Bool

    init(settings: WebSettings, clock: any WallClock) {
        func throttle(_ limit: Int) -> SignInThrottle {
            SignInThrottle(
                limit: limit,
                window: settings.signInWindowSeconds,
                clock: clock,
                capacity: settings.signInSources
            )
        }
        perAccount = throttle(settings.signInTries)
        perAddress = throttle(settings.signInTriesPerAddress)
        knowsAddresses = settings.tls != nil || !settings.trustedProxies.isEmpty
    }

    /// Lets a password be tried. The try is counted before, since checking takes long and many may come at once; it is
    /// taken back when the password was right, or could not be checked.
    /// - Parameter isRight: whether the outcome means that the password was right.
    /// - Throws: `Throttled` when this account or this address has failed too often.
    func attempt<Outcome>(
        email: String,
        _ call: Call,
        isRight: (Outcome) -> Bool,
        _ check: () async throws -> Outcome
    ) async throws -> Outcome {
        let address = call.networkAddress
        let account = source(email, call)
        try take(account: account, address: address)
        do {
            let outcome = try await check()
            if isRight(outcome) {
                perAccount.noteSuccess(of: account)
                perAddress.giveBack(to: address)
            }
            return outcome
        } catch {
            perAccount.giveBack(to: account)
            perAddress.giveBack(to: address)
            throw error
        }
    }

    /// Forgets the failures of somebody who has chosen a new password: they tried the old one because they had forgotten
    /// it.
    func forgive(email: String, _ call: Call) {
        perAccount.noteSuccess(of: source(email, call))
    }

    private func source(_ email: String, _ call: Call) -> String {
        LocalAccounts.signInName(email) + " " + call.networkAddress
    }

    /// Lets an answer of an identity provider be tried: each makes us ask the provider, and note the failure.
    /// - Throws: `Throttled` when this address has failed too often.
    func attemptAtProvider<Outcome>(_ call: Call, _ check: () async throws -> Outcome) async throws -> Outcome {
        guard knowsAddresses else { return try await check() }
        let address = call.networkAddress
        if let wait = perAddress.take(from: address) { throw throttled(wait) }
        do {
            let outcome = try await check()
            perAddress.giveBack(to: address)
            return outcome
        } catch let failure as SignInFailure {
            throw failure
        } catch {
            perAddress.giveBack(to: address)
            throw error
        }
    }

    private func take(account: String, address: String) throws {
        if let wait = perAccount.take(from: account) { throw throttled(wait) }
        guard knowsAddresses, let wait = perAddress.take(from: address) else { return }
        perAccount.giveBack(to: account)
        throw throttled(wait)
    }

    private func throttled(_ wait: Double) -> Throttled {
        let minutes = Wording.duration((wait / 60).rounded(.up) * 60)
        return Throttled(
            message: "Too many attempts to sign in have failed. Please try again in \(minutes).",
            seconds: Int(wait.rounded(.up))
        )
    }
}
