import GAS
import GASTesting
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Synchronization
import Testing

@Suite struct LogTests {
    @Test func everyLineNamesTheRequestOnceAndTheJobByItsID() async throws {
        let lines = LogLines()
        let site = try await TestSite(logger: lines.logger)
        let ada = try await site.person()
        let waiting = try await site.job(of: ada)
        let upload = try await site.upload(by: ada)
        try await site.visit { client async throws in
            let cancelled = try await client.post("/annotations/\(waiting.id)/cancel", ["csrf": ada.csrf], as: ada)
            _ = try await client.get("/annotate/job?bucket=\(upload.bucket)&key=\(upload.key.formEncoded)", as: ada)
            _ = try await client.post("/logout", ["csrf": ada.csrf], as: ada)
            let id = try #require(cancelled.headers[HTTPField.Name("X-Request-ID")!])
            let told = lines.all.filter { $0.metadata["request_id"]?.description == id }
            #expect(told.map(\.message) == ["job cancelled", "request"])
            #expect(told.first?.metadata["job_id"]?.description == waiting.id.rawValue)
        }
        #expect(Set(lines.all.map(\.message)).isSuperset(of: ["job submitted", "signed out"]))
        for line in lines.all {
            #expect(line.metadata["request_id"] != nil && line.metadata["hb.request.id"] == nil, "\(line)")
        }
    }
}

/// Keeps what is logged.
final class LogLines: Sendable {
    struct Line: Sendable {
        let message: String
        let metadata: Logger.Metadata
    }

    private struct Handler: LogHandler {
        let lines: LogLines
        var logLevel = Logger.Level.info
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            lines.kept.withLock { $0.append(Line(message: event.message.description, metadata: all)) }
        }
    }

    private let kept = Mutex<[Line]>([])

    var all: [Line] { kept.withLock { $0 } }
    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }
}

extension Logger {
    /// A logger that nobody hears.
    static var silent: Logger {
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        return logger
    }
}
