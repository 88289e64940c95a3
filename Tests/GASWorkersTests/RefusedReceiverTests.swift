import Foundation
import GAS
import GASTesting
import GASWorkers
import Logging
import ServiceLifecycle
import ServiceLifecycleTestKit
import Synchronization
import Testing

/// A receiver to which nothing is given any more, as when credentials have ended for good.
@Suite(.timeLimit(.minutes(1))) struct RefusedReceiverTests {
    private final class RefusingQueue: Queue {
        let name = "refusing"
        private let tries = Mutex<[ContinuousClock.Instant]>([])
        var times: [ContinuousClock.Instant] { tries.withLock { $0 } }

        func receive(limit: Int, visibility: Double, wait: Double) async throws -> [Delivery] {
            tries.withLock { $0.append(.now) }
            throw GASError(.internal, "AWS does not accept these credentials.")
        }
        func delete(_ receipt: Delivery.Receipt) async throws {}
        func hide(_ receipt: Delivery.Receipt, seconds: Double) async throws {}
        func depth() async throws -> QueueDepth { QueueDepth(visible: 0, inFlight: 0, delayed: 0, oldest: nil) }
    }

    @Test func itAsksLessAndLessOften() async throws {
        let queue = RefusingQueue()
        let consumer = QueueConsumer(
            queue: queue, deadLetters: nil, handler: ScriptedHandler { _ in .done },
            settings: ConsumerSettings(
                concurrency: 1, visibility: 6, wait: 1, backoff: 0.01, maximumBackoff: 10, grace: 1),
            clock: SystemClock(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await consumer.run() }
                while queue.times.count < 7 { try await Task.sleep(for: .milliseconds(10)) }
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
        // Pauses of at least 5, 10, 20 ... ms, however busy the machine is.
        for (number, (earlier, later)) in zip(queue.times, queue.times.dropFirst()).prefix(6).enumerated() {
            #expect(later - earlier >= .milliseconds(5 << number), "pause \(number)")
        }
    }
}
