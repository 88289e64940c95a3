import AsyncHTTPClient
import Crypto
import Foundation
import GAS
import GASAWS
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// A vault as AWS describes it, in memory and by the test's clock: with ids of its own, tree hashes that it compares, jobs
/// that take time, announce their end and expire, and a tier without capacity. Inventories are there at once.
/// See https://docs.aws.amazon.com/amazonglacier/latest/dev/amazon-glacier-api.html.
final class VaultStage: AWSTransport {
    struct Archive {
        var bytes: Data
        let tree: String
        let description: String
        let created: Date
    }

    struct Job {
        let id: String
        let archiveID: String?
        let description: String?
        let begun: Date
        let ready: Date
        var bytes = Data()
        var tree: String?
        var label = ""
    }

    struct State {
        var archives: [String: Archive] = [:]
        var uploads: [String: (description: String, parts: [Int: Data])] = [:]
        var jobs: [Job] = []
        var announced: Set<String> = []
        var lastID = 0
        var refusesExpedited = false
    }

    let clock: any WallClock
    let keepSeconds = 3600.0
    let state = Mutex(State())

    init(clock: any WallClock) {
        self.clock = clock
    }

    func refuseExpedited() { state.withLock { $0.refusesExpedited = true } }

    var archiveCount: Int { state.withLock { $0.archives.count } }

    /// Damages what will be read: the archive's bytes and those of jobs that have them already.
    func damage(_ id: String) {
        state.withLock { state in
            for index in state.jobs.indices where state.jobs[index].archiveID == id {
                state.jobs[index].bytes[state.jobs[index].bytes.count / 2] ^= 4
            }
        }
    }

    /// The ends of jobs that have been announced since the last call.
    func takeAnnouncements() -> [Data] {
        let now = clock.now
        return state.withLock { state in
            let due = state.jobs.filter { $0.archiveID != nil && $0.ready <= now && !state.announced.contains($0.id) }
            state.announced.formUnion(due.map(\.id))
            return due.map { Data(document($0).utf8) }
        }
    }

    func execute(
        _ request: HTTPClientRequest, timeout: TimeAmount, logger: Logger?
    ) async throws -> HTTPClientResponse {
        let request = try await StageRequest(request)
        guard request.headers.first(name: "x-amz-glacier-version") == "2012-06-01",
            request.path.hasPrefix("/-/vaults/vault/")
        else { return refusal(.badRequest, "InvalidParameterValueException") }
        let parts = request.path.split(separator: "/", maxSplits: 4).dropFirst(3).map(String.init)
        let (kind, rest) = (parts.first ?? "", parts.count > 1 ? parts[1] : nil)
        return state.withLock { state in
            switch (request.method, kind, rest) {
            case ("POST", "archives", nil): return upload(request, &state)
            case ("DELETE", "archives", let id?):
                return state.archives.removeValue(forKey: id) == nil ? missing : .stage(.noContent)
            case ("POST", "multipart-uploads", nil): return beginUpload(request, &state)
            case ("PUT", "multipart-uploads", let id?): return takePart(request, id, &state)
            case ("POST", "multipart-uploads", let id?): return endUpload(request, id, &state)
            case ("DELETE", "multipart-uploads", let id?):
                state.uploads[id] = nil
                return .stage(.noContent)
            case ("POST", "jobs", nil): return beginJob(request, &state)
            case ("GET", "jobs", nil):
                let list = living(state).map(document).joined(separator: ", ")
                return .stage(.ok, "{\"JobList\": [\(list)], \"Marker\": null}")
            case ("GET", "jobs", let path?): return job(path, state)
            default: return refusal(.badRequest, "InvalidParameterValueException")
            }
        }
    }

    func refusal(_ status: HTTPResponseStatus, _ code: String) -> HTTPClientResponse {
        .stage(status, "{\"code\": \"\(code)\", \"message\": \"a test says so\", \"type\": \"Client\"}")
    }

    var missing: HTTPClientResponse { refusal(.notFound, "ResourceNotFoundException") }

    private func upload(_ request: StageRequest, _ state: inout State) -> HTTPClientResponse {
        guard !request.body.isEmpty, hasRightHashes(request) else {
            return refusal(.badRequest, "InvalidParameterValueException")
        }
        return keep(request.body, request.headers.first(name: "x-amz-archive-description") ?? "", &state)
    }

    private func hasRightHashes(_ request: StageRequest) -> Bool {
        let sha256 = SHA256.hash(data: request.body).map { String(format: "%02x", $0) }.joined()
        return request.headers.first(name: "x-amz-content-sha256") == sha256
            && request.headers.first(name: "x-amz-sha256-tree-hash") == Self.treeHash(request.body)
    }

    private func keep(_ bytes: Data, _ description: String, _ state: inout State) -> HTTPClientResponse {
        state.lastID += 1
        let id = "archive\(10_000 - state.lastID)-_"
        state.archives[id] = Archive(
            bytes: bytes, tree: Self.treeHash(bytes), description: description, created: clock.now)
        return .stage(.created, headers: [("x-amz-archive-id", id)])
    }

    private func beginUpload(_ request: StageRequest, _ state: inout State) -> HTTPClientResponse {
        state.lastID += 1
        let id = "upload\(state.lastID)"
        state.uploads[id] = (request.headers.first(name: "x-amz-archive-description") ?? "", [:])
        return .stage(.created, headers: [("x-amz-multipart-upload-id", id)])
    }

    private func takePart(_ request: StageRequest, _ id: String, _ state: inout State) -> HTTPClientResponse {
        let range = request.headers.first(name: "Content-Range") ?? ""
        guard let start = range.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Int($0) }),
            hasRightHashes(request), state.uploads[id] != nil
        else { return refusal(.badRequest, "InvalidParameterValueException") }
        state.uploads[id]?.parts[start] = request.body
        return .stage(.noContent)
    }

    private func endUpload(_ request: StageRequest, _ id: String, _ state: inout State) -> HTTPClientResponse {
        guard let upload = state.uploads[id] else { return missing }
        let bytes = upload.parts.sorted { $0.key < $1.key }.reduce(into: Data()) { $0.append($1.value) }
        guard request.headers.first(name: "x-amz-archive-size") == "\(bytes.count)",
            request.headers.first(name: "x-amz-sha256-tree-hash") == Self.treeHash(bytes)
        else { return refusal(.badRequest, "InvalidParameterValueException") }
        state.uploads[id] = nil
        return keep(bytes, upload.description, &state)
    }

    /// The definition, word for word: hashes of mebibytes, then of pairs.
    static func treeHash(_ bytes: Data) -> String {
        var level = stride(from: 0, to: max(1, bytes.count), by: 1 << 20).map { start in
            Data(SHA256.hash(data: bytes.dropFirst(start).prefix(1 << 20)))
        }
        while level.count > 1 {
            var next: [Data] = []
            for index in stride(from: 0, to: level.count, by: 2) {
                next.append(
                    index + 1 < level.count ? Data(SHA256.hash(data: level[index] + level[index + 1])) : level[index])
            }
            level = next
        }
        return level[0].map { String(format: "%02x", $0) }.joined()
    }
}
