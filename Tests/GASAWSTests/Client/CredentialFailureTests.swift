import Foundation
import GAS
import GASAWS
import GASTesting
import HTTPTypes
import Testing

/// Sources of credentials that fail, or give half of what they should.
@Suite(.timeLimit(.minutes(1)))
struct CredentialFailureTests {
    /// An endpoint that is busy for a moment does not end the service.
    @Test(arguments: [
        LoopbackServer.Answer.text("busy", status: .internalServerError), .text("slower", status: .tooManyRequests),
        .broken,
    ])
    func whatPassesIsAskedAgain(_ answer: LoopbackServer.Answer) async throws {
        let server = LoopbackServer()
        server.set("GET /c", answer, answer, .text(CredentialStage.document))
        server.set("GET /d", answer)
        try await server.serve { origin, http in
            func credentials(_ path: String) async throws -> AWSCredentials {
                try await CredentialStage.chain(
                    .container(
                        ["AWS_CONTAINER_CREDENTIALS_FULL_URI": origin + path], http: http,
                        patience: CredentialStage.patience)
                ).credentials()
            }
            let found = try await credentials("/c")
            #expect(found.accessKeyID == "ASIAEXAMPLE")
            let error = await #expect(throws: GASError.self) { try await credentials("/d") }
            #expect(error?.code == .unavailable)
        }
        #expect(server.calls.count == 6)
    }

    /// Whoever has put credentials elsewhere learns that there are none.
    @Test func aRefusalTellsWhereElseWasLooked() async throws {
        let server = LoopbackServer()
        server.set("PUT /latest/api/token", .text("no", status: .forbidden))
        try await server.serve { origin, http in
            let chain = CredentialChain.standard(
                [
                    "AWS_EC2_METADATA_SERVICE_ENDPOINT": origin, "AWS_PROFILE": "", "AWS_ACCESS_KEY_ID": "",
                    "AWS_CONFIG_FILE": "/nowhere", "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
                ], settings: AWSSettings(region: "us-east-1"), http: http, clock: SystemClock())
            let error = await #expect(throws: GASError.self) { try await chain.credentials() }
            let message = try #require(error?.message)
            for part in ["status 403", "the environment", "the profile default", "a web identity", "the container"] {
                #expect(message.contains(part))
            }
            #expect((error?.underlying as? any Remediable)?.remedy?.contains("docs/aws.md") == true)
        }
    }

    /// A variable that is set to nothing would be signed as an empty token, which AWS refuses.
    @Test func anEmptySessionTokenIsNone() async throws {
        let variables = ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_SESSION_TOKEN": ""]
        let credentials = try await CredentialStage.chain(.environment(variables)).credentials()
        #expect(credentials == AWSCredentials(accessKeyID: "a", secretAccessKey: "b"))
        let signature = SignatureV4(credentials: credentials, region: "us-east-1", service: "sqs")
        let headers = signature.headers(
            for: SignableRequest(method: "POST", host: "a", payload: .unsigned), date: Date(timeIntervalSince1970: 0))
        #expect(headers.map(\.name) == ["X-Amz-Date", "Authorization"])
    }
}
