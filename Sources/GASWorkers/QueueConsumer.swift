import Foundation
import GAS
import Logging
import ServiceLifecycle

/// What a handler makes of a message.
public enum Outcome: Sendable, Hashable {
    /// Dealt with; the message is removed.
    case done
    /// It did not work now; the message comes back after a pause that grows with each delivery.
    case retry(reason: String)
    /// Too early, which is no failure; the message comes back then.
    case snooze(until: Date)
    /// It can never work; the message moves to the dead letters.
    case giveUp(reason: String)
}

/// Deals with the messages of one queue. Delivery is at least once, so handling a message twice must do no more than
/// handling it once. Cancellation of the task means that the process ends: stop soon and give back what is held.
public protocol MessageHandler: Sendable {
    /// Handles one message.
    func handle(_ delivery: Delivery, logger: Logger) async throws -> Outcome
}

/// How a queue is consumed.
public struct ConsumerSettings: Sendable, Hashable {
    /// Messages handled at the same time.
    public var concurrency: Int
    /// Seconds for which a message is hidden from others; renewed while a handler works.
    public var visibility: Double
    /// Seconds that one receive waits for a message.
    public var wait: Double
    /// Seconds before the first retry; doubled with each delivery.
    public var backoff: Double
    /// The longest pause before a retry, in seconds.
    public var maximumBackoff: Double
    /// Seconds that a handler may go on when the process is asked to end.
    public var grace: Double

    /// States how a queue is consumed.
    public init(
        concurrency: Int, visibility: Double, wait: Double, backoff: Double,
        maximumBackoff: Double, grace: Double
    ) {
        self.concurrency = concurrency
        self.visibility = visibility
        self.wait = wait
        self.backoff = backoff
        self.maximumBackoff = maximumBackoff
        self.grace = grace
    }
}

/// Takes messages from a queue and gives them to a handler until the process ends.
///
/// On graceful shutdown it takes no more, gives handlers `grace` seconds, then cancels them and waits for them.
public struct QueueConsumer: Service {
    private let queue: any Queue
    private let deadLetters: (any Topic)?
    private let handler: any MessageHandler
    private let settings: ConsumerSettings
    private let clock: any WallClock
    private let logger: Logger

    /// - Parameter deadLetters: where messages go that a handler gives up.
    public init(
        queue: any Queue, deadLetters: (any Topic)?, handler: any MessageHandler, settings: ConsumerSettings,
        clock: any WallClock, logger: Logger
    ) {
        self.queue = queue
        self.deadLetters = deadLetters
        self.handler = handler
        self.settings = settings
        self.clock = clock
        var logger = logger
        logger[metadataKey: "queue"] = "\(queue.name)"
        self.logger = logger
    }

    /// Takes and handles messages until shutdown.
    public func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<settings.concurrency {
                group.addTask { await consume() }
            }
        }
    }

    /// One lane: receive, handle, again.
    private func consume() async {
        var failures = 0
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                let deliveries = try await cancelWhenGracefulShutdown {
                    try await queue.receive(limit: 1, visibility: settings.visibility, wait: settings.wait)
                }
                failures = 0
                for delivery in deliveries { await process(delivery) }
            } catch is CancellationError {
                return
            } catch {
                logger.error("Receiving failed.", metadata: ["error": "\(error)"])
                // What is refused for good, such as credentials that have ended, is not asked for once a second for ever.
                failures += 1
                let pause = pause(afterDelivery: failures)
                do { try await cancelWhenGracefulShutdown { try await clock.sleep(seconds: pause) } } catch {
                    return
                }
            }
        }
    }

    /// Handles one message while keeping it hidden, and carries out the outcome.
    func process(_ delivery: Delivery) async {
        var logger = logger
        logger[metadataKey: "message_id"] = "\(delivery.messageID)"
        let handlerLogger = logger
        let outcome = await withTaskGroup(of: Outcome?.self) { group in
            group.addTask { await attempt(delivery, logger: handlerLogger) }
            group.addTask { await keepHidden(delivery, logger: handlerLogger) }
            group.addTask { await waitForEndOfGrace() }
            // The heartbeat never ends by itself: the first to end is the handler, or the time of grace. In the
            // second case the handler is cancelled and its own outcome still counts.
            var outcome: Outcome?
            while let ended = await group.next() {
                if let ended { outcome = ended }
                group.cancelAll()
            }
            return outcome ?? .retry(reason: "The handler gave no outcome.")
        }
        WorkerMetrics.handled(queue.name, outcome)
        do {
            try await carryOut(outcome, for: delivery, logger: logger)
        } catch {
            // The message becomes visible again by itself.
            logger.error("The outcome of a message was not recorded.", metadata: ["error": "\(error)"])
        }
    }

    private func attempt(_ delivery: Delivery, logger: Logger) async -> Outcome {
        do {
            return try await handler.handle(delivery, logger: logger)
        } catch is CancellationError {
            return .snooze(until: clock.now)
        } catch {
            return .retry(reason: "\(error)")
        }
    }

    private func keepHidden(_ delivery: Delivery, logger: Logger) async -> Outcome? {
        while !Task.isCancelled {
            do {
                try await clock.sleep(seconds: settings.visibility / 3)
                try await queue.hide(delivery.receipt, seconds: settings.visibility)
            } catch is CancellationError {
                return nil
            } catch {
                logger.warning("A message could not be kept hidden.", metadata: ["error": "\(error)"])
            }
        }
        return nil
    }

    private func waitForEndOfGrace() async -> Outcome? {
        do {
            try await gracefulShutdown()
            try await clock.sleep(seconds: settings.grace)
        } catch {
            // Cancelled: the handler ended first.
        }
        return nil
    }

    private func carryOut(_ outcome: Outcome, for delivery: Delivery, logger: Logger) async throws {
        switch outcome {
        case .done:
            try await queue.delete(delivery.receipt)
        case .retry(let reason):
            let pause = pause(afterDelivery: delivery.receiveCount)
            logger.warning("A message will be tried again.", metadata: ["reason": "\(reason)", "pause": "\(pause)"])
            try await queue.putBack(delivery.receipt, seconds: pause)
        case .snooze(let date):
            try await queue.postpone(delivery, seconds: max(0, date.timeIntervalSince(clock.now)))
        case .giveUp(let reason):
            logger.error("A message was given up.", metadata: ["reason": "\(reason)"])
            try await deadLetters?.publish(delivery.body)
            try await queue.delete(delivery.receipt)
        }
    }

    /// Exponential backoff with full jitter over its upper half, so that retries of many do not come together.
    private func pause(afterDelivery count: Int) -> Double {
        let ceiling = min(settings.maximumBackoff, settings.backoff * pow(2, Double(max(0, min(count, 30) - 1))))
        return Double.random(in: ceiling / 2...ceiling)
    }
}
