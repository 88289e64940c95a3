import Foundation
import GAS
import Testing

/// The rules of `Topic` and `Queue`.
public enum MessagingConformance: String, ConformanceRule {
    case reachesEveryQueue = "what is published reaches every subscribed queue, as it was"
    case emptyQueue = "an empty queue answers at once when asked not to wait"
    case describesDelivery = "a delivery tells how often and since when"
    case hiddenWhileHeld = "a received message is hidden from others"
    case visibleAgain = "a message comes back when its time is over"
    case deletedIsGone = "a deleted message does not come back"
    case staleDelete = "an old receipt deletes nothing"
    case staleHide = "an old receipt hides nothing"
    case hideExtends = "hiding gives the worker more time"
    case postponed = "a message that is put off comes back when it is due, whoever asks before"
    case hideZero = "hiding for no time gives the message back"
    case delay = "a queue's delay holds every message back"
    case limit = "no more than the limit is received, and in the end everything, once"
    case waitEnds = "waiting ends without a message when its time is over"
    case publishWakes = "a message that is published wakes who waits"
    case givingBackWakes = "a message that is given back wakes who waits"
    case dueWakes = "a message that becomes due wakes who waits"
    case cancellation = "who waits returns at once when cancelled"
    case parallelReceivers = "parallel receivers never hold one message"
    case deadLetters = "a message received too often goes to the dead-letter queue, and others go on"
    case depth = "the depth counts visible, hidden and delayed messages"
    case putBack = "a message that is put back comes again when it is due, and is in nobody's hands until then"

    /// Runs the rule. The queues must be empty.
    public func check(_ messaging: MessagingFixture, clock: any TestClock) async throws {
        // Off the whole millisecond, which a store may round up: what is published is due all the same.
        try await clock.advance(seconds: 0.0006)
        let rules = MessagingRules(messaging: messaging, clock: clock)
        switch self {
        case .reachesEveryQueue: try await rules.reachesEveryQueue()
        case .emptyQueue: try await rules.emptyQueue()
        case .describesDelivery: try await rules.describesDelivery()
        case .hiddenWhileHeld: try await rules.hiddenWhileHeld()
        case .visibleAgain: try await rules.visibleAgain()
        case .deletedIsGone: try await rules.deletedIsGone()
        case .staleDelete: try await rules.staleDelete()
        case .staleHide: try await rules.staleHide()
        case .hideExtends: try await rules.hideExtends()
        case .postponed: try await rules.postponed()
        case .hideZero: try await rules.hideZero()
        case .delay: try await rules.delay()
        case .limit: try await rules.limit()
        case .waitEnds: try await rules.waitEnds()
        case .publishWakes: try await rules.publishWakes()
        case .givingBackWakes: try await rules.givingBackWakes()
        case .dueWakes: try await rules.dueWakes()
        case .cancellation: try await rules.cancellation()
        case .parallelReceivers: try await rules.parallelReceivers()
        case .deadLetters: try await rules.deadLetters()
        case .depth: try await rules.depth()
        case .putBack: try await rules.putBack()
        }
    }
}

/// A topic with three queues, each with a property that the rules need.
public struct MessagingFixture: Sendable {
    /// All three queues are subscribed to it.
    public let topic: any Topic
    /// A queue without delay and without dead letters.
    public let plain: any Queue
    /// A queue with a delay of two units of the clock.
    public let delayed: any Queue
    /// A queue that moves messages to `deadLetters` instead of delivering them a third time.
    public let redriven: any Queue
    /// Where `redriven` moves its messages.
    public let deadLetters: any Queue
    /// Whether the depth tells what was put back from what is with a worker.
    public let tellsPutBack: Bool

    /// Puts a fixture together.
    public init(
        topic: any Topic,
        plain: any Queue,
        delayed: any Queue,
        redriven: any Queue,
        deadLetters: any Queue,
        tellsPutBack: Bool = true
    ) {
        self.tellsPutBack = tellsPutBack
        self.topic = topic
        self.plain = plain
        self.delayed = delayed
        self.redriven = redriven
        self.deadLetters = deadLetters
    }
}

struct MessagingRules {
    let messaging: MessagingFixture
    let clock: any TestClock

    var queue: any Queue { messaging.plain }
    var unit: Double { clock.unit }

