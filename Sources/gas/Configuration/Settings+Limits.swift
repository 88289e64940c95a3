import GASWeb

/// What one client may ask for, and how slowly.
extension Settings {
    static let webTrustedProxies = Setting<[NetworkRange]>(
        key: "web.trusted-proxies", defaultText: "",
        summary: "Proxies before this service whose X-Forwarded-For and X-Forwarded-Proto count. Empty: nobody's do.",
        allowed: "addresses and ranges such as 127.0.0.1 or 10.0.0.0/8, separated by commas, or empty"
    ) { text in
        let parts = Setting<[String]>.parts(text)
        let ranges = parts.compactMap { NetworkRange($0) }
        return ranges.count == parts.count ? ranges : nil
    }
    static let webRequestsPerAccount = Setting.number(
        "web.requests-per-account", 3000, in: 10...1_000_000_000,
        "Requests that one account may make within the window; more are answered with 429.")
    static let webRequestsPerAddress = Setting.number(
        "web.requests-per-address", 6000, in: 10...1_000_000_000,
        "Requests that one network address may make within the window; this machine's own are not counted.")
    static let webRequestWindowSeconds = Setting.seconds(
        "web.request-window-seconds", 60, in: 1...86_400, "The window in which requests are counted.")
    static let signUpsPerAddress = Setting.number(
        "sign-in.sign-ups-per-address", 20, in: 1...1_000_000,
        "Accounts that may be opened from one network address within the window; this machine's own are not counted.")
    static let signUpWindowSeconds = Setting.seconds(
        "sign-in.sign-up-window-seconds", 3600, in: 1...86_400, "The window in which opened accounts are counted.")
    static let webHeadSeconds = Setting.seconds(
        "web.head-seconds", 20, in: 0.1...3600,
        "Within so long the head of the first request of a connection must be there, or the connection is closed.")
    static let webBodyPeriodBytes = Setting.number(
        "web.body-period-bytes", 4096, in: 1...1_000_000_000,
        "So many bytes of a body must come within each period, or the connection is closed.")
    static let webBodyPeriodSeconds = Setting.seconds(
        "web.body-period-seconds", 20, in: 0.1...3600, "The period in which so many bytes of a body must come.")
    static let webAnnouncementSeconds = Setting.seconds(
        "web.announcement-seconds", 2, in: 0...3600,
        "After so long at most a change of the announcement, or of whether the service is closed, is seen everywhere.")
    static let webRowsPerPage = Setting.number(
        "web.rows-per-page", 50, in: 1...1000, "Rows on one page of an activity or of an administrator's list.")
    static let webFragmentBytes = Setting.number(
        "web.fragment-bytes", 16_777_216, in: 0...17_179_869_184,
        "So many bytes of rendered lists are kept in memory, each for its owner while nothing in it changes; 0: none.")
    static let webFragmentSeconds = Setting.seconds(
        "web.fragment-seconds", 60, in: 1...86_400,
        "A rendered list that nobody has asked for so long is forgotten, after twice the time at the latest.")
    static let webStrictTransportSubdomains = Setting.flag(
        "web.strict-transport-subdomains", false,
        "Whether browsers will insist on HTTPS for all hosts below this one, too.")

    static let forLimits: [any AnySetting] = [
        webTrustedProxies, webRequestsPerAccount, webRequestsPerAddress, webRequestWindowSeconds, signUpsPerAddress,
        signUpWindowSeconds, webHeadSeconds, webBodyPeriodBytes, webBodyPeriodSeconds, webRowsPerPage,
        webStrictTransportSubdomains, webAnnouncementSeconds, webFragmentBytes, webFragmentSeconds,
    ]
}
