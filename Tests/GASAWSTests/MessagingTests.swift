import Foundation
import GAS
import GASAWS
import GASTesting
import Testing

/// The rules of topics and queues, on SNS and SQS.
@Suite(.enabled(if: AWSStage.has("sqs", "sns"), AWSStage.absence), .timeLimit(.minutes(2)))
struct MessagingTests {
    /// A receiver that has to repeat itself may hold a message for longer than it is hidden, so that another one gets it too.
    private static let cases = MessagingConformance.allCases.flatMap { rule in
        rule == .parallelReceivers ? [(rule, Weather.fair)] : [(rule, .fair), (rule, .foul)]
    }

    /// Not with lost answers: a message whose publication was not acknowledged is published twice, as ports may.
    @Test(arguments: cases)
    func messaging(_ rule: MessagingConformance, _ weather: Weather) async throws {
        // Whole seconds are SQS's grain; two of them leave room for a busy machine.
        let clock = RealTestClock(unit: 2)
        try await rule.check(try await fixture(unit: clock.unit, in: weather), clock: clock)
    }

    /// Lost answers make publications come twice, and deliveries late: everything arrives, and nothing stays.
    @Test func nothingIsLostInAStorm() async throws {
        let mark = UUID().uuidString
        let topic = try await AWSStage.resources.makeTopic(named: mark)
        let arn = try await AWSStage.resources.makeQueue(named: mark, .init(topics: [topic]))
        try await AWSStage.resources.subscribe(queue: arn, to: topic)
        let client = AWSStage.client(in: .storm)
        let published = Set((0..<60).map { Data("{\"job_id\":\"\($0)\"}".utf8) })
        for body in published { try await SNSTopic(arn: topic, client: client).publish(body) }
        let queue = SQSQueue(named: mark, client: client)
        var (received, count) = (Set<Data>(), 0)
        let end = Date().addingTimeInterval(60)
        while Date() < end {
            for delivery in try await queue.receive(limit: 10, visibility: 2, wait: 1) {
                received.insert(delivery.body)
                count += 1
                try await queue.delete(delivery.receipt)
            }
            let depth = try await queue.depth()
            if received == published, depth.visible + depth.inFlight == 0 { break }
        }
        #expect(received == published && count > published.count)
        let depth = try await queue.depth()
        #expect(depth.visible + depth.inFlight == 0)
    }

    @Test func envelopesAreOpened() async throws {
        let resources = AWSStage.resources
        let name = "envelope-\(UUID().uuidString)"
        let topic = try await resources.makeTopic(named: name)
        let queue = try await resources.makeQueue(named: name, .init(topics: [topic]))
        try await resources.subscribe(queue: queue, to: topic, isRaw: false)
        try await SNSTopic(arn: topic, client: AWSStage.client).publish(Data("{\"job_id\":\"ä\"}".utf8))
        let received = try await SQSQueue(named: name, client: AWSStage.client).receive(
            limit: 1, visibility: 5, wait: 5)
        #expect(received.map(\.body) == [Data("{\"job_id\":\"ä\"}".utf8)])
    }

    @Test func topicOfOneQueue() async throws {
        let name = "single-\(UUID().uuidString)"
        _ = try await AWSStage.resources.makeQueue(named: name)
        let queue = SQSQueue(named: name, client: AWSStage.client)
        try await SQSTopic(queue: queue).publish(Data("{}".utf8))
        #expect(try await queue.receive(limit: 1, visibility: 5, wait: 5).map(\.body) == [Data("{}".utf8)])
    }

    /// A delay of the message's own goes before that of the queue.
    @Test func topicWithoutTheQueuesDelay() async throws {
        let name = "hasty-\(UUID().uuidString)"
        _ = try await AWSStage.resources.makeQueue(named: name, .init(delay: 900))
        let queue = SQSQueue(named: name, client: AWSStage.client)
        try await SQSTopic(queue: queue).publish(Data("{\"slow\":1}".utf8))
        try await SQSTopic(queue: queue, delay: 0).publish(Data("{}".utf8))
        #expect(try await queue.receive(limit: 10, visibility: 5, wait: 2).map(\.body) == [Data("{}".utf8)])
    }

