import Foundation
import GAS
import GASTesting
import GASWorkers
import Logging
import Testing

/// Messages that somebody else has received.
@Suite(.timeLimit(.minutes(1)))
struct BatchHandlerTests {
    private let clock = ManualClock()

    /// Does what the message says.
    private struct Obedient: MessageHandler {
        let clock: ManualClock

        func handle(_ delivery: Delivery, logger: Logger) async throws -> Outcome {
            switch String(decoding: delivery.body, as: UTF8.self) {
            case "retry": return .retry(reason: "a test says so")
            case "snooze": return .snooze(until: clock.now.addingTimeInterval(60))
            case "give up": return .giveUp(reason: "a test says so")
            case "throw": throw GASError(.unavailable, "A test made this fail.")
            case "hang":
                try await clock.sleep(seconds: 1_000_000)
                return .done
            default: return .done
            }
        }
    }

    private func handler(_ dead: InMemoryQueue) -> BatchHandler {
        BatchHandler(
            handler: Obedient(clock: clock), deadLetters: InMemoryTopic(queues: [dead]), margin: 2, clock: clock,
            logger: Logger(label: "test"))
    }

    private func deliveries(_ bodies: String...) -> [Delivery] {
        bodies.enumerated().map { index, body in
            Delivery(
                messageID: "\(index):\(body)", body: Data(body.utf8), receiveCount: 1, sent: clock.now,
                receipt: .init(rawValue: "r\(index)"))
        }
    }

    @Test func onlyWhatIsToComeBackIsNamed() async throws {
        let dead = InMemoryQueue(name: "dead", clock: clock)
        let failures = await handler(dead).failures(
            among: deliveries("done", "retry", "done", "snooze", "give up", "throw"),
            until: clock.now.addingTimeInterval(30))
        #expect(failures == ["1:retry", "3:snooze", "5:throw"])
        #expect(try await dead.receive(limit: 10, visibility: 60, wait: 0).map(\.body) == [Data("give up".utf8)])
    }

    /// One message that hangs holds up those behind it, until the time is over; all of them come back.
    @Test func timeIsKept() async throws {
        let dead = InMemoryQueue(name: "dead", clock: clock)
        let (clock, handler) = (clock, handler(dead))
        let batch = deliveries("done", "hang", "done")
        let deadline = clock.now.addingTimeInterval(30)
        let failures = try await within {
            async let failures = handler.failures(among: batch, until: deadline)
            while clock.sleepers < 2 { try await Task.sleep(for: .milliseconds(1)) }
            #expect(clock.nextDeadline == deadline.addingTimeInterval(-2))
            clock.advance(seconds: 28)
            return await failures
        }
        #expect(failures == ["1:hang", "2:done"])
    }

    /// A message that cannot be given up is not lost.
    @Test func deadLettersThatAreNotTakenComeBack() async throws {
        let faults = FaultInjector()
        faults.arm("Topic.publish")
        let handler = BatchHandler(
            handler: Obedient(clock: clock),
            deadLetters: InMemoryTopic(queues: [InMemoryQueue(name: "dead", clock: clock)], faults: faults), margin: 2,
            clock: clock, logger: Logger(label: "test"))
        let failures = await handler.failures(
            among: deliveries("give up"), until: clock.now.addingTimeInterval(30))
        #expect(failures == ["0:give up"])
    }
}
