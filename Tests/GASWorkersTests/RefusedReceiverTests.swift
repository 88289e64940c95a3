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
        private let tries = Mutex(0)
        var count: Int { tries.withLock { $0 } }

        func receive(limit: Int, visibility: Double, wait: Double) async throws -> [Delivery] {
            tries.withLock { $0 += 1 }
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
                try await Task.sleep(for: .seconds(2))
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
        // Pauses of at least 5, 10, 20 ... ms: in 2 s there is room for nine of them. Equal ones would be two hundred.
        #expect((2...10).contains(queue.count))
    }
}
