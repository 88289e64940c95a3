/// Who somebody is to an identity provider: the pair by which OpenID Connect says a person must be known, since a name or
/// an e-mail address may change hands (OpenID Connect Core 1.0, section 5.7).
public struct Identity: Sendable, Hashable, Codable {
    /// How the provider names itself: an OpenID issuer's address.
    public let issuer: String
    /// How the provider names the person (`sub`): never changed, and never given to anybody else.
    public let subject: String

    /// Names a person.
    public init(issuer: String, subject: String) {
        self.issuer = issuer
        self.subject = subject
    }
}

/// What a provider tells about a person, as far as it knows: nothing here is made sure of.
public struct PersonalDetails: Sendable, Hashable {
    /// What to call them; empty when it is not known.
    public var name: String
    /// Where mails go; `nil` when there is none, or the provider itself does not trust it.
    public var email: String?
    /// Where they work; empty when it is not known.
    public var institution: String

    /// Describes a person.
    public init(name: String = "", email: String? = nil, institution: String = "") {
        self.name = name
        self.email = email
        self.institution = institution
    }
}

/// What opens a provider's doors in somebody's name. Descriptions leave the tokens out, so that none gets into a log.
public struct ProviderTokens: Sendable, Hashable, Codable, CustomStringConvertible, CustomReflectable {
    /// Lets its holder ask the provider about the person.
    public let access: String
    /// Lets its holder get further access tokens.
    public let refresh: String?

    /// Takes tokens as the provider gave them.
    public init(access: String, refresh: String?) {
        self.access = access
        self.refresh = refresh
    }

    /// That there are tokens.
    public var description: String { "ProviderTokens(redacted)" }

    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