    func publish(_ body: String = "{\"job_id\":\"1\"}") async throws {
        try await messaging.topic.publish(Data(body.utf8))
    }

    /// Receives without waiting; what is received stays hidden for two units.
    func receive(_ queue: (any Queue)? = nil, limit: Int = 10) async throws -> [Delivery] {
        try await (queue ?? self.queue).receive(limit: limit, visibility: 2 * unit, wait: 0)
    }

    /// Receives the one message that must be there.
    func receiveOne(_ queue: (any Queue)? = nil) async throws -> Delivery {
        let deliveries = try await receive(queue)
        #expect(deliveries.count == 1)
        return try #require(deliveries.first)
    }

    func reachesEveryQueue() async throws {
        let body = "{\"name\":\"Ä 'quoted' \\\"twice\\\" 染色体 🧬\"}"
        try await publish(body)
        try await clock.advance(seconds: 2 * unit)
        for queue in [messaging.plain, messaging.delayed, messaging.redriven] {
            let delivery = try await receiveOne(queue)
            #expect(delivery.body == Data(body.utf8))
            try await queue.delete(delivery.receipt)
        }
    }

    func emptyQueue() async throws {
        #expect(try await within { try await receive() }.isEmpty)
    }

    func describesDelivery() async throws {
        let before = clock.now
        try await publish()
        let first = try await receiveOne()
        #expect(first.receiveCount == 1)
        // A service's clock may differ a little from ours.
        #expect(abs(first.sent.timeIntervalSince(before)) < unit + 5)
        try await clock.advance(seconds: 2 * unit)
        let second = try await receiveOne()
        #expect(second.receiveCount == 2)
        #expect(second.messageID == first.messageID && second.sent == first.sent)
        #expect(second.receipt != first.receipt)
    }

    func limit() async throws {
        let bodies = (0..<7).map { "{\"job_id\":\"\($0)\"}" }
        for body in bodies { try await publish(body) }
        var received: [String] = []
        for _ in 0..<20 where received.count < bodies.count {
            let deliveries = try await receive(limit: 3)
            #expect(deliveries.count <= 3)
            received += deliveries.map { String(decoding: $0.body, as: UTF8.self) }
        }
        #expect(received.sorted() == bodies)
    }

    func parallelReceivers() async throws {
        let count = 40
        for index in 0..<count { try await publish("{\"job_id\":\"\(index)\"}") }
        let received = try await inParallel(8) { _ in
            var bodies: [Data] = []
            while true {
                let deliveries = try await receive(limit: 3)
                if deliveries.isEmpty { return bodies }
                for delivery in deliveries {
                    bodies.append(delivery.body)
                    try await queue.delete(delivery.receipt)
                }
            }
        }.flatMap { $0 }
        #expect(received.count == count)
        #expect(Set(received).count == count)
    }

    func deadLetters() async throws {
        let (queue, deadLetters) = (messaging.redriven, messaging.deadLetters)
        try await publish("{\"job_id\":\"poison\"}")
        let poison = try await receiveOne(queue)
        try await queue.hide(poison.receipt, seconds: 0)
        let again = try await receiveOne(queue)
        #expect(try await receive(deadLetters).isEmpty)
        try await publish("{\"job_id\":\"good\"}")
        try await queue.hide(again.receipt, seconds: 0)
        let good = try await receiveOne(queue)
        #expect(good.body == Data("{\"job_id\":\"good\"}".utf8))
        let dead = try await receiveOne(deadLetters)
        #expect(dead.body == poison.body)
        try await queue.delete(again.receipt)
        try await clock.advance(seconds: 2 * unit)
        #expect(try await receiveOne(deadLetters).messageID == dead.messageID)
    }

    func depth() async throws {
        #expect(try await queue.depth() == QueueDepth(visible: 0, inFlight: 0, delayed: 0, oldest: nil))
        try await publish()
        let first = try await receiveOne()
        try await publish()
        try await publish()
        let depth = try await queue.depth()
        #expect(depth.visible == 2 && depth.inFlight == 1 && depth.delayed == 0)
        #expect(depth.oldest.map { abs($0.timeIntervalSince(first.sent)) < unit } ?? true)
        #expect(try await messaging.delayed.depth().delayed == 3)
        try await queue.delete(first.receipt)
        #expect(try await queue.depth().inFlight == 0)
    }
}
