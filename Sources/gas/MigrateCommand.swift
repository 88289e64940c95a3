import ArgumentParser
import GAS
import GASEmbedded
import GASPostgres

/// `gas migrate`: brings the database up to date.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the tables of the database up to date.",
        discussion: """
            Any number of instances may do this at the same time, and while others serve. Needed only where \
            \(Settings.postgresMigrates.key) is false: else each role does it when it starts.
            """)

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let configuration = try await options.read()
        // That of the data folder is brought up to date by being opened.
        if configuration.usesFolderDatabase {
            try EmbeddedDatabase(path: try DataFolders(configuration).database).close()
        }
        try await AWSAccess.whileOpen(configuration) { aws in
            guard let database = try Composition.postgres(configuration, aws) else { return }
            for step in try await Migrations(database).apply() { print("PostgreSQL: \(step)") }
            await database.close()
        }
        print("The database is up to date.")
    }
}
