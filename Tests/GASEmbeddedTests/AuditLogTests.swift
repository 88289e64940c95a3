import Foundation
import GAS
import GASEmbedded
import GASTesting
import GRDB
import Testing

/// What the table itself refuses, and what is seen when somebody changes it all the same.
@Suite(.serialized) struct AuditLogTests {
    private func fill(_ fixture: Fixture) async throws -> SQLiteAuditLog {
        let log = SQLiteAuditLog(database: fixture.database)
        for index in 1...4 {
            try await log.append(AuditEvent(.download, at: fixture.clock.now, by: AccountID(), detail: "\(index)"))
        }
        return log
    }

    private func execute(_ sql: String, in fixture: Fixture) throws {
        let queue = try DatabaseQueue(path: "\(fixture.folder)/gas.sqlite")
        defer { try? queue.close() }
        try queue.write { try $0.execute(sql: sql) }
    }

    @Test(arguments: [
        "UPDATE audit SET detail = 'x' WHERE number = 2", "DELETE FROM audit WHERE number = 4", "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT 2, time, kind, account_id, about_id, address, 'x', previous, seal "
            + "FROM audit WHERE number = 2",
        "INSERT INTO audit SELECT 9, time, kind, account_id, about_id, address, 'x', previous, seal "
            + "FROM audit WHERE number = 4",
    ])
    func theTableIsOnlyAddedTo(statement: String) async throws {
        try await Fixture.use { fixture in
            let log = try await fill(fixture)
            let before = try await log.chain(after: 0, limit: 10)
            let error = #expect(throws: DatabaseError.self) { try execute(statement, in: fixture) }
            #expect(error?.message?.contains("audit log") == true)
            #expect(try await log.chain(after: 0, limit: 10) == before)
        }
    }

    @Test(arguments: [
        ("UPDATE audit SET detail = 'x' WHERE number = 2", 2), ("DELETE FROM audit WHERE number = 3", 3),
        ("UPDATE audit SET account_id = NULL WHERE number = 1", 1), ("UPDATE audit SET time = time + 1", 1),
    ])
    func whoGetsAroundTheTriggersIsSeen(statement: String, broken: Int) async throws {
        try await Fixture.use { fixture in
            let log = try await fill(fixture)
            try execute(
                "DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_shortened; \(statement)", in: fixture)
            guard case .broken(let number, _) = try await log.verify() else {
                Issue.record("Nobody sees it.")
                return
            }
            #expect(number == broken)
        }
    }

    /// Whoever removes a trigger, or puts one in its place that refuses nothing, is seen before anything is changed.
    @Test(arguments: [
        "DROP TRIGGER audit_is_never_changed",
        "DROP TRIGGER audit_is_never_changed; "
            + "CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit BEGIN SELECT 1; END",
    ])
    func guardsAreMissedAndPutBack(statement: String) async throws {
        try await Fixture.use { fixture in
            let log = try await fill(fixture)
            #expect(try await log.missingGuards().isEmpty)
            try execute(statement, in: fixture)
            #expect(try await log.missingGuards() == ["audit_is_never_changed"])
            // Opening the database anew is not enough: somebody must have looked.
            #expect(try await SQLiteAuditLog(database: fixture.reopened()).missingGuards().count == 1)
            try await log.restoreGuards()
            #expect(try await log.missingGuards().isEmpty)
            #expect(throws: DatabaseError.self) { try execute("UPDATE audit SET detail = 'x'", in: fixture) }
            try await log.restoreGuards()
        }
    }

    @Test func severalProcessesAddToOneChain() async throws {
        try await Fixture.use { fixture in
            let logs = [SQLiteAuditLog(database: fixture.database), SQLiteAuditLog(database: try fixture.reopened())]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<60 {
                    group.addTask {
                        try await logs[index % 2].append(
                            AuditEvent(.download, at: fixture.clock.now, by: nil, detail: "\(index)"))
                    }
                }
                try await group.waitForAll()
            }
            guard case .whole(let head) = try await logs[0].verify(batch: 10) else {
                Issue.record("The chain is broken.")
                return
            }
            #expect(head?.number == 60)
        }
    }
}
