import GAS

/// One entry of the audit log as a table shows it.
struct AuditRow {
    let number: String
    let time: Moment
    let what: String
    let by: String
    let address: String
    let detail: String
    /// For administrators alone.
    let account: String
    let about: String

    /// An entry in the eyes of the account that it concerns: who somebody else is, and from where they came, is not
    /// told.
    init(_ entry: AuditEntry, for viewer: AccountID) {
        let isOwn = entry.event.account == viewer
        let isUnknown = entry.event.account == nil && !entry.event.address.isEmpty
        self.init(
            entry,
            by: isOwn ? "you" : isUnknown ? "somebody" : entry.event.account == nil ? "the service" : Self.other(entry),
            address: isOwn || isUnknown ? entry.event.address : "")
    }

    /// An entry in the eyes of an administrator.
    init(_ entry: AuditEntry) {
        self.init(entry, by: entry.event.account?.rawValue ?? "", address: entry.event.address)
    }

    private init(_ entry: AuditEntry, by: String, address: String) {
        number = String(entry.number)
        time = Moment(entry.event.time)
        what = entry.event.kind.sentence
        self.by = by
        self.address = address
        detail = entry.event.detail
        account = entry.event.account?.rawValue ?? ""
        about = entry.event.about?.rawValue ?? ""
    }

    private static func other(_ entry: AuditEntry) -> String {
        entry.event.kind == .adminRead ? "an administrator" : "another account"
    }
}

extension AuditKind {
    /// What has happened, in words.
    var sentence: String {
        switch self {
        case .accountCreated: "Account opened"
        case .signIn: "Signed in"
        case .signInFailed: "Sign-in failed"
        case .signOut: "Signed out"
        case .sessionRevoked: "Session ended from another one"
        case .providerError: "Identity provider failed"
        case .profileChanged: "Profile changed"
        case .passwordChanged: "Password changed"
        case .passwordResetAsked: "New password asked for, as forgotten"
        case .roleChangeBegun: "Change of plan begun"
        case .roleChanged: "Plan changed"
        case .download: "Download link given out"
        case .export: "Everything exported"
        case .announcementChanged: "Announcement changed"
        case .messagesReplayed: "Dead letters sent again"
        case .adminRead: "Looked at by an administrator"
        case .accessDenied: "Access refused"
        case .throttled: "Too many tries"
        case .guardsRestored: "Guards of the audit log put back"
        case .inputsExpired: "Upload removed, its time was over"
        case .deletionBegun: "Account deleted"
        case .accountDeleted: "Everything of the account removed"
        }
    }
}
