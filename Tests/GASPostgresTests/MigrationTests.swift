import Foundation
import GAS
import GASPostgres
import GASTesting
import Testing

extension PostgresTests {
    /// How the tables come into being, and what they refuse.
    @Suite(.timeLimit(.minutes(1)))
    struct MigrationTests {
        private func withEmptyDatabase(_ body: (String) async throws -> Void) async throws {
            let name = "empty_\(UUID().uuidString.replacing("-", with: "").lowercased())"
            try TestServer.psql("CREATE DATABASE \(name)")
            let result: Result<Void, any Error>
            do { result = .success(try await body(name)) } catch { result = .failure(error) }
            try TestServer.psql("DROP DATABASE \(name) WITH (FORCE)")
            try result.get()
        }

        @Test func manyInstancesMigrateAtOnceAndOneDoesIt() async throws {
            try await withEmptyDatabase { name in
                let instances = try (0..<8).map { _ in try Fixture.open(name) }
                let taken = try await withThrowingTaskGroup(of: [String].self) { group in
                    for instance in instances { group.addTask { try await Migrations(instance).apply() } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(taken.count { !$0.isEmpty } == 1)
                #expect(try await Migrations(instances[0]).pending().isEmpty)
                let noted = try TestServer.psql("SELECT name FROM gas_migrations ORDER BY number", database: name)
                #expect(noted.split(separator: "\n").map(String.init) == taken.flatMap { $0 })
                for instance in instances { await instance.close() }
            }
        }

        @Test func aStepThatFailsLeavesNothing() async throws {
            try await withEmptyDatabase { name in
                // A table of this name is in the way of a later step.
                try TestServer.psql("CREATE TABLE payment_events (something INT)", database: name)
                let database = try Fixture.open(name)
                await #expect(throws: GASError.self) { _ = try await Migrations(database).apply() }
                #expect(try TestServer.psql("SELECT to_regclass('annotations') IS NULL", database: name) == "t")
                try TestServer.psql("DROP TABLE payment_events", database: name)
                #expect(try await !Migrations(database).apply().isEmpty)
                await database.close()
            }
        }

        @Test func tablesOfANewerVersionAreRefused() async throws {
            try await Fixture.use { fixture in
                try TestServer.psql(
                    "INSERT INTO gas_migrations (number, name) VALUES (1000, 'later')", database: fixture.name)
                let error = await #expect(throws: GASError.self) { _ = try await Migrations(fixture.database).apply() }
                #expect(error?.code == .invalid && error?.message.contains("newer version") == true)
            }
        }

        @Test func withoutTablesACallSaysWhatToDo() async throws {
            try await withEmptyDatabase { name in
                let database = try Fixture.open(name)
                let error = await #expect(throws: GASError.self) {
                    _ = try await PostgresAccountStore(database: database).count()
                }
                #expect(error?.message.contains("gas migrate") == true)
                await database.close()
            }
        }

        @Test func theServerRefusesToChangeTheAuditLog() async throws {
            try await Fixture.use { fixture in
                let log = PostgresAuditLog(database: fixture.database)
                for _ in 0..<3 { try await log.append(AuditEvent(.signIn, at: fixture.clock.now, by: AccountID())) }
                for statement in [
                    "UPDATE audit SET detail = 'x' WHERE number = 2", "DELETE FROM audit WHERE number = 3",
                    "TRUNCATE audit",
                    "INSERT INTO audit SELECT 7, time, kind, account_id, about_id, address, detail, previous, seal FROM audit LIMIT 1",
                ] {
                    #expect(throws: CommandFailed.self) { try TestServer.psql(statement, database: fixture.name) }
                }
                guard case .whole(let head) = try await log.verify() else {
                    Issue.record("The chain is broken.")
                    return
                }
                #expect(head?.number == 3)
                // Who owns the table can remove the triggers; the seals tell.
                try TestServer.psql(
                    "ALTER TABLE audit DISABLE TRIGGER USER; UPDATE audit SET detail = 'x' WHERE number = 2",
                    database: fixture.name)
                guard case .broken(2, _) = try await log.verify() else {
                    Issue.record("A changed entry was not noticed.")
                    return
                }
                #expect(try await log.missingGuards().count == 3)
            }
        }

        @Test(arguments: [
            ("DROP TRIGGER audit_is_never_emptied ON audit", ["audit_is_never_emptied"]),
            ("ALTER TABLE audit DISABLE TRIGGER audit_is_never_changed", ["audit_is_never_changed"]),
            (
                "CREATE OR REPLACE FUNCTION audit_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
                ["audit_is_never_changed", "audit_is_never_emptied"]
            ),
        ])
        func guardsAreMissedAndPutBack(statement: String, missing: [String]) async throws {
            try await Fixture.use { fixture in
                let log = PostgresAuditLog(database: fixture.database)
                try await log.append(AuditEvent(.signIn, at: fixture.clock.now, by: AccountID()))
                #expect(try await log.missingGuards().isEmpty)
                try TestServer.psql(statement, database: fixture.name)
                #expect(try await log.missingGuards() == missing)
                try await log.restoreGuards()
                #expect(try await log.missingGuards().isEmpty)
                for change in ["UPDATE audit SET detail = 'x'", "DELETE FROM audit", "TRUNCATE audit"] {
                    #expect(throws: CommandFailed.self) { try TestServer.psql(change, database: fixture.name) }
                }
            }
        }

        @Test func anAccountThatIsAddedWhileItIsDeletedIsNotThere() async throws {
            try await Fixture.use { (fixture: Fixture) async throws in
                let store = PostgresAccountStore(database: fixture.database)
                for _ in 0..<20 {
                    let account = Account(
                        id: AccountID(), name: "Ada", email: "", institution: "", role: .free,
                        created: fixture.clock.now)
                    #expect(try await store.add(account, passwordHash: nil))
                    async let deleted = store.beginDeletion(of: account.id, at: fixture.clock.now)
                    async let added = store.add(account, passwordHash: nil)
                    #expect(try await deleted)
                    #expect(try await !added)
                    #expect(try await store.account(account.id) == nil)
                }
            }
        }
    }
}
