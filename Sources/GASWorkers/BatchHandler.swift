import Foundation
import GAS
import Logging

/// Deals with messages that somebody else has received, and will remove or bring back, as AWS Lambda does.
public struct BatchHandler: Sendable {
    private let handler: any MessageHandler
    private let deadLetters: any Topic
    private let margin: Double
    private let clock: any WallClock
    private let logger: Logger

    /// - Parameters:
    ///   - deadLetters: where messages go that the handler gives up.
    ///   - margin: so many seconds before the deadline the handler is stopped.
    public init(
        handler: any MessageHandler, deadLetters: any Topic, margin: Double, clock: any WallClock, logger: Logger
    ) {
        self.handler = handler
        self.deadLetters = deadLetters
        self.margin = margin
        self.clock = clock
        self.logger = logger
    }

    /// Handles one message after the other.
    /// - Parameter deadline: what is not done by then comes back.
    /// - Returns: the ids of the messages that are to come back. What was dealt with, or given up, is not.
    public func failures(among deliveries: [Delivery], until deadline: Date) async -> [String] {
        let end = deadline.addingTimeInterval(-margin)
        var failures: [String] = []
        for delivery in deliveries where await !isDealtWith(delivery, until: end) {
            failures.append(delivery.messageID)
        }
        return failures
    }

    private func isDealtWith(_ delivery: Delivery, until end: Date) async -> Bool {
        var logger = logger
        logger[metadataKey: "message_id"] = "\(delivery.messageID)"
        do {
            switch try await outcome(of: delivery, until: end, logger: logger) {
            case .done:
                return true
            case .retry(let reason):
                logger.warning("A message will be tried again.", metadata: ["reason": "\(reason)"])
                return false
            case .snooze:
                return false
            case .giveUp(let reason):
                logger.error("A message was given up.", metadata: ["reason": "\(reason)"])
                try await deadLetters.publish(delivery.body)
                return true
            }
        } catch {
            logger.warning("A message will be tried again.", metadata: ["reason": "\(error)"])
            return false
        }
    }

    /// What the handler makes of it, or that the time is over.
    private func outcome(of delivery: Delivery, until end: Date, logger: Logger) async throws -> Outcome {
        guard clock.now < end else { return .retry(reason: "The time of this call is over.") }
        return try await withThrowingTaskGroup(of: Outcome.self) { group in
            group.addTask { try await handler.handle(delivery, logger: logger) }
            group.addTask {
                try await clock.sleep(until: end)
                return .retry(reason: "The time of this call is over.")
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }
}
