import AsyncHTTPClient
import Foundation
import GAS
import GASAWS
import GASTesting
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

/// S3 with the storage class Glacier Flexible Retrieval, as AWS describes it, in memory and by the test's clock: no emulator
/// has restorations that take time, expire, are refused, or are under way already. A "day" of a restored copy is an hour.
/// See https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html.
final class S3GlacierStage: AWSTransport {
    private struct Object {
        var bytes: Data
        let headers: [(String, String)]
        let modified: Date
        var tags = "<Tagging><TagSet></TagSet></Tagging>"
        var ready: Date?
        var expires: Date?
    }

    private struct State {
        var objects: [String: Object] = [:]
        var events: [(due: Date, body: Data)] = []
        var refusesExpedited = false
    }

    private let clock: any WallClock
    private let state = Mutex(State())

    init(clock: any WallClock) {
        self.clock = clock
    }

    func refuseExpedited() { state.withLock { $0.refusesExpedited = true } }

    func damage(_ key: String) {
        state.withLock { state in
            guard var object = state.objects[key] else { return }
            object.bytes[object.bytes.count / 2] ^= 4
            state.objects[key] = object
        }
    }

    /// What S3 has announced since the last call.
    func takeEvents() -> [Data] {
        let now = clock.now
        return state.withLock { state in
            defer { state.events.removeAll { $0.due <= now } }
            return state.events.filter { $0.due <= now }.map(\.body)
        }
    }

    func execute(
        _ request: HTTPClientRequest, timeout: TimeAmount, logger: Logger?
    ) async throws -> HTTPClientResponse {
        let request = try await StageRequest(request)
        let key = request.path.split(separator: "/", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
        return state.withLock { state in
            if request.query["list-type"] == "2" { return list(request, state) }
            switch (request.method, request.query.keys.first) {
            case ("PUT", nil): return put(request, key, &state)
            case ("DELETE", nil):
                state.objects[key] = nil
                return .stage(.noContent)
            default: break
            }
            guard var object = state.objects[key] else { return .xmlError(.notFound, "NoSuchKey") }
            defer { state.objects[key] = state.objects[key] == nil ? nil : object }
            switch (request.method, request.query.keys.first) {
            case ("HEAD", nil): return .stage(.ok, headers: headers(object))
            case ("GET", nil):
                guard isReadable(object) else { return .xmlError(.forbidden, "InvalidObjectState") }
                return .stage(.ok, object.bytes, headers: headers(object))
            case ("PUT", "tagging"):
                object.tags = String(decoding: request.body, as: UTF8.self)
                return .stage(.ok)
            case ("GET", "tagging"): return .stage(.ok, object.tags)
            case ("POST", "restore"): return restore(request, key, &object, &state)
            default: return .xmlError(.notImplemented, "NotImplemented")
            }
        }
    }

    private func put(_ request: StageRequest, _ key: String, _ state: inout State) -> HTTPClientResponse {
        guard request.headers.first(name: "x-amz-storage-class") == "GLACIER" else {
            return .xmlError(.badRequest, "InvalidStorageClass")
        }
        guard state.objects[key] == nil || request.headers.first(name: "If-None-Match") != "*" else {
            return .xmlError(.preconditionFailed, "PreconditionFailed")
        }
        let kept = request.headers.filter { $0.name.lowercased().hasPrefix("x-amz-meta-") }
        state.objects[key] = Object(
            bytes: request.body, headers: kept.map { ($0.name, $0.value) }, modified: clock.now)
        return .stage(.ok, headers: [("Date", clock.now.inHeader)])
    }

    private func isReadable(_ object: Object) -> Bool {
        guard let ready = object.ready, let expires = object.expires else { return false }
        return ready <= clock.now && clock.now < expires
    }

    private func isUnderWay(_ object: Object) -> Bool { object.ready.map { clock.now < $0 } ?? false }

    private func headers(_ object: Object) -> [(String, String)] {
        var headers =
            object.headers + [
                ("Last-Modified", object.modified.inHeader), ("Content-Length", "\(object.bytes.count)"),
                ("x-amz-storage-class", "GLACIER"),
            ]
        if isUnderWay(object) {
            headers.append(("x-amz-restore", "ongoing-request=\"true\""))
        } else if isReadable(object), let expires = object.expires {
            headers.append(("x-amz-restore", "ongoing-request=\"false\", expiry-date=\"\(expires.inHeader)\""))
        }
        return headers
    }

    private func restore(
        _ request: StageRequest, _ key: String, _ object: inout Object, _ state: inout State
    ) -> HTTPClientResponse {
        let delays = ["Expedited": 60.0, "Standard": 600, "Bulk": 6000]
        guard let days = request.text(between: "<Days>", and: "</Days>").flatMap({ Double($0) }),
            let tier = request.text(between: "<Tier>", and: "</Tier>"), let delay = delays[tier]
        else { return .xmlError(.badRequest, "MalformedXML") }
        if isUnderWay(object) { return .xmlError(.conflict, "RestoreAlreadyInProgress") }
        if isReadable(object) {
            object.expires = clock.now.addingTimeInterval(days * 3600)
            return .stage(.ok)
        }
        if tier == "Expedited", state.refusesExpedited {
            return .xmlError(.serviceUnavailable, "GlacierExpeditedRetrievalNotAvailable")
        }
        let ready = clock.now.addingTimeInterval(delay)
        object.ready = ready
        object.expires = ready.addingTimeInterval(days * 3600)
        state.events.append((ready, Self.event("ObjectRestore:Completed", key)))
        return .stage(.accepted)
    }

    /// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    static func event(_ names: String..., key: String) -> Data { event(names, key) }

    private static func event(_ name: String, _ key: String) -> Data { event([name], key) }

    private static func event(_ names: [String], _ key: String) -> Data {
        let encoded = key.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? key
        let records = names.map { name in
            """
            {"eventVersion": "2.1", "eventSource": "aws:s3", "eventName": "\(name)", "s3": {"s3SchemaVersion": "1.0",
             "bucket": {"name": "archive", "arn": "arn:aws:s3:::archive"}, "object": {"key": "\(encoded)", "size": 1}},
             "glacierEventData": {"restoreEventData": {"lifecycleRestoreStorageClass": "GLACIER"}}}
            """
        }
        return Data("{\"Records\": [\(records.joined(separator: ", "))]}".utf8)
    }

    private func list(_ request: StageRequest, _ state: State) -> HTTPClientResponse {
        let after = request.query["start-after"] ?? ""
        let limit = request.query["max-keys"].flatMap { Int($0) } ?? 1000
        let keys = state.objects.keys.sorted().filter { $0 > after }
        let contents = keys.prefix(limit).map { key in
            "<Contents><Key>\(key)</Key><LastModified>\(state.objects[key]?.modified.inDocument ?? "")</LastModified>"
                + "<Size>\(state.objects[key]?.bytes.count ?? 0)</Size></Contents>"
        }
        return .stage(
            .ok,
            "<ListBucketResult><IsTruncated>false</IsTruncated>\(contents.joined())</ListBucketResult>")
    }
}
