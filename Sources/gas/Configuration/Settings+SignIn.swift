import GASIdentity

/// The settings of signing in at identity providers.
extension Settings {
    static let hasLocalAccounts = Setting.flag(
        "sign-in.local-accounts", true,
        "Whether people can open accounts here and sign in with a password. Without, providers alone let people in.")
    static let signInProviders = Setting<[String]>(
        key: "sign-in.providers", defaultText: "",
        summary:
            "Names of the identity providers, in the order in which they are offered, separated by commas. Each has "
            + "settings of its own, in whose keys its name stands in place of NAME. The one called globus is Globus Auth.",
        allowed: "names of at most 20 lower-case letters and digits, each once; empty for none"
    ) { text in
        let names = text.split(separator: ",").map { $0.filter { $0 != " " } }
        let areNames = names.allSatisfy { name in
            (1...20).contains(name.count) && name.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0) }
        }
        return areNames && Set(names).count == names.count ? names : nil
    }
    static let sealingKey = Setting.secret(
        "sign-in.sealing-key",
        "Key that closes up what browsers and database keep of sign-ins at providers, at least 32 characters, the same on all "
            + "web servers. Empty: one is made at first start and kept in the data folder.")
    static let signInPatienceSeconds = Setting.seconds(
        "sign-in.patience-seconds", 600, in: 30...86_400, "So long a sign-in at a provider may take.")
    static let confirmationSeconds = Setting.seconds(
        "sign-in.confirmation-seconds", 86_400, in: 60...2_592_000,
        "So long the link works with which people confirm an e-mail address.")
    static let confirmationMails = Setting.number(
        "sign-in.confirmation-mails", 5, in: 1...1000,
        "Mails with such a link that one account can ask for within sign-in.window-seconds.")
    static let confirmsAddresses = Setting.flag(
        "sign-in.confirm-addresses", false,
        "Whether who opens an account here must open a link in a mail before they can use the service. Needs mails that "
            + "arrive: mail.transport smtp.")
    static let passwordStrength = Setting.bits(
        "sign-in.password-strength", 25, in: 0...60,
        "How hard to guess a new password must be at least, as libzxcvbn estimates it; common passwords have less than 15."
    )
    static let passwordWords = Setting<[String]>(
        key: "sign-in.password-words", defaultText: "gas,genomics,annotation",
        summary:
            "Words that passwords of this service are guessed with, such as the name of your institution, separated by "
            + "commas.", allowed: "any words"
    ) { $0.split(separator: ",").map { String($0.filter { $0 != " " }) } }
    static let resetSeconds = Setting.seconds(
        "sign-in.reset-seconds", 3600, in: 60...86_400,
        "So long the link works with which people choose a new password that have forgotten theirs.")
    static let resetMails = Setting.number(
        "sign-in.reset-mails", 3, in: 1...1000,
        "Mails with such a link that can be asked for one address within sign-in.window-seconds.")
    static let resetsPerAddress = Setting.number(
        "sign-in.resets-per-address", 20, in: 1...1_000_000,
        "Such mails that one network address can ask for within sign-in.window-seconds; this machine's own are not counted."
    )
    static let providerTimeoutSeconds = Setting.seconds(
        "sign-in.provider-timeout-seconds", 10, in: 0.1...120, "Longest time for one request to a provider.")
    static let providerAnswerBytes = Setting.number(
        "sign-in.provider-answer-bytes", 1_048_576, in: 1024...67_108_864, "Longest answer of a provider, in bytes.")
    static let providerMetadataSeconds = Setting.seconds(
        "sign-in.provider-metadata-seconds", 3600, in: 1...86_400,
        "So long a provider's description of itself and its keys are kept.")
    static let providerKeyPauseSeconds = Setting.seconds(
        "sign-in.provider-key-pause-seconds", 60, in: 0...86_400,
        "A token signed with an unknown key makes us look for new keys, but not again within this time.")
    static let providerRetrySeconds = Setting.seconds(
        "sign-in.provider-retry-seconds", 5, in: 0...3600,
        "So long a provider that failed to describe itself is not asked again.")
    static let providerLeewaySeconds = Setting.seconds(
        "sign-in.provider-leeway-seconds", 300, in: 0...3600, "How far a provider's clock and ours may differ.")
    static let providerAuthorities = Setting.text(
        "sign-in.provider-authorities", "",
        "PEM file of certificate authorities that providers are trusted by, instead of the machine's own.")

    static let forSignIn: [any AnySetting] = [
        hasLocalAccounts, signInProviders, sealingKey, signInPatienceSeconds, confirmationSeconds, confirmationMails,
        confirmsAddresses, passwordStrength, passwordWords, resetSeconds, resetMails, resetsPerAddress,
        providerTimeoutSeconds, providerAnswerBytes, providerMetadataSeconds, providerKeyPauseSeconds,
        providerRetrySeconds, providerLeewaySeconds, providerAuthorities,
    ]
}

/// The settings that each identity provider has.
struct ProviderSettings {
    /// What stands for a provider's name in the reference.
    static let reference = ProviderSettings(name: "NAME")

    let preset: Setting<OpenIDSettings.Preset>
    let issuer: Setting<String>
    let title: Setting<String>
    let clientID: Setting<String>
    let clientSecret: Setting<String>
    let scopes: Setting<[String]>
    let algorithms: Setting<[SignatureAlgorithm]>

    /// - Parameter name: one that `sign-in.providers` allows.
    init(name: String) {
        func key(_ last: String) -> String { "sign-in.provider.\(name).\(last)" }
        preset = .choice(
            key("preset"), OpenIDSettings.Preset(rawValue: name) ?? .openid,
            "Ways of its own that a provider has. For the provider called globus the default is globus.")
        issuer = Setting(
            key: key("issuer"), defaultText: "",
            summary: "How the provider names itself, to the letter. Empty: Globus Auth, with that preset.",
            allowed: "empty, or an address with https:// (or http:// of this machine), without query"
        ) { $0.isEmpty || (ProviderAddress.isAcceptable($0) && !$0.contains("?")) ? $0 : nil }
        title = .text(
            key("title"), "", "What people call the provider: 'Sign in with ...'. Empty: the name, or Globus.")
        clientID = .text(key("client-id"), "", "What the provider calls this service.")
        clientSecret = .secret(key("client-secret"), "The secret that the provider gave this service.")
        scopes = Setting(
            key: key("scopes"), defaultText: "openid email profile",
            summary: "What the provider is asked about people, separated by spaces.", allowed: "words, not empty"
        ) { text in
            let words = text.split(whereSeparator: { $0 == " " || $0 == "," }).map(String.init)
            return words.isEmpty ? nil : words
        }
        algorithms = .list(
            key("algorithms"), SignatureAlgorithm.allCases, "The signatures that are accepted on ID tokens.")
    }

    var all: [any AnySetting] { [preset, issuer, title, clientID, clientSecret, scopes, algorithms] }
}
