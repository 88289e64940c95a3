import Foundation

/// How one OpenID provider is used.
public struct OpenIDSettings: Sendable, CustomReflectable {
    /// What a provider does its own way.
    public enum Preset: String, Sendable, Hashable, CaseIterable {
        /// As the standards say.
        case openid
        /// Globus Auth: tokens are revoked and people sign out at addresses that its discovery document does not name.
        case globus
    }

    /// Its name in settings and addresses: lower-case letters and digits.
    public var name: String
    /// What people call it.
    public var title: String
    /// Its ways.
    public var preset: Preset
    /// How it names itself, to the letter: the `iss` of its tokens.
    public var issuer: String
    /// What it calls this service.
    public var clientID: String
    /// What this service proves itself with; empty for a client without one, which only tests are.
    public var clientSecret: String
    /// What is asked about people; `openid` is asked always.
    public var scopes: [String]
    /// The signatures that are accepted.
    public var algorithms: Set<SignatureAlgorithm>

    /// How far its clock and ours may differ, in seconds.
    public var leewaySeconds: Double = 300
    /// Longest time for one request to it, in seconds.
    public var timeoutSeconds: Double = 10
    /// Longest answer that is read, in bytes.
    public var answerBytes = 1 << 20
    /// How long its metadata and keys are kept, in seconds.
    public var metadataSeconds: Double = 3600
    /// So long after one look for new keys there is no other, in seconds.
    public var keyPauseSeconds: Double = 60
    /// So long nothing is fetched after a failure, in seconds.
    public var retrySeconds: Double = 5

    /// Describes a provider.
    public init(
        name: String, title: String, preset: Preset = .openid, issuer: String, clientID: String, clientSecret: String,
        scopes: [String] = ["openid", "email", "profile"],
        algorithms: Set<SignatureAlgorithm> = Set(SignatureAlgorithm.allCases)
    ) {
        self.name = name
        self.title = title
        self.preset = preset
        self.issuer = issuer
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.scopes = scopes
        self.algorithms = algorithms
    }

    /// Without the secret, so that no description of anything brings it into a log.
    public var customMirror: Mirror { Mirror(self, children: ["name": name, "issuer": issuer]) }
}

extension OpenIDSettings.Preset {
    /// The issuer, for providers of which there is one.
    public var issuer: String? { self == .globus ? "https://auth.globus.org" : nil }

    /// What people call it, for providers of which there is one.
    public var title: String? { self == .globus ? "Globus" : nil }
}

/// Addresses of a provider.
public enum ProviderAddress {
    /// Whether requests may go there: by HTTPS, or to this very machine.
    public static func isAcceptable(_ text: String) -> Bool {
        guard let url = URL(string: text), let host = url.host, !host.isEmpty, url.user == nil, url.password == nil,
            url.fragment == nil
        else { return false }
        return url.scheme == "https"
            || (url.scheme == "http" && ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host))
    }
}
