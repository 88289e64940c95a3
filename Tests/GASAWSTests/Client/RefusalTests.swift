import AsyncHTTPClient
import Foundation
import GAS
import GASAWS
import GASTesting
import NIOHTTP1
import Testing

/// What the service makes of refusals.
@Suite(.timeLimit(.minutes(1)))
struct RefusalTests {
    /// AWS's word counts, for some services refuse with 400 what others refuse with 403.
    @Test(arguments: [
        ("AccessDeniedException", GASError.Code.internal, "Permit"),
        ("UnrecognizedClientException", .internal, "does not know"),
        ("ExpiredTokenException", .internal, "expired"), ("ResourceNotFoundException", .unavailable, ""),
        ("ValidationException", .internal, ""),
    ])
    func refusalsOfServicesThatSpeakJSON(_ code: String, _ expected: GASError.Code, _ remedy: String) async throws {
        let transport = ScriptedTransport(.answer(.jsonError(.badRequest, code)))
        let error = await #expect(throws: GASError.self) {
            try await DynamoDBJobStore(table: "t", client: AWSStage.client(of: transport, retries: 1)).job(
                JobID(rawValue: "j"))
        }
        #expect(error?.code == expected)
        let reason = try #require(error?.underlying as? AWSError)
        #expect(reason.operation == "GetItem" && "\(reason)".contains("dynamodb GetItem: \(code)"))
        #expect(remedy.isEmpty ? reason.remedy == nil : reason.remedy?.contains(remedy) == true)
    }

    /// A missing bucket is a fault of the service's, a missing object an answer.
    @Test func missingPlacesAndMissingThings() async throws {
        func store(_ transport: ScriptedTransport) -> S3ObjectStore {
            S3ObjectStore(client: AWSStage.client(of: transport, retries: 1))
        }
        let location = ObjectLocation(bucket: "b", key: "k")
        for (code, expected) in [("NoSuchBucket", GASError.Code.unavailable), ("NoSuchKey", .notFound)] {
            let transport = ScriptedTransport(.answer(.xmlError(.notFound, code)))
            let error = await #expect(throws: GASError.self) { try await store(transport).get(location, limit: 1) }
            #expect(error?.code == expected)
        }
        // An answer to HEAD has no words: what S3 says against the bucket counts.
        let gone = ScriptedTransport(.answer(.stage(.notFound)), .answer(.xmlError(.notFound, "NoSuchBucket")))
        let error = await #expect(throws: GASError.self) { try await store(gone).metadata(location) }
        #expect(error?.code == .unavailable)
        let empty = ScriptedTransport(.answer(.stage(.notFound)), .answer(.stage(.ok, "<ListBucketResult/>")))
        #expect(try await store(empty).metadata(location) == nil)
        #expect(empty.requests.map(\.method) == ["HEAD", "GET"] && empty.requests[1].query["max-keys"] == "0")
    }

    /// Credentials that have ended get an answer without words to HEAD, and are fetched anew all the same.
    @Test func headsWithExpiredCredentials() async throws {
        let transport = ScriptedTransport(
            .answer(.stage(.badRequest)), .answer(.xmlError(.badRequest, "ExpiredToken")),
            .answer(.stage(.ok, "<ListBucketResult/>")), .answer(.stage(.ok, "", headers: [("Content-Length", "5")])))
        let store = S3ObjectStore(client: AWSStage.client(of: transport, credentials: CredentialStage.renewed()))
        #expect(try await store.metadata(ObjectLocation(bucket: "b", key: "k"))?.size == 5)
        #expect(
            transport.requests.map { $0.headers.first(name: "X-Amz-Security-Token") } == ["t1", "t1", "t2", "t2"])
    }
}
