import Foundation
import GAS
import GASIdentity

/// Which secrets are good enough. On loopback, where nobody else comes, any is; else none may be missing, well known or
/// short, and none may have been a flag, which everybody on the machine can read in the list of processes.
struct SecretRules {
    let configuration: EffectiveConfiguration

    /// - Throws: `invalid`, naming the setting and never the value.
    func check() throws {
        for (setting, shortest) in Self.ownKeys where !configuration[setting].isEmpty {
            guard configuration[setting].utf8.count >= shortest else {
                throw GASError(.invalid, "The setting \(setting.key) must have at least \(shortest) characters.")
            }
        }
        guard !isOnLoopback else { return }
        for setting in required where configuration[setting].isEmpty {
            throw GASError(
                .invalid,
                "The setting \(setting.key) is empty. That is allowed only while the service is reached from this machine "
                    + "alone.")
        }
        for entry in configuration.all where entry.setting.isSecret && !entry.text.isEmpty {
            try check(entry)
        }
    }

    private static let ownKeys = [(Settings.objectsSigningKey, 32), (Settings.sealingKey, 32)]
    /// Secrets that others gave us have at least so many characters.
    private static let shortest = 8
    /// Words, digits and punctuation aside, that examples and first set-ups use as secrets.
    private static let wellKnown: Set<String> = [
        "password", "passwort", "secret", "mysecret", "clientsecret", "yourclientsecret", "changeme", "pleasechangeme",
        "changethis", "example", "default", "admin", "administrator", "letmein", "qwerty", "qwertyuiop", "redacted",
        "test",
        "testtest", "gas", "yoursecret", "yourpassword", "supersecret", "topsecret", "notasecret", "abcdefgh",
        // What stands between such words.
        "my", "your", "please", "this", "that", "client", "service", "key", "token", "change", "replace", "me", "now",
        "new",
        "is", "the", "not", "api", "and", "for", "insert", "here",
    ]

    /// Least strength of a secret, in bits, as libzxcvbn estimates it.
    private static let leastBits = 30.0

    private func check(_ entry: EffectiveConfiguration.Entry) throws {
        let key = entry.setting.key
        guard entry.source != .flag else {
            throw GASError(
                .invalid,
                "The secret \(key) must not be given as a flag, which others on this machine can read. Use the environment "
                    + "(\(entry.setting.environmentName)) or a file (file:/path).")
        }
        let text = entry.text.lowercased()
        let letters = text.filter(\.isLetter)
        // Longer ones first: shorter ones stand inside them.
        let words = Self.wellKnown.sorted { ($1.count, $0) < ($0.count, $1) }
        let rest = words.reduce(letters) { $0.replacing($1, with: "") }
        let isWellKnown = rest.isEmpty
        guard text.utf8.count >= Self.shortest, Set(text).count >= 5, !isWellKnown,
            PasswordRules.strength(of: entry.text) >= Self.leastBits
        else {
            throw GASError(
                .invalid, "The secret \(key) is a default one, or easily guessed. Replace it by a random one.")
        }
    }

    /// What has to be there, given what is switched on.
    private var required: [Setting<String>] {
        var settings = configuration.providers.map(\.settings.clientSecret)
        if configuration[Settings.mailTransport] == .smtp, !configuration[Settings.smtpUser].isEmpty {
            settings.append(Settings.smtpPassword)
        }
        if configuration[Settings.paymentsProvider] == .stripe {
            settings += [Settings.stripeSecretKey, Settings.stripeWebhookSecret]
        }
        return settings
    }

    /// Whether nobody but this machine can reach the service: neither at its own address nor through a proxy.
    private var isOnLoopback: Bool {
        let publicHost = URL(string: configuration[Settings.webPublicURL])?.host ?? "localhost"
        guard configuration[Settings.webTrustedProxies].isEmpty else { return false }
        return [configuration[Settings.webHost], publicHost].allSatisfy {
            LoopbackHost.names.contains($0)
        }
    }
}
