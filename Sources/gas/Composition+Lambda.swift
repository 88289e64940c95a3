import GASWorkers
import Logging

/// Roles that are called rather than run.
extension Composition {
    /// The sender of mails, for messages that AWS Lambda received.
    func notifierBatch() throws -> BatchHandler {
        BatchHandler(
            handler: try notifyHandler(), deadLetters: messaging.notifyDeadLetters,
            margin: configuration[Settings.lambdaMarginSeconds], clock: clock, logger: Logger(label: "gas.notifier"))
    }
}
