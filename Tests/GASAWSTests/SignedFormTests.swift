import Crypto
import Foundation
import GAS
import GASAWS
import NIOCore
import NIOHTTP1
import Testing

/// What is signed and sent without a server that looks at it.
@Suite(.timeLimit(.minutes(1)))
struct SignedFormTests {
    /// S3 takes nothing that was signed with credentials which have ended.
    @Test(arguments: [60.0, 7200.0])
    func aFormEndsWithTemporaryCredentials(_ lifetime: Double) async throws {
        let clock = NotingClock()
        let ends = clock.now.addingTimeInterval(lifetime)
        let chain = CredentialChain(
            sources: [
                CredentialSource(name: "a test") {
                    AWSCredentials(accessKeyID: "a", secretAccessKey: "b", sessionToken: "c", expires: ends)
                }
            ], clock: clock)
        let client = AWSStage.client(of: ScriptedTransport([]), clock: clock, credentials: chain)
        let form = try await S3ObjectStore(client: client).signUpload(
            UploadPolicy(
                bucket: "b", keyPrefix: "k/", sizes: 1...9, expires: clock.now.addingTimeInterval(3600),
                successRedirect: "https://localhost/"))
        let policy = try #require(form.fields.first { $0.name == "policy" }.flatMap { Data(base64Encoded: $0.value) })
        let expected = min(ends, clock.now.addingTimeInterval(3600))
        #expect(String(decoding: policy, as: UTF8.self).contains("\"expiration\":\"\(expected.inDocument)\""))
    }

    /// Each part goes up with its own hash and the upload with that of the whole, whatever the sizes.
    @Test(arguments: [(300_001, 100_000), (524_288, 262_144), (1_000_000, 999_999)])
    func partsAndTheirHashes(_ size: Int, _ part: Int) async throws {
        let bytes = Data((0..<size).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 9) })
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("gas-\(UUID().uuidString)").path
        try bytes.write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let begun = ScriptedTransport.Step.answer(.stage(.ok, "<R><UploadId>u</UploadId></R>"))
        let sent = ScriptedTransport.Step.answer(.stage(.ok, headers: [("ETag", "e")]))
        let parts = (size + part - 1) / part
        let transport = ScriptedTransport(
            [begun] + Array(repeating: sent, count: parts)
                + [.answer(.stage(.ok, "<CompleteMultipartUploadResult/>"))])
        let store = S3ObjectStore(
            client: AWSStage.client(of: transport), settings: S3Settings(partBytes: part, parallelParts: 1))
        let written = try await store.put(file: path, at: ObjectLocation(bucket: "b", key: "k"))
        func hash(_ data: Data) -> String { SHA256.hash(data: data).map { String(format: "%02x", $0) }.joined() }
        let requests = transport.requests
        #expect(written.sha256 == hash(bytes) && written.size == size)
        #expect(requests.first?.headers.first(name: "x-amz-meta-gas-sha256") == hash(bytes))
        let puts = requests.filter { $0.method == "PUT" }
        #expect(puts.count == parts && puts.reduce(Data()) { $0 + $1.body } == bytes)
        #expect(puts.allSatisfy { $0.headers.first(name: "x-amz-content-sha256") == hash($0.body) })
    }
}
