import GAS
import GASPostgres
import Logging

/// The PostgreSQL server, where one is configured.
extension Composition {
    /// The database that the settings name; `nil` when everything is kept in the data folder.
    static func postgres(_ configuration: EffectiveConfiguration) throws -> PostgresDatabase? {
        guard configuration[Settings.database] == .postgres else { return nil }
        let url = configuration[Settings.postgresURL]
        guard !url.isEmpty else {
            throw GASError(
                .invalid, "The database is to be PostgreSQL, but the setting \(Settings.postgresURL.key) is empty.")
        }
        var settings = try PostgresSettings(url: url)
        settings.connections = configuration[Settings.postgresConnections]
        settings.patienceSeconds = configuration[Settings.postgresPatienceSeconds]
        settings.connectSeconds = configuration[Settings.postgresConnectSeconds]
        settings.statementSeconds = configuration[Settings.postgresStatementSeconds]
        settings.silenceSeconds = configuration[Settings.postgresSilenceSeconds]
        return try PostgresDatabase(settings: settings, logger: Logger(label: "gas.postgres"))
    }

    /// Brings the tables up to date, or makes sure that they are.
    static func prepare(_ database: PostgresDatabase, _ configuration: EffectiveConfiguration) async throws {
        let migrations = Migrations(database)
        if configuration[Settings.postgresMigrates] {
            _ = try await migrations.apply()
        } else if try await !migrations.pending().isEmpty {
            throw GASError(.invalid, "The PostgreSQL database is not up to date. Run 'gas migrate' first.")
        }
    }
}
