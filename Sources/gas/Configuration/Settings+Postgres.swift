/// Where accounts, jobs, queues and the like are kept.
enum DatabaseKind: String, CaseIterable, Sendable {
    case sqlite, postgres
}

extension Settings {
    static let database = Setting.choice(
        "database", DatabaseKind.sqlite,
        "Where accounts, sessions, jobs, queues and the audit log are kept: a file in the data folder, or PostgreSQL.")
    static let postgresURL = Setting.secret(
        "postgres.url",
        "The server and the database: postgresql://user:password@host:5432/database?sslmode=verify-full.")
    static let postgresPassword = Setting.text(
        "postgres.password-secret", "",
        "The password in AWS Secrets Manager, as name#member, in place of the one in postgres.url; fetched anew when it was "
            + "rotated. Empty: the one in postgres.url.")
    static let postgresConnections = Setting.number(
        "postgres.connections", 10, in: 1...1000,
        "Most connections of one process that are open at the same time, besides the one that listens.")
    static let postgresPatienceSeconds = Setting.seconds(
        "postgres.patience-seconds", 30, in: 1...3600,
        "So long a call waits for a free connection, and for a server that restarts.")
    static let postgresConnectSeconds = Setting.seconds(
        "postgres.connect-seconds", 5, in: 0.1...600, "So long one attempt to connect may take.")
    static let postgresStatementSeconds = Setting.seconds(
        "postgres.statement-seconds", 30, in: 0.1...3600, "So long one statement may take.")
    static let postgresSilenceSeconds = Setting.seconds(
        "postgres.silence-seconds", 30, in: 1...3600,
        "After so long without news the connection that listens is tried.")
    static let postgresMigrates = Setting.flag(
        "postgres.migrate", true, "Bring the tables up to date at start. If false, 'gas migrate' must have been run.")

    static let forDatabase: [any AnySetting] = [
        database, postgresURL, postgresPassword, postgresConnections, postgresPatienceSeconds, postgresConnectSeconds,
        postgresStatementSeconds, postgresSilenceSeconds, postgresMigrates,
    ]
}
