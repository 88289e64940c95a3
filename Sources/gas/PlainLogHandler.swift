import GAS
import Logging

/// Passes log lines on with a code in place of each character that is hidden: nothing that comes from outside can begin a
/// line, speak to the terminal, or turn a line around.
struct PlainLogHandler: LogHandler {
    private var inner: any LogHandler

    init(_ inner: any LogHandler) {
        self.inner = inner
    }

    var logLevel: Logger.Level {
        get { inner.logLevel }
        set { inner.logLevel = newValue }
    }

    var metadata: Logger.Metadata {
        get { inner.metadata }
        set { inner.metadata = newValue.mapValues(Self.plain) }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { inner[metadataKey: key] }
        set { inner[metadataKey: key] = newValue.map(Self.plain) }
    }

    func log(event: LogEvent) {
        var event = event
        event.message = Logger.Message(stringLiteral: event.message.description.showingHidden)
        event.metadata = event.wholeMetadata.mapValues(Self.plain)
        event.error = nil
        inner.log(event: event)
    }

    private static func plain(_ value: Logger.Metadata.Value) -> Logger.Metadata.Value {
        .string(value.description.showingHidden)
    }
}

extension LogEvent {
    /// What was said beside the message, an error included.
    var wholeMetadata: Logger.Metadata {
        var whole = metadata ?? [:]
        if let error { whole["error"] = "\(error)" }
        return whole
    }
}
