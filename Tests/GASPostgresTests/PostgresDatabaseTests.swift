import Foundation
import GAS
import GASPostgres
import GASTesting
import Synchronization
import Testing

extension PostgresTests {
    /// Connections, and what happens when they break.
    @Suite(.timeLimit(.minutes(2)))
    struct PostgresDatabaseTests {
        private func opened<Value>(
            _ name: String = "postgres", parameters: String = "",
            configure: (inout PostgresSettings) -> Void = { _ in }, _ body: (PostgresDatabase) async throws -> Value
        ) async throws -> Value {
            let database = try Fixture.open(name, parameters: parameters, configure: configure)
            let result: Result<Value, any Error>
            do { result = .success(try await body(database)) } catch { result = .failure(error) }
            await database.close()
            return try result.get()
        }

        /// What a call says when it fails.
        private func failure(_ body: () async throws -> Void) async throws -> GASError {
            try #require(await #expect(throws: GASError.self) { try await body() })
        }

        @Test func whatIsNoAddressIsRefusedWithoutRepeatingIt() throws {
            let error = #expect(throws: GASError.self) { try PostgresSettings(url: "postgresql://u:geheim@[x/db") }
            #expect(error?.code == .invalid)
            #expect(error.map { !"\($0)".contains("geheim") } ?? false)
        }

        @Test func aWrongPasswordIsSaidAtOnce() async throws {
            let begin = ContinuousClock.now
            let error = try await failure {
                try await opened(parameters: "?password=wrong") { _ = try await Migrations($0).pending() }
            }
            #expect(error.code == .unavailable && error.message.contains("password"))
            #expect(ContinuousClock.now - begin < .seconds(3))
        }

