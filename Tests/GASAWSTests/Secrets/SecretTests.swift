import AsyncHTTPClient
import Foundation
import GAS
import GASAWS
import GASTesting
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import Testing

/// Secrets of Secrets Manager.
@Suite(.timeLimit(.minutes(1)))
struct SecretTests {
    private let clock = ManualClock()

    private static func secret(_ text: String) -> ScriptedTransport.Step {
        let quoted = text.replacing("\"", with: "\\\"")
        return .answer(.stage(.ok, "{\"Name\": \"a\", \"SecretString\": \"\(quoted)\"}"))
    }

    private func secrets(_ transport: ScriptedTransport) -> SecretsManagerSecrets {
        SecretsManagerSecrets(client: AWSStage.client(of: transport, retries: 1), clock: clock)
    }

    @Test func keptForAWhile() async throws {
        let transport = ScriptedTransport(Self.secret("one"), Self.secret("two"))
        let secrets = secrets(transport)
        let reference = try SecretReference("prod/gas")
        for (pause, expected) in [(0.0, "one"), (299, "one"), (2, "two"), (10_000, "two")] {
            clock.advance(seconds: pause)
            #expect(try await secrets.value(of: reference) == expected)
        }
        #expect(transport.requests.count == 3)
        #expect(transport.requests[0].headers.first(name: "X-Amz-Target") == "secretsmanager.GetSecretValue")
        #expect(transport.requests[0].headers.first(name: "Content-Type") == "application/x-amz-json-1.1")
    }

    /// Rotation: whoever was refused gets the new one at once, and all others with him.
    @Test func rotated() async throws {
        let transport = ScriptedTransport(Self.secret("{\"password\":\"old\"}"), Self.secret("{\"password\":\"new\"}"))
        let secrets = secrets(transport)
        let reference = try SecretReference("prod/gas#password")
        #expect(try await secrets.value(of: reference) == "old")
        for _ in 1...3 { #expect(try await secrets.value(of: reference, insteadOf: "old") == "new") }
        #expect(try await secrets.value(of: reference) == "new")
        #expect(transport.requests.count == 2)
    }

    /// What was fetched serves while Secrets Manager does not answer.
    @Test func silence() async throws {
        let transport = ScriptedTransport(Self.secret("one"), .answer(.stage(.serviceUnavailable)))
        let secrets = secrets(transport)
        let reference = try SecretReference("prod/gas")
        _ = try await secrets.value(of: reference)
        clock.advance(seconds: 301)
        #expect(try await secrets.value(of: reference) == "one")
        let error = await #expect(throws: GASError.self) { try await secrets.value(of: SecretReference("prod/other")) }
        #expect(error?.code == .unavailable)
    }

    @Test func askedOnceForAll() async throws {
        let transport = ScriptedTransport(Self.secret("one"))
        let secrets = secrets(transport)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<30 {
                group.addTask {
                    let value = try await secrets.value(of: SecretReference("a"))
                    #expect(value == "one")
                }
            }
            try await group.waitForAll()
        }
        #expect(transport.requests.count == 1)
    }

    @Test func members() async throws {
        let secrets = secrets(
            ScriptedTransport(Self.secret("{\"user\":\"gas\",\"port\":5432,\"tags\":[1],\"none\":null}")))
        #expect(try await secrets.value(of: SecretReference("a#user")) == "gas")
        #expect(try await secrets.value(of: SecretReference("a#port")) == "5432")
        for missing in ["a#tags", "a#none", "a#nothing"] {
            let error = await #expect(throws: GASError.self) { try await secrets.value(of: SecretReference(missing)) }
            #expect(error?.code == .invalid && error.map { !"\($0)".contains("gas\"") } == true)
        }
        for text in ["", "#a", "a#"] { #expect(throws: GASError.self) { try SecretReference(text) } }
    }

    @Test func shownWithoutSecrets() async throws {
        let secrets = secrets(ScriptedTransport(Self.secret("hidden")))
        _ = try await secrets.value(of: SecretReference("a"))
        var dumped = ""
        dump(secrets, to: &dumped)
        #expect(!dumped.contains("hidden") && !"\(secrets)".contains("hidden"))
    }

    @Test(.enabled(if: AWSStage.has("secretsmanager"), AWSStage.absence), arguments: [Weather.fair, .storm])
    func moto(_ weather: Weather) async throws {
        let name = "gas/\(UUID().uuidString.lowercased())"
        let secrets = SecretsManagerSecrets(client: AWSStage.client(in: weather), clock: SystemClock())
        let reference = try SecretReference("\(name)#password")
        let error = await #expect(throws: GASError.self) { try await secrets.value(of: reference) }
        #expect(error?.code == .notFound)
        try await ask("CreateSecret", ["Name": name, "SecretString": "{\"password\":\"öld\"}"])
        #expect(try await secrets.value(of: reference) == "öld")
        try await ask("PutSecretValue", ["SecretId": name, "SecretString": "{\"password\":\"new\"}"])
        #expect(try await secrets.value(of: reference) == "öld")
        #expect(try await secrets.value(of: reference, insteadOf: "öld") == "new")
    }

    /// As somebody else does who keeps the secret.
    private func ask(_ action: String, _ input: [String: String]) async throws {
        let origin = try #require(AWSStage.endpoints["secretsmanager"])
        var request = HTTPClientRequest(url: origin)
        request.method = .POST
        request.headers.add(name: "X-Amz-Target", value: "secretsmanager.\(action)")
        request.headers.add(name: "Content-Type", value: "application/x-amz-json-1.1")
        request.headers.add(
            name: "Authorization",
            value:
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/secretsmanager/aws4_request, x, y")
        let input = input.merging(["ClientRequestToken": UUID().uuidString]) { $1 }
        request.body = .bytes(Array(try JSONEncoder().encode(input)))
        let response = try await AWSStage.http.execute(request, timeout: .seconds(20))
        #expect(response.status == .ok)
        _ = try await response.body.collect(upTo: 1 << 20)
    }
}
