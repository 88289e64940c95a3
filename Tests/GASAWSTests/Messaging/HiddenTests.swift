import Foundation
import GAS
import GASAWS
import NIOHTTP1
import Testing

/// For how long SQS is asked to hide a message, by the test's clock.
@Suite(.timeLimit(.minutes(1)))
struct HiddenTests {
    private static let message =
        #"{"MessageId": "m", "ReceiptHandle": "r", "Body": "{}", "Attributes": "#
        + #"{"ApproximateReceiveCount": "COUNT", "SentTimestamp": "1767225600000"}}"#

    /// A queue that has delivered one message, and what it was asked since.
    private func delivered(
        count: Int, visibility: Double, after wait: Double = 0, by clock: NotingClock
    ) async throws -> (SQSQueue, Delivery, ScriptedTransport) {
        let message = Self.message.replacing("COUNT", with: "\(count)")
        let transport = ScriptedTransport(
            .answer(.stage(.ok, #"{"QueueUrl": "http://sqs.stage/1/q"}"#)),
            .reply {
                clock.advance(seconds: wait)
                return .stage(.ok, "{\"Messages\": [\(message)]}")
            }, .answer(.stage(.ok, "{}")))
        let queue = SQSQueue(named: "q", client: AWSStage.client(of: transport, clock: clock))
        let delivery = try #require(try await queue.receive(limit: 1, visibility: visibility, wait: wait).first)
        return (queue, delivery, transport)
    }

    private func asked(_ transport: ScriptedTransport) throws -> [String] {
        try transport.requests.dropFirst(2).map { request in
            let action = request.headers.first(name: "X-Amz-Target")?.split(separator: ".").last ?? ""
            let seconds = try JSONDecoder().decode(Seconds.self, from: request.body)
            return [String(action), (seconds.VisibilityTimeout ?? seconds.DelaySeconds).map { "\($0)" }]
                .compactMap { $0 }.joined(separator: " ")
        }
    }

    private struct Seconds: Decodable {
        let VisibilityTimeout: Int?
        let DelaySeconds: Int?
    }

    /// However long the request waited, a message is held for nearly as long as SQS hides it from then on, and never longer.
    @Test(arguments: [(1.0, 0.7, 0.3), (15, 13.5, 1.5)])
    func aWaitTakesNothingOffTheTime(_ visibility: Double, _ held: Double, _ over: Double) async throws {
        let clock = NotingClock()
        let (queue, delivery, transport) = try await delivered(count: 1, visibility: visibility, after: 20, by: clock)
        clock.advance(seconds: held)
        try await queue.hide(delivery.receipt, seconds: visibility)
        #expect(try asked(transport) == ["ChangeMessageVisibility \(Int(visibility))"])
        let (other, late, silent) = try await self.delivered(
            count: 1, visibility: visibility, after: 20, by: clock)
        clock.advance(seconds: held + over)
        try await other.delete(late.receipt)
        #expect(try asked(silent).isEmpty)
    }

    @Test func aLongJobKeepsItsMessageForAsLongAsItMay() async throws {
        let clock = NotingClock()
        let (queue, delivery, transport) = try await delivered(count: 1, visibility: 43_200, by: clock)
        for _ in 0..<4 {
            try await clock.sleep(seconds: 14_400)
            try await queue.hide(delivery.receipt, seconds: 43_200)
        }
        // In 12 hours it has come back, and the receipt is good for nothing.
        #expect(try asked(transport) == ["ChangeMessageVisibility 28800", "ChangeMessageVisibility 14400"])
    }

    @Test func aLongWaitIsHiddenOnceAndThenSentAnew() async throws {
        let clock = NotingClock()
        let (first, early, hidden) = try await delivered(count: 1, visibility: 15, by: clock)
        try await clock.sleep(seconds: 3)
        try await first.postpone(early, seconds: 31_536_000)
        #expect(try asked(hidden) == ["ChangeMessageVisibility 43197"])
        let (second, late, sent) = try await delivered(count: 2, visibility: 15, by: clock)
        try await second.postpone(late, seconds: 31_536_000)
        #expect(try asked(sent) == ["SendMessage 900", "DeleteMessage"])
        let (third, soon, shortly) = try await delivered(count: 7, visibility: 15, by: clock)
        try await third.postpone(soon, seconds: 12.2)
        #expect(try asked(shortly) == ["SendMessage 13", "DeleteMessage"])
    }

    /// Of a message that is somebody else's by now there is no second one.
    @Test func whatIsHeldNoMoreIsNotSentAnew() async throws {
        let clock = NotingClock()
        let (queue, delivery, transport) = try await delivered(count: 2, visibility: 15, by: clock)
        try await clock.sleep(seconds: 16)
        try await queue.postpone(delivery, seconds: 60)
        #expect(try asked(transport).isEmpty)
    }

    /// A process that ends gives its messages back at once.
    @Test func whatIsGivenBackIsNotSentAnew() async throws {
        let (queue, delivery, transport) = try await delivered(count: 2, visibility: 15, by: NotingClock())
        try await queue.postpone(delivery, seconds: 0)
        #expect(try asked(transport) == ["ChangeMessageVisibility 0"])
    }
}
