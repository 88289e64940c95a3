import Foundation
import GAS
import GASPostgres
import GASTesting
import Testing

/// The PostgreSQL server that `scripts/postgres with` has started for the tests.
enum TestServer {
    static let url = ProcessInfo.processInfo.environment["POSTGRES_TEST_URL"] ?? ""
    static let folder = ProcessInfo.processInfo.environment["POSTGRES_TEST_FOLDER"] ?? ""

    /// Runs a statement as another program would.
    /// - Returns: what it prints: rows as lines, columns separated by `|`.
    @discardableResult
    static func psql(_ statement: String, database: String = "postgres") throws -> String {
        let url = url.replacing("/postgres", with: "/\(database)")
        return try run(["psql", url, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement])
    }

    /// Breaks every connection, and starts the server again.
    static func restart() throws {
        try run(["\(FileManager.default.currentDirectoryPath)/scripts/postgres", "restart", folder])
    }

    /// The output goes through a file: a server that is started keeps what it inherits open, and a pipe would not end.
    @discardableResult
    private static func run(_ command: [String]) throws -> String {
        let process = Process()
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("gas-\(UUID().uuidString)")
        try Data().write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        let output = try FileHandle(forWritingTo: path)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardOutput = output
        process.standardError = output
        try process.run()
        process.waitUntilExit()
        try output.close()
        let text = String(decoding: try Data(contentsOf: path), as: UTF8.self)
        guard process.terminationStatus == 0 else { throw CommandFailed(output: text) }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

struct CommandFailed: Error {
    let output: String
}

/// Everything that needs the server, one test after the other: one of them restarts it.
@Suite(.serialized, .needsPostgres)
enum PostgresTests {}

extension Trait where Self == ConditionTrait {
    /// Without a server the tests are skipped, and say so.
    static var needsPostgres: Self {
        .enabled(
            if: !TestServer.url.isEmpty, "needs a PostgreSQL server: 'make test' starts one with scripts/postgres")
    }
}

/// A database of its own on the test server, up to date, with a clock that stands still.
struct Fixture: Sendable {
    let name: String
    let database: PostgresDatabase
    let clock = ManualClock()

    /// Runs `body` with a new database and drops it afterwards, whatever happened.
    static func use(_ body: (Fixture) async throws -> Void) async throws {
        let name = try await Template.shared.copy()
        let fixture = Fixture(name: name, database: try open(name))
        let result: Result<Void, any Error>
        do { result = .success(try await body(fixture)) } catch { result = .failure(error) }
        await fixture.database.close()
        try TestServer.psql("DROP DATABASE \(name) WITH (FORCE)")
        try result.get()
    }

    /// A database of the server, opened as another process would.
    static func open(
        _ name: String, parameters: String = "", configure: (inout PostgresSettings) -> Void = { _ in }
    ) throws -> PostgresDatabase {
        var settings = try PostgresSettings(
            url: TestServer.url.replacing("/postgres", with: "/\(name)") + parameters)
        configure(&settings)
        return try PostgresDatabase(settings: settings)
    }

    func queue(
        _ name: String, in database: PostgresDatabase? = nil, delay: Double = 0, redrive: PostgresQueue.Redrive? = nil
    ) -> PostgresQueue {
        PostgresQueue(
            name: name, database: database ?? self.database, clock: clock, delay: delay, redrive: redrive)
    }

    var messaging: MessagingFixture {
        let plain = queue("plain")
        let delayed = queue("delayed", delay: 2 * clock.unit)
        let redriven = queue("redriven", redrive: .init(maximumReceives: 2, deadLetterQueue: "dead"))
        return MessagingFixture(
            topic: PostgresTopic(queues: [plain, delayed, redriven], database: database), plain: plain,
            delayed: delayed, redriven: redriven, deadLetters: queue("dead"))
    }
}

/// An empty database that is up to date, to be copied: faster than migrating each time.
private actor Template {
    static let shared = Template()
    private var name: String?

    func copy() async throws -> String {
        let copy = "copy_\(UUID().uuidString.replacing("-", with: "").lowercased())"
        try TestServer.psql("CREATE DATABASE \(copy) TEMPLATE \(try await template())")
        return copy
    }

    private func template() async throws -> String {
        if let name { return name }
        let made = "template_\(UUID().uuidString.replacing("-", with: "").lowercased())"
        try TestServer.psql("CREATE DATABASE \(made)")
        let database = try Fixture.open(made)
        _ = try await Migrations(database).apply()
        await database.close()
        // A session that has ended on our side may still be ending on the server's.
        while try TestServer.psql("SELECT count(*) FROM pg_stat_activity WHERE datname = '\(made)'") != "0" {
            try await Task.sleep(for: .milliseconds(10))
        }
        name = made
        return made
    }
}
