import GAS
import GASAWS
import GASEmbedded
import GASPostgres
import Logging

/// The databases: a file in the data folder, and the PostgreSQL server where one is configured.
extension Composition {
    /// Opens what the settings name, and brings it up to date.
    static func databases(
        _ configuration: EffectiveConfiguration, _ folders: DataFolders, _ aws: AWSAccess?
    ) async throws -> (EmbeddedDatabase?, PostgresDatabase?, DatabaseConnection) {
        let here =
            configuration.usesFolderDatabase
            ? try EmbeddedDatabase(path: folders.database, logger: Logger(label: "gas.database")) : nil
        if let postgres = try postgres(configuration, aws) {
            try await prepare(postgres, configuration)
            return (here, postgres, .postgres(postgres))
        }
        guard let here else { throw GASError(.internal, "No database was opened.") }
        return (here, nil, .sqlite(here))
    }

    /// The database that the settings name; `nil` when everything is kept in the data folder.
    /// - Parameter patience: so many seconds a call waits at most, if not for as long as the settings say.
    static func postgres(
        _ configuration: EffectiveConfiguration, _ aws: AWSAccess?, patience: Double = .infinity
    ) throws -> PostgresDatabase? {
        guard configuration[Settings.database] == .postgres else { return nil }
        let url = configuration[Settings.postgresURL]
        guard !url.isEmpty else {
            throw GASError(
                .invalid, "The database is to be PostgreSQL, but the setting \(Settings.postgresURL.key) is empty.")
        }
        var settings = try PostgresSettings(url: url)
        let secret = configuration[Settings.postgresPassword]
        if !secret.isEmpty, let aws {
            let (secrets, reference) = (aws.secrets, try SecretReference(secret))
            settings.password = PostgresPassword { refused in
                guard let refused else { return try await secrets.value(of: reference) }
                return try await secrets.value(of: reference, insteadOf: refused)
            }
        }
        settings.connections = configuration[Settings.postgresConnections]
        settings.patienceSeconds = min(patience, configuration[Settings.postgresPatienceSeconds])
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
