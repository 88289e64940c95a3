import GAS

/// What the server, or the way to it, has refused.
struct PostgresFailure: Error, CustomStringConvertible {
    /// What became of the connection and of the statement.
    enum Kind: Sendable {
        /// No connection could be made: nothing was done.
        case notConnected
        /// The connection broke before the transaction was to be committed: nothing was done.
        case lost
        /// The connection broke while the outcome was on its way: it was done, or not.
        case inDoubt
        /// The server answered that it will not.
        case refused
    }

    let kind: Kind
    /// The five characters of SQLSTATE (PostgreSQL's manual, appendix A); `nil` when the server said nothing.
    let sqlState: String?
    /// In libpq's words, for the log.
    let message: String

    var description: String { "\(sqlState.map { "SQLSTATE \($0): " } ?? "")\(message)" }

    /// The same failure, of another kind.
    func turned(into kind: Kind) -> PostgresFailure {
        PostgresFailure(kind: kind, sqlState: sqlState, message: message)
    }

    /// Whether the server may take in the same connection later: it is restarting, cannot be reached, or has too many.
    /// Wrong names and passwords, missing databases and certificates that are not trusted stay as they are.
    var isPassing: Bool {
        guard let sqlState else { return !message.contains("certificate") && !message.contains("not support SSL") }
        return sqlState.hasPrefix("08") || sqlState.hasPrefix("53") || sqlState.hasPrefix("57P")
    }

    /// Whether the server did not believe who we are (class 28): the password may have been changed.
    var isRefusedPassword: Bool { kind == .notConnected && sqlState?.hasPrefix("28") == true }

    /// Whether two transactions were in each other's way, and the server has undone this one (40001, 40P01).
    var isConflict: Bool { sqlState == "40001" || sqlState == "40P01" }

    /// Whether the server now only reads: it was the first one before a failover (25006), or is being ended (57P01, 57P02).
    static func endsConnection(_ sqlState: String) -> Bool {
        ["25006", "57P01", "57P02", "57P03"].contains(sqlState) || sqlState.hasPrefix("08")
    }
}

extension GASError {
    /// What a failure means to the service.
    init(_ failure: PostgresFailure) {
        switch (failure.kind, failure.sqlState) {
        case (.notConnected, let state) where state?.hasPrefix("28") == true || state == "3D000":
            self.init(
                .unavailable, "The PostgreSQL server refuses the service. Look at user, password and database.",
                cause: failure)
        case (.notConnected, _):
            self.init(.unavailable, "The PostgreSQL server cannot be reached. Try again later.", cause: failure)
        case (.lost, _), (.inDoubt, _):
            self.init(.unavailable, "The connection to the PostgreSQL server broke. Try again.", cause: failure)
        case (.refused, "23505"?):
            self.init(.conflict, "It exists already.", cause: failure)
        case (.refused, "22021"?), (.refused, "22P05"?):
            self.init(.invalid, "The text holds a character that cannot be stored.", cause: failure)
        case (.refused, "57014"?):
            self.init(.unavailable, "The database took too long. Try again later.", cause: failure)
        case (.refused, "42501"?):
            self.init(
                .unavailable, "The PostgreSQL server does not allow the service to do this. Look at its permissions.",
                cause: failure)
        case (.refused, "42P01"?), (.refused, "42703"?):
            self.init(.unavailable, "The database is not set up for this version. Run 'gas migrate'.", cause: failure)
        case (.refused, let state?) where state.hasPrefix("53"):
            self.init(
                .unavailable, "The PostgreSQL server has no room for this now. Free some, then try again.",
                cause: failure)
        case (.refused, let state?) where state.hasPrefix("40") || state.hasPrefix("55"):
            self.init(.unavailable, "The database is busy. Try again.", cause: failure)
        case (.refused, let state?) where state.hasPrefix("XX"):
            self.init(.corrupted, "The database is damaged. Restore it from a backup.", cause: failure)
        case (.refused, _):
            self.init(.internal, "The database refused a statement.", cause: failure)
        }
    }
}
