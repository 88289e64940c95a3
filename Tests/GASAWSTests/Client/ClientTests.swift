import AsyncHTTPClient
import Foundation
import GAS
import GASAWS
import GASTesting
import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1
import Testing

/// What the client does when AWS, or the way to it, is not well.
@Suite(.timeLimit(.minutes(1)))
struct ClientTests {
    private func client(
        _ transport: ScriptedTransport, _ clock: any WallClock, credentials: CredentialChain? = nil, retries: Int = 4
    ) -> AWSClient {
        AWSClient(
            settings: AWSSettings(
                region: "us-east-1", endpoints: ["sts": "http://sts.stage"], retries: retries, backoffSeconds: 0.5,
                maximumBackoffSeconds: 3),
            credentials: credentials ?? Self.chain, http: transport, clock: clock, logger: .init(label: "test"))
    }

    private static let chain = CredentialChain(
        sources: [CredentialSource(name: "a test") { AWSCredentials(accessKeyID: "one", secretAccessKey: "a") }],
        clock: SystemClock())

    @Test(arguments: [
        ScriptedTransport.Step.answer(.stage(.internalServerError)),
        .answer(.stage(.serviceUnavailable, "<html>busy</html>")),
        .answer(.jsonError(.badRequest, "com.amazon.coral#ThrottlingException:http://a/")),
        .answer(.xmlError(.serviceUnavailable, "SlowDown")), .answer(.stage(.tooManyRequests)),
        .failure(HTTPClientError.remoteConnectionClosed), .failure(HTTPClientError.connectTimeout),
    ])
    func whatPassesIsRepeated(_ step: ScriptedTransport.Step) async throws {
        let transport = ScriptedTransport(step, step, ScriptedTransport.caller)
        #expect(try await client(transport, NotingClock()).caller().account == "1")
        #expect(transport.requests.count == 3)
    }

    @Test func whatStaysIsNotRepeated() async throws {
        for (code, status) in [("AccessDenied", HTTPResponseStatus.forbidden), ("ValidationError", .badRequest)] {
            let transport = ScriptedTransport(.answer(.xmlError(status, code)))
            await #expect(throws: GASError.self) { try await client(transport, NotingClock()).caller() }
            #expect(transport.requests.count == 1)
        }
    }

    @Test func atSomePointItIsEnough() async throws {
        for (step, code) in [
            (ScriptedTransport.Step.answer(.stage(.internalServerError)), GASError.Code.unavailable),
            (.answer(.xmlError(.badRequest, "Throttling")), .throttled),
            (.failure(HTTPClientError.remoteConnectionClosed), .unavailable),
        ] {
            let transport = ScriptedTransport(step)
            let error = await #expect(throws: GASError.self) { try await client(transport, NotingClock()).caller() }
            #expect(error?.code == code && transport.requests.count == 5)
        }
    }

    /// Anything between nothing and a bound that doubles up to its limit, and not the same for all.
    @Test func pausesAreRandomBelowADoublingBound() async throws {
        var pauses: [[Double]] = []
        for _ in 0..<200 {
            let clock = NotingClock()
            let client = client(ScriptedTransport(.answer(.stage(.internalServerError))), clock, retries: 5)
            await #expect(throws: GASError.self) { try await client.caller() }
            pauses.append(clock.pauses)
        }
        for (attempt, bound) in [0.5, 1, 2, 3, 3].enumerated() {
            let these = pauses.map { $0[attempt] }
            #expect(these.allSatisfy { (0...bound).contains($0) })
            // Of 200 the largest is below 9 tenths of the bound once in a billion times.
            #expect((these.max() ?? 0) > bound * 0.9 && (these.min() ?? bound) < bound * 0.1)
        }
    }

    @Test func theClockFollowsThatOfAWS() async throws {
        let clock = NotingClock()
        let ahead = clock.now.addingTimeInterval(3600)
        let transport = ScriptedTransport(
            .answer(.xmlError(.forbidden, "RequestTimeTooSkewed", headers: [("Date", ahead.inHeader)])),
            ScriptedTransport.caller)
        _ = try await client(transport, clock).caller()
        #expect(
            transport.requests.map { $0.headers.first(name: "X-Amz-Date")?.prefix(11) } == [
                "20260101T00", "20260101T01",
            ])
    }

    /// Some services call a request of another time wrongly signed. The date of the answer tells.
    @Test(arguments: ["SignatureDoesNotMatch", "InvalidSignatureException"])
    func aWrongSignatureMayBeAWrongClock(_ code: String) async throws {
        let clock = NotingClock()
        func transport(_ ahead: Double) -> ScriptedTransport {
            ScriptedTransport(
                .answer(
                    .xmlError(.forbidden, code, headers: [("Date", clock.now.addingTimeInterval(ahead).inHeader)])),
                ScriptedTransport.caller)
        }
        let late = transport(3600)
        _ = try await client(late, clock).caller()
        #expect(late.requests.count == 2)
        // With the right time the secret is wrong, and asking again of no use.
        let right = transport(20)
        let error = await #expect(throws: GASError.self) { try await client(right, clock).caller() }
        #expect(right.requests.count == 1)
        #expect((error?.underlying as? AWSError)?.remedy?.contains("credentials") == true)
    }

    /// What is fixed in the environment is the same when it is fetched anew.
    @Test func expiredCredentialsThatAreFixedAreNotTriedAgain() async throws {
        let transport = ScriptedTransport(.answer(.xmlError(.badRequest, "ExpiredToken")))
        let error = await #expect(throws: GASError.self) { try await client(transport, NotingClock()).caller() }
        #expect(transport.requests.count == 1)
        #expect((error?.underlying as? AWSError)?.remedy?.contains("expired") == true)
    }

    @Test func expiredCredentialsAreFetchedAnew() async throws {
        let transport = ScriptedTransport(
            .answer(.xmlError(.badRequest, "ExpiredToken")), ScriptedTransport.caller)
        _ = try await client(transport, NotingClock(), credentials: CredentialStage.renewed()).caller()
        #expect(transport.requests.map { $0.headers.first(name: "X-Amz-Security-Token") } == ["t1", "t2"])
        #expect(transport.requests[1].headers.first(name: "Authorization")?.contains("Credential=key2/") == true)
    }

    /// A real connection that breaks in the middle of an answer.
    @Test func brokenConnectionsAreMended() async throws {
        let server = LoopbackServer()
        let good =
            "<R><GetCallerIdentityResult><Account>1</Account><Arn>arn:aws:iam::1:user/a</Arn></GetCallerIdentityResult></R>"
        server.set("POST /", .broken, .broken, .text(good))
        try await server.serve { origin, http in
            let client = AWSClient(
                settings: AWSSettings(region: "us-east-1", endpoints: ["sts": origin], backoffSeconds: 0.01),
                credentials: Self.chain, http: http, clock: SystemClock(), logger: .init(label: "test"))
            let caller = try await client.caller()
            #expect(caller.account == "1")
        }
        #expect(server.calls.count == 3)
    }

    /// Errors keep AWS's word and the id by which AWS finds the request.
    @Test func errorsKeepAWSsWords() async throws {
        let transport = ScriptedTransport(
            .answer(.xmlError(.forbidden, "AccessDenied", headers: [("x-amzn-requestid", "r-1")])))
        let error = await #expect(throws: GASError.self) { try await client(transport, NotingClock()).caller() }
        #expect(error?.cause?.contains("AccessDenied") == true && error?.cause?.contains("r-1") == true)
        #expect(error?.message.contains("AccessDenied") == false)
    }
}
