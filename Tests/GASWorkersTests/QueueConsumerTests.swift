import Foundation
import GAS
import GASTesting
import GASWorkers
import Logging
import ServiceLifecycle
import ServiceLifecycleTestKit
import Synchronization
import Testing

/// A handler that does what the test says and remembers what it saw.
final class ScriptedHandler: MessageHandler {
    private let seen = Mutex<[String]>([])
    private let script: @Sendable (Delivery) async throws -> Outcome

    init(_ script: @escaping @Sendable (Delivery) async throws -> Outcome) {
        self.script = script
    }

    var bodies: [String] { seen.withLock { $0 } }

    func handle(_ delivery: Delivery, logger: Logger) async throws -> Outcome {
        seen.withLock { $0.append(String(decoding: delivery.body, as: UTF8.self)) }
        return try await script(delivery)
    }
}

@Suite struct QueueConsumerTests {
    let clock = SystemClock()
    let queue: InMemoryQueue
    let dead: InMemoryQueue
    let topic: InMemoryTopic

    init() {
        queue = InMemoryQueue(name: "work", clock: clock)
        dead = InMemoryQueue(name: "dead", clock: clock)
        topic = InMemoryTopic(queues: [queue])
    }

    func consumer(_ handler: ScriptedHandler, grace: Double = 5) -> QueueConsumer {
        QueueConsumer(
            queue: queue, deadLetters: InMemoryTopic(queues: [dead]), handler: handler,
            settings: ConsumerSettings(
                concurrency: 2, visibility: 6, wait: 1, backoff: 0.02, maximumBackoff: 1, grace: grace),
            clock: clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Runs a consumer until `isEnough`, then asks it to end and waits for it.
    func run(_ consumer: QueueConsumer, until isEnough: @escaping @Sendable () async throws -> Bool) async throws {
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await consumer.run() }
                let deadline = ContinuousClock.now + .seconds(60)
                while try await !isEnough() {
                    try #require(ContinuousClock.now < deadline, "it did not happen in time")
                    try await Task.sleep(for: .milliseconds(5))
                }
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
    }

    @Test func handledMessagesAreRemoved() async throws {
        for index in 0..<20 { try await topic.publish(Data("\(index)".utf8)) }
        let handler = ScriptedHandler { _ in .done }
        try await run(consumer(handler)) { handler.bodies.count == 20 }
        #expect(Set(handler.bodies).count == 20)
        #expect(try await queue.depth() == .empty)
    }

    @Test func failuresAreRetried() async throws {
        struct Fault: Error {}
        try await topic.publish(Data("a".utf8))
        let handler = ScriptedHandler { delivery in
            if delivery.receiveCount < 3 { throw Fault() }
            return .done
        }
        try await run(consumer(handler)) { handler.bodies.count == 3 }
        #expect(try await queue.depth().visible == 0)
    }

    @Test func givenUpMessagesBecomeDeadLetters() async throws {
        try await topic.publish(Data("poison".utf8))
        let handler = ScriptedHandler { _ in .giveUp(reason: "No.") }
        let dead = dead
        try await run(consumer(handler)) { try await dead.depth().visible == 1 }
        let letter = try #require(try await dead.receive(limit: 1, visibility: 1, wait: 0).first)
        #expect(letter.body == Data("poison".utf8))
        #expect(try await queue.depth().visible == 0)
    }

    @Test func snoozedMessagesComeBackThen() async throws {
        try await topic.publish(Data("a".utf8))
        let clock = clock
        let due = Mutex<Date?>(nil)
        let handler = ScriptedHandler { _ in
            let due = due.withLock { due in
                due = due ?? clock.now.addingTimeInterval(0.3)
                return due
            }
            guard let due, clock.now < due else { return .done }
            return .snooze(until: due)
        }
        let queue = queue
        try await run(consumer(handler)) { try await queue.depth() == .empty }
        let end = due.withLock { $0 }
        #expect(clock.now >= (try #require(end)))
        #expect(handler.bodies.count >= 2)
    }

    @Test func longWorkKeepsItsMessageHidden() async throws {
        try await topic.publish(Data("long".utf8))
        let ended = Atomic(false)
        let handler = ScriptedHandler { _ in
            // Longer than the visibility of 6 s.
            try await Task.sleep(for: .seconds(7))
            ended.store(true, ordering: .relaxed)
            return .done
        }
        try await run(consumer(handler)) { ended.load(ordering: .relaxed) }
        #expect(handler.bodies == ["long"])
    }

    @Test func shutdownLetsWorkFinish() async throws {
        try await topic.publish(Data("a".utf8))
        let ended = Atomic(false)
        let handler = ScriptedHandler { _ in
            try await Task.sleep(for: .milliseconds(500))
            ended.store(true, ordering: .relaxed)
            return .done
        }
        try await run(consumer(handler)) { handler.bodies.count == 1 }
        let hasEnded = ended.load(ordering: .relaxed)
        #expect(hasEnded)
        #expect(try await queue.depth().inFlight == 0)
    }

    @Test func shutdownCancelsWorkAfterTheTimeOfGraceAndGivesTheMessageBack() async throws {
        try await topic.publish(Data("a".utf8))
        let handler = ScriptedHandler { _ in
            try await Task.sleep(for: .seconds(60))
            return .done
        }
        try await run(consumer(handler, grace: 0.1)) { handler.bodies.count == 1 }
        #expect(try await queue.depth().visible == 1)
    }
}

extension QueueDepth {
    static let empty = QueueDepth(visible: 0, inFlight: 0, delayed: 0, oldest: nil)
}
