import Foundation
import GAS
import GASEmbedded
import GASTesting
import GRDB
import Testing

@Suite(.serialized, .timeLimit(.minutes(1)))
struct EmbeddedDatabaseTests {
    @Test func reopeningKeepsEverything() async throws {
        try await Fixture.use { fixture in
            let now = fixture.clock.now
            let job = Job.sample(at: now)
            let account = Account.sample(at: now)
            let session = Session.sample(created: now, lastSeen: now)
            let object = ObjectLocation(bucket: "b", key: "k")
            #expect(try await SQLiteJobStore(database: fixture.database).add(job))
            #expect(try await SQLiteAccountStore(database: fixture.database).add(account, passwordHash: "hash"))
            try await SQLiteSessionStore(database: fixture.database).add(session)
            try await fixture.messaging.topic.publish(Data("message".utf8))
            _ = try await fixture.objects.put(Data("object".utf8), at: object)
            try fixture.database.close()

            let database = try fixture.reopened()
            #expect(try await SQLiteJobStore(database: database).job(job.id) == job)
            #expect(try await SQLiteAccountStore(database: database).localAccount(email: account.email) != nil)
            #expect(try await SQLiteSessionStore(database: database).session(tokenHash: session.tokenHash) == session)
            let received = try await fixture.queue("plain", in: database).receive(limit: 9, visibility: 9, wait: 0)
            #expect(received.map(\.body) == [Data("message".utf8)])
            let objects = try Fixture.objects(fixture.folder, database, fixture.clock)
            #expect(try await objects.get(object, limit: 10) == Data("object".utf8))
        }
    }

    @Test func severalMayOpenANewDatabaseAtOnce() async throws {
        try await Fixture.use { fixture in
            let path = "\(fixture.folder)/new/gas.sqlite"
            let databases = try await withThrowingTaskGroup(of: EmbeddedDatabase.self) { group in
                for _ in 0..<8 { group.addTask { try EmbeddedDatabase(path: path) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let job = Job.sample(at: fixture.clock.now)
            #expect(try await SQLiteJobStore(database: databases[0]).add(job))
            for database in databases {
                #expect(try await SQLiteJobStore(database: database).job(job.id) == job)
            }
        }
    }

    /// Both kinds of reads wait for connections, one of them on the threads that the other needs to go on.
    @Test func shortAndLongReadsDoNotWaitForEachOther() async throws {
        try await Fixture.use { fixture in
            let jobs = SQLiteJobStore(database: fixture.database)
            let job = Job.sample(at: fixture.clock.now)
            #expect(try await jobs.add(job))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        for _ in 0..<100 {
                            let found = try await jobs.job(job.id)
                            let count = try await jobs.submissions(since: job.submitTime)
                            #expect(found == job && count == 1)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func columnsAreTheAttributes() async throws {
        try await Fixture.use { fixture in
            let columns = try await raw(fixture).read { db in
                try db.columns(in: "annotations").map { "\($0.name) \($0.type)" }
            }
            let attributes = JobAttribute.allCases.map { "\($0.rawValue) \($0.isNumber ? "INTEGER" : "TEXT")" }
            #expect(columns.sorted() == attributes.sorted())
        }
    }

    @Test func everyQueryWalksAnIndex() async throws {
        try await Fixture.use { fixture in
            try await raw(fixture).read { db in
                for (query, index) in EmbeddedDatabaseTests.queries {
                    let plan = try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN \(query)").map { $0["detail"] as String }
                    #expect(plan.count == 1 && plan[0].hasPrefix("SEARCH"), "\(query): \(plan)")
                    #expect(plan[0].contains(index), "\(query): \(plan)")
                }
            }
        }
    }

    /// A plan of one step has no step for sorting either.
    private static let queries = [
        (
            "SELECT * FROM annotations WHERE user_id = '' AND (submit_time, job_id) < (1, '')"
                + " ORDER BY submit_time DESC, job_id DESC LIMIT 9", "annotations_by_account"
        ),
        (
            "SELECT * FROM annotations WHERE user_id = '' AND job_status = '' AND (submit_time, job_id) < (1, '')"
                + " ORDER BY submit_time DESC, job_id DESC LIMIT 9", "annotations_by_status"
        ),
        (
            "SELECT * FROM annotations WHERE job_status || '' = '' AND (request_time, job_id) < (1, '')"
                + " ORDER BY request_time DESC, job_id DESC LIMIT 9", "annotations_by_state"
        ),
        (
            "SELECT job_status, count(*) FROM annotations WHERE user_id = '' GROUP BY job_status",
            "annotations_by_status"
        ),
        (
            "SELECT count(*) FROM annotations WHERE job_status = 'PENDING' AND (submit_time, job_id) < (1, '')",
            "annotations_waiting"
        ),
        (
            "SELECT * FROM annotations WHERE job_status = 'RUNNING' AND lease_expires < 1 ORDER BY lease_expires",
            "annotations_leased"
        ),
        (
            "SELECT * FROM annotations WHERE notify_time IS NULL AND job_status IN ('COMPLETED', 'FAILED')"
                + " AND complete_time < 1 ORDER BY complete_time", "annotations_untold"
        ),
        ("SELECT due FROM messages WHERE queue = '' ORDER BY due LIMIT 1", "messages_by_due"),
        ("SELECT body FROM messages WHERE queue = '' AND due <= 1 ORDER BY due, id LIMIT 9", "messages_by_due"),
        ("SELECT * FROM objects WHERE bucket = '' AND key >= '' AND key > '' ORDER BY key LIMIT 9", "PRIMARY KEY"),
    ]

    @Test func theLogIsWrittenAhead() async throws {
        try await Fixture.use { fixture in
            let mode = try await raw(fixture).read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
            #expect(mode == "wal")
        }
    }

    @Test func nobodyElseMayRead() async throws {
        try await Fixture.use { fixture in
            _ = try await SQLiteJobStore(database: fixture.database).add(Job.sample(at: fixture.clock.now))
            let object = ObjectLocation(bucket: "b", key: "k")
            _ = try await fixture.objects.put(Data("object".utf8), at: object)
            _ = try await fixture.objects.get(object, toFile: "\(fixture.folder)/copy")
            let files = try #require(FileManager.default.enumerator(atPath: fixture.folder)?.allObjects as? [String])
            #expect(files.count > 8)
            for file in files + [""] {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(fixture.folder)/\(file)")
                let isFolder = attributes[.type] as? FileAttributeType == .typeDirectory
                #expect(attributes[.posixPermissions] as? Int == (isFolder ? 0o700 : 0o600), "\(file)")
            }
        }
    }

    @Test func aNewerDatabaseIsRefused() async throws {
        try await Fixture.use { fixture in
            try await raw(fixture).write { db in
                try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('9999 from the future')")
            }
            let error = #expect(throws: GASError.self) { try fixture.reopened() }
            #expect(error?.code == .invalid)
        }
    }

    @Test func aFileThatIsNoDatabaseIsRefused() async throws {
        try await Fixture.use { fixture in
            let path = "\(fixture.folder)/text"
            try Data(repeating: 65, count: 8192).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: GASError.self) { try EmbeddedDatabase(path: path) }
            #expect(error?.code == .corrupted)
        }
    }

    /// The tables as any other program sees them.
    private func raw(_ fixture: Fixture) throws -> DatabaseQueue {
        try DatabaseQueue(path: "\(fixture.folder)/gas.sqlite")
    }
}
