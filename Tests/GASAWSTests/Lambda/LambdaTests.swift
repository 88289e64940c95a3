import Foundation
import GAS
import GASAWS
import GASTesting
import HTTPTypes
import Logging
import Synchronization
import Testing

/// The Lambda Runtime API, played by a real server.
@Suite(.timeLimit(.minutes(1)))
struct LambdaTests {
    private static let base = "/2018-06-01/runtime"
    private static let sqs = """
        {"Records": [
         {"messageId": "m-1", "receiptHandle": "r-1", "body": "{\\"job_id\\":\\"1\\"}", "eventSource": "aws:sqs",
          "attributes": {"ApproximateReceiveCount": "3", "SentTimestamp": "1767225600250", "SenderId": "a"},
          "messageAttributes": {}, "md5OfBody": "x", "eventSourceARN": "arn:aws:sqs:us-east-1:1:notify", "awsRegion": "us-east-1"},
         {"messageId": "m-2", "receiptHandle": "r-2", "body": "{\\"Type\\":\\"Notification\\",\\"TopicArn\\":\\"t\\",\\"Message\\":\\"inner\\"}",
          "eventSource": "aws:sqs", "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1767225600000"},
          "messageAttributes": {}, "md5OfBody": "x", "eventSourceARN": "arn:aws:sqs:us-east-1:1:notify", "awsRegion": "us-east-1"}]}
        """

    private func invocation(_ id: String, _ event: String = "{}") -> LoopbackServer.Answer {
        .text(
            event, headers: ["Lambda-Runtime-Aws-Request-Id": id, "Lambda-Runtime-Deadline-Ms": "1767225603000"])
    }

    /// Runs a function until the server has no more events, which ends the runtime with an error.
    private func run(
        _ server: LoopbackServer, prepare: @escaping @Sendable () throws -> LambdaRuntime.Function
    ) async throws {
        try await server.serve { origin, http in
            let runtime = LambdaRuntime(
                api: origin.replacing("http://", with: ""), http: http, logger: .init(label: "test"))
            let error = await #expect(throws: GASError.self) { try await runtime.run(prepare) }
            #expect(error?.code == .unavailable)
        }
    }

    @Test func eventsAreAnsweredOneAfterTheOther() async throws {
        let server = LoopbackServer()
        server.set(
            "GET \(Self.base)/invocation/next", invocation("i-1", "{\"a\":1}"), invocation("i-2"), invocation("i-3"),
            .text("", status: .gone))
        for id in ["i-1", "i-3"] {
            server.set("POST \(Self.base)/invocation/\(id)/response", .text("", status: .accepted))
        }
        server.set("POST \(Self.base)/invocation/i-2/error", .text("", status: .accepted))
        let prepared = Mutex(0)
        try await run(server) {
            prepared.withLock { $0 += 1 }
            return { invocation in
                #expect(invocation.deadline == Date(timeIntervalSince1970: 1_767_225_603))
                if invocation.requestID == "i-2" { throw GASError(.invalid, "This is no event.") }
                return invocation.event
            }
        }
        #expect(prepared.withLock { $0 } == 1)
        let posted = server.calls.filter { $0.method == "POST" }
        #expect(
            posted.map { $0.what.split(separator: "/").suffix(2).joined(separator: "/") } == [
                "i-1/response", "i-2/error", "i-3/response",
            ])
        #expect(posted[0].body == "{\"a\":1}")
        #expect(posted[1].body.contains("\"errorMessage\":\"This is no event.\""))
        let kind = try #require(HTTPField.Name("Lambda-Runtime-Function-Error-Type"))
        #expect(posted[1].headers[kind] == "GAS.invalid")
    }

    /// What goes wrong with us is in the log and not in the answer.
    @Test func causesAreNotTold() async throws {
        let server = LoopbackServer()
        server.set("GET \(Self.base)/invocation/next", invocation("i-1"), .text("", status: .gone))
        server.set("POST \(Self.base)/invocation/i-1/error", .text("", status: .accepted))
        struct Secretive: Error { let secret = "hidden" }
        try await run(server) { { _ in throw Secretive() } }
        #expect(server.calls.last { $0.method == "POST" }?.body.contains("hidden") == false)
    }

    @Test func failedPreparationIsReported() async throws {
        let server = LoopbackServer()
        server.set("POST \(Self.base)/init/error", .text("", status: .accepted))
        try await server.serve { origin, http in
            let runtime = LambdaRuntime(
                api: origin.replacing("http://", with: ""), http: http, logger: .init(label: "test"))
            let error = await #expect(throws: GASError.self) {
                try await runtime.run { throw GASError(.invalid, "The setting is wrong.") }
            }
            #expect(error?.code == .invalid)
        }
        #expect(server.calls.map(\.what) == ["POST \(Self.base)/init/error"])
        #expect(server.calls[0].body.contains("\"errorType\":\"GAS.invalid\""))
    }

    /// An answer that the Runtime API does not take ends the process, and AWS starts another.
    @Test func unansweredEventsEndTheProcess() async throws {
        let server = LoopbackServer()
        server.set("GET \(Self.base)/invocation/next", invocation("i-1"))
        try await run(server) { { _ in Data() } }
        #expect(server.calls.count == 2)
    }

    @Test func batches() async throws {
        let batch = try SQSBatch(event: Data(Self.sqs.utf8))
        #expect(batch.deliveries.map(\.messageID) == ["m-1", "m-2"])
        #expect(batch.deliveries.map(\.body) == [Data("{\"job_id\":\"1\"}".utf8), Data("inner".utf8)])
        #expect(batch.deliveries.map(\.receiveCount) == [3, 1])
        #expect(batch.deliveries[0].sent == Date(timeIntervalSince1970: 1_767_225_600.25))
        #expect(batch.deliveries.map(\.receipt.rawValue) == ["r-1", "r-2"])
        #expect(
            String(decoding: try SQSBatch.answer(failures: ["m-2"]), as: UTF8.self)
                == "{\"batchItemFailures\":[{\"itemIdentifier\":\"m-2\"}]}")
        #expect(String(decoding: try SQSBatch.answer(failures: []), as: UTF8.self) == "{\"batchItemFailures\":[]}")
        for event in [
            "{}", "", Self.sqs.replacing("aws:sqs", with: "aws:s3"), Self.sqs.replacing("\"3\"", with: "\"x\""),
        ] {
            let error = #expect(throws: GASError.self) { try SQSBatch(event: Data(event.utf8)) }
            #expect(error?.code == .invalid)
        }
    }
}