        /// Rotated while the service runs: the next connection that is refused fetches the new one, once.
        @Test func aPasswordThatIsRotatedIsFetchedAnew() async throws {
            try await Fixture.use { fixture in
                let role = "gas_rotated_\(UUID().uuidString.prefix(8).lowercased())"
                try TestServer.psql("CREATE ROLE \(role) LOGIN SUPERUSER PASSWORD 'first'")
                let now = Mutex("first")
                let asked = Mutex<[String?]>([])
                let parameters = "?user=\(role)&password=wrong"
                try await opened(fixture.name, parameters: parameters) { settings in
                    settings.password = PostgresPassword { refused in
                        asked.withLock { $0.append(refused) }
                        return now.withLock { $0 }
                    }
                } _: { (database: PostgresDatabase) async throws in
                    let accounts = PostgresAccountStore(database: database)
                    #expect(try await accounts.count() == 0)
                    try TestServer.psql("ALTER ROLE \(role) PASSWORD 'second'")
                    #expect(try await accounts.count() == 0, "a connection that stands stays")
                    now.withLock { $0 = "second" }
                    try TestServer.psql(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '\(role)'")
                    #expect(try await accounts.count() == 0)
                    // Somebody who listens is refused, too, and may ask at the same time.
                    #expect(asked.withLock { $0.first == .some(nil) && $0.dropFirst().allSatisfy { $0 == "first" } })
                    #expect(asked.withLock { (2...3).contains($0.count) })
                    try TestServer.psql("ALTER ROLE \(role) PASSWORD 'third'")
                    try TestServer.psql(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '\(role)'")
                    let error = try await failure { _ = try await accounts.count() }
                    #expect(error.message.contains("password"))
                }
                try TestServer.psql("DROP ROLE \(role)")
            }
        }

        @Test func theCertificateIsVerified() async throws {
            try await Fixture.use { fixture in
                let trusted = "?sslmode=verify-full&sslrootcert=\(TestServer.folder)/certificate.pem"
                try await opened(fixture.name, parameters: trusted) { (database: PostgresDatabase) async throws in
                    #expect(try await PostgresAccountStore(database: database).count() == 0)
                    let encrypted = """
                        SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
                        WHERE application_name = 'gas' AND query LIKE '%count%'
                        """
                    #expect(try TestServer.psql(encrypted) == "t")
                }
                let error = try await failure {
                    try await opened(
                        fixture.name, parameters: "?sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt"
                    ) { _ = try await PostgresAccountStore(database: $0).count() }
                }
                #expect(error.code == .unavailable && error.cause?.contains("certificate") == true)
            }
        }

        @Test func valuesAreNeverPartOfAStatement() async throws {
            try await Fixture.use { fixture in
                let store = PostgresAccountStore(database: fixture.database)
                let name = "Robert'); DROP TABLE accounts;-- $1 \\ \"Ä 染色体 🧬"
                let account = Account(
                    id: AccountID(), name: name, email: "", institution: "", role: .free, created: fixture.clock.now)
                #expect(try await store.add(account, passwordHash: nil))
                #expect(try await store.account(account.id)?.name == name)
                var other = account
                other.name = "a\u{0}b"
                let error = try await failure { _ = try await store.updateProfile(other) }
                #expect(error.code == .invalid)
                #expect(try await store.account(account.id)?.name == name)
            }
        }

        @Test func connectionsAreBoundedAndWaitedFor() async throws {
            try await Fixture.use { fixture in
                try await opened(fixture.name, configure: { $0.connections = 3 }) { database in
                    let store = PostgresAccountStore(database: database)
                    try await withThrowingTaskGroup(of: Int.self) { group in
                        for _ in 0..<60 { group.addTask { try await store.count() } }
                        for try await count in group { #expect(count == 0) }
                    }
                    let open = try TestServer.psql(
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = '\(fixture.name)' AND query NOT LIKE 'LISTEN%'"
                    )
                    #expect(try #require(Int(open)) <= 4)
                }
            }
        }

        @Test func whoWaitsTooLongIsToldInASentence() async throws {
            try await Fixture.use { fixture in
                try await opened(
                    fixture.name,
                    configure: {
                        $0.connections = 1
                        $0.patienceSeconds = 0.5
                    }
                ) { database in
                    let store = PostgresAccountStore(database: database)
                    _ = try await store.count()
                    async let locked = Task.detached {
                        try TestServer.psql(
                            "BEGIN; LOCK TABLE accounts; SELECT pg_sleep(2); COMMIT", database: fixture.name)
                    }.value
                    try await Task.sleep(for: .milliseconds(500))
                    async let first = store.count()
                    try await Task.sleep(for: .milliseconds(100))
                    let error = try await failure { _ = try await store.count() }
                    #expect(error.code == .unavailable)
                    #expect(error.message == "All 1 connections to the PostgreSQL server are in use. Try again later.")
                    #expect(try await first == 0)
                    _ = try await locked
                    #expect(try await store.count() == 0)
                }
            }
        }

        @Test func aStatementThatTakesTooLongIsEnded() async throws {
            try await Fixture.use { fixture in
                try await opened(fixture.name, configure: { $0.statementSeconds = 0.3 }) { database in
                    let store = PostgresAccountStore(database: database)
                    _ = try await store.count()
                    async let locked = Task.detached {
                        try TestServer.psql(
                            "BEGIN; LOCK TABLE accounts; SELECT pg_sleep(2); COMMIT", database: fixture.name)
                    }.value
                    try await Task.sleep(for: .milliseconds(500))
                    let error = try await failure { _ = try await store.count() }
                    #expect(error.code == .unavailable && error.message.contains("too long"))
                    _ = try await locked
                    #expect(try await store.count() == 0)
                }
            }
        }

        @Test func aServerThatRestartsIsWaitedFor() async throws {
            try await Fixture.use { fixture in
                let accounts = PostgresAccountStore(database: fixture.database)
                let queue = fixture.queue("q")
                let topic = PostgresTopic(queues: [queue], database: fixture.database)
                _ = try await accounts.count()
                // One waits for a message all the time; others go on reading and publishing.
                async let delivery = within(seconds: 60) {
                    try await queue.receive(limit: 1, visibility: 60, wait: 3600)
                }
                async let counts = within(seconds: 60) {
                    for _ in 0..<200 {
                        _ = try await accounts.count()
                        try await Task.sleep(for: .milliseconds(10))
                    }
                }
                try await Task.sleep(for: .milliseconds(200))
                try TestServer.restart()
                try await counts
                try await topic.publish(Data("{}".utf8))
                #expect(try await delivery.count == 1)
            }
        }

        @Test func aServerThatIsAwayIsNotWaitedForForEver() async throws {
            let begin = ContinuousClock.now
            let error = try await failure {
                var settings = try PostgresSettings(url: "postgresql://gas@127.0.0.1:9/gas")
                settings.patienceSeconds = 0.5
                let database = try PostgresDatabase(settings: settings)
                defer { Task { await database.close() } }
                _ = try await Migrations(database).pending()
            }
            #expect(error.code == .unavailable && error.message.contains("cannot be reached"))
            #expect(ContinuousClock.now - begin < .seconds(5))
        }

        @Test func otherProcessesAreWoken() async throws {
            try await Fixture.use { fixture in
                try await opened(fixture.name) { other in
                    let (here, there) = (fixture.queue("q"), fixture.queue("q", in: other))
                    async let delivery = within(seconds: 5) {
                        try await there.receive(limit: 1, visibility: 60, wait: 3600)
                    }
                    try await Task.sleep(for: .milliseconds(200))
                    let begin = ContinuousClock.now
                    try await PostgresTopic(queues: [here], database: fixture.database).publish(Data("{}".utf8))
                    #expect(try await delivery.count == 1)
                    #expect(ContinuousClock.now - begin < .seconds(1))
                }
            }
        }
    }
}
