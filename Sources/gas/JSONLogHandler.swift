import Foundation
import GAS
import Logging

/// Writes each log line as one JSON object to standard error.
struct JSONLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private let label: String

    init(label: String, logLevel: Logger.Level) {
        self.label = label
        self.logLevel = logLevel
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let metadata = metadata.merging(event.wholeMetadata, uniquingKeysWith: { $1 })
        // What every line has is written last, so that no metadata of the same name can replace it.
        let line = metadata.mapValues(\.description.showingHidden).merging([
            "time": Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)),
            "level": event.level.rawValue,
            "logger": label,
            "message": event.message.description.showingHidden,
        ]) { $1 }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard var bytes = try? encoder.encode(line) else { return }
        bytes.append(UInt8(ascii: "\n"))
        FileHandle.standardError.write(bytes)
    }
}

extension EffectiveConfiguration {
    /// Whether log lines are JSON.
    var logsJSON: Bool {
        switch self[Settings.logFormat] {
        case .json: true
        case .text: false
        case .auto: isatty(STDERR_FILENO) == 0
        }
    }
}