    @Test func missingQueue() async throws {
        let error = await #expect(throws: GASError.self) {
            try await SQSQueue(named: "nobody-made-this", client: AWSStage.client).depth()
        }
        #expect(error?.code == .unavailable)
    }

    /// SQS ends each delivery after 12 hours and refuses to be asked for more.
    @Test func noMoreTimeIsAskedForThanThereIs() async throws {
        let name = "long-\(UUID().uuidString)"
        _ = try await AWSStage.resources.makeQueue(named: name)
        let queue = SQSQueue(named: name, client: AWSStage.client)
        async let received = queue.receive(limit: 1, visibility: 43_200, wait: 10)
        try await Task.sleep(for: .seconds(1))
        try await SQSTopic(queue: queue).publish(Data("{}".utf8))
        let delivery = try #require(try await received.first)
        for _ in 1...2 {
            try await queue.hide(delivery.receipt, seconds: 43_200)
            try await queue.postpone(delivery, seconds: 31_536_000)
        }
        #expect(try await queue.depth().inFlight == 1)
        try await queue.hide(delivery.receipt, seconds: 0)
        #expect(try await queue.receive(limit: 1, visibility: 5, wait: 2).first?.receiveCount == 2)
    }

    /// Not one of many delays of a message brings it nearer to the dead letters.
    @Test func whatIsPutOffAgainAndAgainIsNoDeadLetter() async throws {
        let mark = UUID().uuidString
        let dead = try await AWSStage.resources.makeQueue(named: "dead-\(mark)")
        _ = try await AWSStage.resources.makeQueue(named: mark, .init(redrive: (dead, 3)))
        let queue = SQSQueue(named: mark, client: AWSStage.client)
        try await SQSTopic(queue: queue).publish(Data("{\"job_id\":\"1\"}".utf8))
        for round in 0..<7 {
            let delivery = try #require(try await queue.receive(limit: 10, visibility: 20, wait: 5).first)
            #expect(delivery.receiveCount == 1 + round % 2 && delivery.body == Data("{\"job_id\":\"1\"}".utf8))
            try await queue.postpone(delivery, seconds: 1)
        }
        #expect(try await SQSQueue(named: "dead-\(mark)", client: AWSStage.client).depth().visible == 0)
    }

    /// Fifty deletions at a time are far fewer requests, and each is carried out.
    @Test func deletionsGoTogether() async throws {
        let name = "many-\(UUID().uuidString)"
        _ = try await AWSStage.resources.makeQueue(named: name)
        let counting = CountingTransport(AWSStage.http)
        let queue = SQSQueue(named: name, client: AWSStage.client(through: counting))
        for index in 0..<50 { try await SQSTopic(queue: queue).publish(Data("{\"job_id\":\"\(index)\"}".utf8)) }
        var deliveries: [Delivery] = []
        for _ in 0..<50 where deliveries.count < 50 {
            deliveries += try await queue.receive(limit: 10, visibility: 60, wait: 1)
        }
        #expect(deliveries.count == 50)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for delivery in deliveries { group.addTask { try await queue.delete(delivery.receipt) } }
            try await group.waitForAll()
        }
        let depth = try await queue.depth()
        #expect(depth.visible + depth.inFlight == 0)
        let requests = counting.count { $0.hasPrefix("AmazonSQS.DeleteMessage") }
        #expect((5...15).contains(requests))
    }

    private func fixture(unit: Double, in weather: Weather) async throws -> MessagingFixture {
        let resources = AWSStage.resources
        let client = AWSStage.client(in: weather)
        let mark = UUID().uuidString.lowercased()
        let topic = try await resources.makeTopic(named: "topic-\(mark)")
        let dead = try await resources.makeQueue(named: "dead-\(mark)")
        let shapes: [(name: String, shape: AWSResources.QueueShape)] = [
            ("plain", .init(topics: [topic])),
            ("delayed", .init(delay: Int(2 * unit), topics: [topic])),
            ("redriven", .init(redrive: (dead, 2), topics: [topic])),
        ]
        for (name, shape) in shapes {
            let queue = try await resources.makeQueue(named: "\(name)-\(mark)", shape)
            // Twice is as good as once.
            #expect(try await resources.makeQueue(named: "\(name)-\(mark)", shape) == queue)
            try await resources.subscribe(queue: queue, to: topic)
        }
        func queue(_ name: String) -> SQSQueue { SQSQueue(named: "\(name)-\(mark)", client: client) }
        return MessagingFixture(
            topic: SNSTopic(arn: topic, client: client), plain: queue("plain"), delayed: queue("delayed"),
            redriven: queue("redriven"), deadLetters: queue("dead"), tellsPutBack: false)
    }
}
