import AsyncHTTPClient
import Foundation
import GAS
import GASAWS
import Logging
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

/// An upload in parts whose process ends meanwhile.
@Suite(.timeLimit(.minutes(1)))
struct AbandonedUploadTests {
    /// Names an upload, keeps its parts for ever, and notes what is asked of it.
    private final class Stage: AWSTransport {
        private let state = Mutex<[StageRequest]>([])
        var requests: [StageRequest] { state.withLock { $0 } }

        func execute(
            _ request: HTTPClientRequest, timeout: TimeAmount, logger: Logger?
        ) async throws -> HTTPClientResponse {
            let request = try await StageRequest(request)
            state.withLock { $0.append(request) }
            switch request.method {
            case "POST":
                return .stage(.ok, "<R><UploadId>u</UploadId></R>", headers: [("x-amz-multipart-upload-id", "u")])
            case "PUT": try await Task.sleep(for: .seconds(600))
            default: try Task.checkCancellation()
            }
            return .stage(.noContent)
        }
    }

    private func file() throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("gas-\(UUID().uuidString)").path
        try Data(repeating: 7, count: 3 << 20).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func cancelled(_ stage: Stage, _ upload: @escaping @Sendable (String) async throws -> Void) async throws {
        let path = try file()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let task = Task { try await upload(path) }
        while !stage.requests.contains(where: { $0.method == "PUT" }) { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        await #expect(throws: (any Error).self) { try await task.value }
    }

    @Test func anUploadToS3IsAbandoned() async throws {
        let stage = Stage()
        try await cancelled(stage) { path in
            let store = S3ObjectStore(client: AWSStage.client(of: stage), settings: S3Settings(partBytes: 1 << 20))
            _ = try await store.put(file: path, at: ObjectLocation(bucket: "b", key: "k"))
        }
        #expect(stage.requests.last?.method == "DELETE" && stage.requests.last?.query["uploadId"] == "u")
    }

    @Test func anUploadToAVaultIsAbandoned() async throws {
        let stage = Stage()
        try await cancelled(stage) { path in
            let archive = VaultArchive(
                vault: "v", topic: "t", client: AWSStage.client(of: stage), settings: VaultSettings(partBytes: 1 << 20),
                clock: SystemClock())
            _ = try await archive.put(file: path, name: "n")
        }
        #expect(
            stage.requests.last?.method == "DELETE"
                && stage.requests.last?.path.hasSuffix("multipart-uploads/u") == true)
    }
}
