import Foundation

/// Something that somebody may have to answer for later: who did what, to whose things, from where, and when.
///
/// It never holds a name, an e-mail address, a password or a token: people are named by their account's id alone, so
/// that an account can be deleted while the log, from which nothing may be removed, stays whole.
public struct AuditEvent: Sendable, Hashable {
    /// What has happened.
    public let kind: AuditKind
    /// When, to the millisecond.
    public let time: Date
    /// Who did it; `nil` when nobody was signed in, and for the service itself.
    public let account: AccountID?
    /// Whose things it was done to, when that is somebody else, or nobody was signed in; they see it too.
    public let about: AccountID?
    /// The network address that the request came from; empty for the service itself.
    public let address: String
    /// What exactly, in a few words of ours: a job's id, a role, a reason. Made safe by `AuditText`.
    public let detail: String

    /// Longest detail, in characters.
    public static let longestDetail = 300
    /// Longest address, in characters.
    public static let longestAddress = 64

    /// Describes an event.
    public init(
        _ kind: AuditKind, at time: Date, by account: AccountID?, about: AccountID? = nil, from address: String = "",
        detail: String = ""
    ) {
        self.kind = kind
        self.time = Date(timeIntervalSince1970: (time.timeIntervalSince1970 * 1000).rounded() / 1000)
        self.account = account.map { AccountID(rawValue: AuditText.safe($0.rawValue, limit: Self.longestDetail)) }
        self.about = about.map { AccountID(rawValue: AuditText.safe($0.rawValue, limit: Self.longestDetail)) }
        self.address = AuditText.safe(address, limit: Self.longestAddress)
        self.detail = AuditText.safe(detail, limit: Self.longestDetail)
    }
}

/// The kinds of events, by the names under which they are stored and filtered.
public enum AuditKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// An account was opened.
    case accountCreated = "account-created"
    /// Somebody proved who they are.
    case signIn = "sign-in"
    /// Somebody could not.
    case signInFailed = "sign-in-failed"
    /// Somebody ended their session.
    case signOut = "sign-out"
    /// A session was ended from another one.
    case sessionRevoked = "session-revoked"
    /// An identity provider did not answer, or not as it must.
    case providerError = "provider-error"
    /// Name, address or institution were changed.
    case profileChanged = "profile-changed"
    /// A password was replaced: by who knew it, or by a mailed link.
    case passwordChanged = "password-changed"
    /// Somebody said that they have forgotten the password.
    case passwordResetAsked = "password-reset-asked"
    /// The plan is about to be changed. What became of it follows, unless somebody else was first or the process died.
    case roleChangeBegun = "role-change-begun"
    /// The plan was changed.
    case roleChanged = "role-changed"
    /// A link to a file was given out.
    case download
    /// Everything that an account has was handed over.
    case export
    /// An administrator looked at other people's things.
    case adminRead = "admin-read"
    /// What is told on every page was changed, and perhaps the service closed or opened.
    case announcementChanged = "announcement-changed"
    /// Messages that could not be dealt with were sent back to their queue.
    case messagesReplayed = "messages-replayed"
    /// Something was asked for that is not allowed.
    case accessDenied = "access-denied"
    /// Too much was asked for.
    case throttled
    /// What keeps the audit log from being changed had been removed, and was put back.
    case guardsRestored = "guards-restored"
    /// Inputs were removed because their time was over.
    case inputsExpired = "inputs-expired"
    /// An account began to be deleted: from now on nobody can sign in to it.
    case deletionBegun = "deletion-begun"
    /// Nothing of the account is left.
    case accountDeleted = "account-deleted"
}

/// Text from outside, made fit for a line of a log.
public enum AuditText {
    /// The text without line ends, escape sequences, invisible and direction-changing characters, each of which
    /// becomes `·`, and shortened to `limit` characters.
    public static func safe(_ text: String, limit: Int) -> String {
        let scalars = text.unicodeScalars.prefix(limit * 4).map { isPlain($0) ? Character($0) : "·" }
        let whole = String(scalars)
        return whole.count > limit ? String(whole.prefix(max(0, limit - 1))) + "…" : whole
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
