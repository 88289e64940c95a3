import Foundation
import GAS
import GASEmbedded
import GASPostgres
import Logging

/// Looks at what the settings name, one thing after the other, so that what is wrong with one hides nothing of the next.
struct Checkup {
    let configuration: EffectiveConfiguration
    let clock = SystemClock()

    /// So long an answer of PostgreSQL's is waited for, in seconds; the service itself waits longer, for a restart to be over.
    private static let patience = 5.0

    init(_ configuration: EffectiveConfiguration) {
        self.configuration = configuration
    }

    /// Everything, in the order in which one thing depends on another.
    func findings() async -> [Finding] {
        Composition.bootstrapLogging(configuration, least: .critical)
        let folder = await dataFolder()
        var findings = [folder]
        guard folder.problems.isEmpty else { return findings }
        let database = await self.database()
        findings.append(database)
        if configuration.usesAWS { findings += await atAWS() }
        findings += await objects()
        guard database.problems.isEmpty else { return findings }
        return findings + (await others(unless: findings.contains { !$0.problems.isEmpty }))
    }

    private func dataFolder() async -> Finding {
        await Finding.of(
            "the data folder \(configuration[Settings.dataDirectory])",
            remedy: "Give it to the user that runs the service, or set \(Settings.dataDirectory.key)."
        ) {
            let folders = try DataFolders(configuration)
            for folder in Set([folders.root, folders.archive]) where FileManager.default.fileExists(atPath: folder) {
                let file = "\(folder)/doctor-\(UUID().uuidString)"
                guard FileManager.default.createFile(atPath: file, contents: Data("well".utf8)) else {
                    return ["cannot be written"]
                }
                try FileManager.default.removeItem(atPath: file)
            }
            return []
        }
    }

    private func database() async -> Finding {
        guard configuration[Settings.database] == .postgres else {
            return await Finding.of(
                "the database in the data folder",
                remedy: "Restore it from a backup, or start the version of the service that wrote it."
            ) {
                let database = try EmbeddedDatabase(path: try DataFolders(configuration).database)
                _ = try await SQLiteSessionStore(database: database).deleteExpired(
                    lastSeenBefore: .distantPast, createdBefore: .distantPast)
                try database.close()
                return []
            }
        }
        return await Finding.of(
            "the PostgreSQL database",
            remedy: "Look at \(Settings.postgresURL.key), and at the server and its log."
        ) {
            // AWS has to do with it only if it keeps the password.
            guard !configuration[Settings.postgresPassword].isEmpty else { return try await lookAtPostgres(nil) }
            return try await AWSAccess.whileOpen(configuration, clock: clock) { aws in try await lookAtPostgres(aws) }
        }
    }

    private func lookAtPostgres(_ aws: AWSAccess?) async throws -> [String] {
        guard let database = try Composition.postgres(configuration, aws, patience: Self.patience) else { return [] }
        var problems: [String] = []
        do {
            let pending = try await Migrations(database).pending()
            if pending.isEmpty {
                // Removes nothing, and needs the permission to.
                _ = try await PostgresSessionStore(database: database).deleteExpired(
                    lastSeenBefore: .distantPast, createdBefore: .distantPast)
            } else if !configuration[Settings.postgresMigrates] {
                problems = ["lacks the steps \(pending.joined(separator: ", ")): run 'gas migrate'"]
            }
        } catch {
            await database.close()
            throw error
        }
        await database.close()
        return problems
    }
}
