import Foundation
import GAS
import GASEmbedded
import GASIdentity
import GASPostgres
import GASWeb
import GASWorkers

/// Whose the data is: administrators, the end of an account, what is kept for how long.
extension Composition {
    var administrators: Administrators {
        Administrators(configuration[Settings.admins], accounts: accounts)
    }

    /// Deletes accounts.
    func deletion() throws -> AccountDeletion {
        let (database, postgres) = (database, postgres)
        return AccountDeletion(
            accounts: accounts,
            belongings: AccountBelongings(
                sessions: sessions, tickets: tickets, jobs: jobs, objects: objects, archive: archive,
                mailer: try mailer(),
                subscriptions: try subscriptions,
                buckets: [
                    configuration[Settings.objectsInputsBucket], configuration[Settings.objectsResultsBucket],
                ],
                keyPrefix: configuration[Settings.objectsPrefix], batch: configuration[Settings.sweeperBatch]),
            audit: audit, settleSeconds: settleSeconds,
            scrub: {
                try await database?.scrub()
                try await postgres?.scrub()
            }, clock: clock)
    }

    /// Until then a form that was signed for the account, or a worker that has its job, could bring something back.
    private var settleSeconds: Double {
        max(
            configuration[Settings.webUploadPolicySeconds],
            configuration[Settings.annotatorLeaseSeconds] + configuration[Settings.sweeperPatienceSeconds])
    }

    /// What the sweeper does at every sweep.
    func urgentChores() throws -> [Sweeper.Chore] {
        let (folders, jobs, deletion) = (folders, jobs, try deletion())
        return [
            Sweeper.Chore(name: "deletedAccounts") { try await deletion.sweep() },
            Sweeper.Chore(name: "workFolders") {
                try await WorkFolder.removeLeftovers(in: folders.work, jobs: jobs) {
                    $0.status == .running && $0.attempt == $1
                }
            },
            Sweeper.Chore(name: "exportCopies") { [configuration] in
                try WorkFolder.removeOldFiles(
                    in: folders.exports,
                    writtenBefore: Date().addingTimeInterval(-configuration[Settings.sweeperOrphanSeconds]))
            },
            Sweeper.Chore(name: "archiverFolders") {
                try await WorkFolder.removeLeftovers(in: folders.archiverWork, jobs: jobs) {
                    $0.resultState == .archiving && $0.move == $1
                }
            },
            Sweeper.Chore(name: "thawerFolders") {
                try await WorkFolder.removeLeftovers(in: folders.thawerWork, jobs: jobs) {
                    $0.resultState == .restoring && $0.move == $1
                }
            },
        ]
    }

    /// Removes uploads whose time is over; `nil` when they are kept.
    var inputRetention: InputRetention? {
        let days = configuration[Settings.inputDays]
        guard days > 0 else { return nil }
        return InputRetention(
            jobs: jobs, objects: objects, audit: audit, bucket: configuration[Settings.objectsInputsBucket],
            keyPrefix: configuration[Settings.objectsPrefix], seconds: Double(days) * 86_400,
            batch: configuration[Settings.sweeperBatch], clock: clock)
    }

    /// What administrators see of the queues and of the outbox.
    var operations: WebServices.Operations {
        let (outbox, isOutbox) = (folders.outbox, configuration[Settings.mailTransport] == .outbox)
        let farm = FileFarmStore(path: folders.farmState)
        return WebServices.Operations(offices: messaging.offices, announcements: announcements, farm: farm) {
            guard isOutbox else { return nil }
            guard FileManager.default.fileExists(atPath: outbox) else { return 0 }
            return try FileManager.default.contentsOfDirectory(atPath: outbox).count { $0.hasSuffix(".eml") }
        }
    }
}
