import AsyncHTTPClient
import Foundation
import GAS
import NIOCore
import NIOHTTP1

/// How downloads are made.
public struct DownloadSettings: Sendable, Hashable {
    /// How often a broken download is gone on with.
    public var retries: Int
    /// Seconds before the first of these; doubled with each.
    public var backoff: Double
    /// Seconds without a byte after which a connection is given up.
    public var patience: Double

    /// States how.
    public init(retries: Int, backoff: Double, patience: Double) {
        self.retries = retries
        self.backoff = backoff
        self.patience = patience
    }
}

/// Downloads large files: what a broken connection or a stopped program has left is gone on with, and what has arrived is
/// checked before it gets its name.
public struct Downloader: Sendable {
    private let client: HTTPClient
    private let settings: DownloadSettings
    private let clock: any WallClock

    /// Downloads with a client.
    public init(client: HTTPClient, settings: DownloadSettings, clock: any WallClock) {
        self.client = client
        self.settings = settings
        self.clock = clock
    }

    /// Downloads a file unless it is there and as its checksum says.
    /// - Parameters:
    ///   - url: where it is.
    ///   - checksums: where the list of checksums is, if there is one.
    ///   - file: where it goes; a part is kept beside it under `.part`.
    ///   - progress: called for every piece with the bytes that are there and, if the server says so, those of all.
    /// - Throws: `corrupted` when what arrived is not what the list says; it is removed then. `notFound` when the server
    ///   does not have it; `unavailable` when the connection broke too often.
    public func download(
        _ url: String, checksums: String?, to file: String,
        progress: @escaping @Sendable (_ bytes: Int, _ total: Int?) -> Void
    ) async throws {
        let checksum = try await checksum(of: url, in: checksums)
        if FileManager.default.fileExists(atPath: file), try checksum?.matches(file: file) ?? true { return }
        let part = file + ".part"
        try await insist { try await resume(url, into: part, progress: progress) }
        if let checksum, try !checksum.matches(file: part) {
            try FileManager.default.removeItem(atPath: part)
            throw GASError(
                .corrupted, "What was downloaded from \(url) is not what its checksum says. Start the download again.")
        }
        _ = try? FileManager.default.removeItem(atPath: file)
        try FileManager.default.moveItem(atPath: part, toPath: file)
        try? FileManager.default.removeItem(atPath: Validator.path(part))
    }

    private func checksum(of url: String, in list: String?) async throws -> Checksum? {
        guard let list else { return nil }
        let text = try await insist { () async throws -> String in
            let response = try await execute(HTTPClientRequest(url: list), list)
            return String(buffer: try await response.body.collect(upTo: 16 << 20))
        }
        let name = url.split(separator: "/").last.map(String.init) ?? ""
        guard let checksum = Checksum(for: name, in: text) else {
            throw GASError(.notFound, "The list \(list) does not name \(name).")
        }
        return checksum
    }

    /// Goes on where the part ends, if the server still has the same file.
    private func resume(
        _ url: String, into part: String, progress: @Sendable (_ bytes: Int, _ total: Int?) -> Void
    ) async throws {
        var request = HTTPClientRequest(url: url)
        let validator = Validator(part)
        var have = validator == nil ? 0 : Downloader.size(of: part)
        if have > 0, let validator {
            request.headers.add(name: "Range", value: "bytes=\(have)-")
            request.headers.add(name: "If-Range", value: validator.value)
        }
        let response = try await execute(request, url)
        if response.status != .partialContent { have = 0 }
        try Validator(response.headers)?.save(beside: part)
        if have == 0, !FileManager.default.createFile(atPath: part, contents: nil) {
            throw GASError(.invalid, "The file \(part) cannot be written.")
        }
        let total = response.headers.first(name: "Content-Length").flatMap { Int($0) }.map { $0 + have }
        guard let output = FileHandle(forWritingAtPath: part) else {
            throw GASError(.invalid, "The file \(part) cannot be written.")
        }
        defer { try? output.close() }
        try output.seekToEnd()
        for try await piece in response.body {
            try output.write(contentsOf: Data(piece.readableBytesView))
            have += piece.readableBytes
            progress(have, total)
        }
        try output.synchronize()
        guard total.map({ $0 == have }) ?? true else {
            throw GASError(.unavailable, "The connection to \(url) ended too soon.")
        }
    }

    private func execute(_ request: HTTPClientRequest, _ url: String) async throws -> HTTPClientResponse {
        let response = try await client.execute(request, timeout: .seconds(Int64(settings.patience)))
        switch response.status.code {
        case 200, 206: return response
        case 416:
            throw GASError(.unavailable, "The server has a shorter file at \(url) now.")
        case 429, 500...:
            throw GASError(.unavailable, "The server answered \(response.status.code) for \(url).")
        default:
            throw GASError(
                .notFound,
                "There is no file at \(url) (status \(response.status.code)). Check the base address in the settings.")
        }
    }

    /// Tries again what may work later; each try goes on where the last one stopped.
    private func insist<Value>(_ body: () async throws -> Value) async throws -> Value {
        var pause = settings.backoff
        for _ in 0..<settings.retries {
            do {
                return try await body()
            } catch is CancellationError {
                throw CancellationError()
            } catch let error as GASError where !error.isTransient {
                throw error
            } catch {
                try await clock.sleep(seconds: pause)
                pause *= 2
            }
        }
        do {
            return try await body()
        } catch let error as GASError {
            throw error
        } catch {
            throw GASError(
                .unavailable, "The download broke off \(settings.retries + 1) times; try again later.", cause: error)
        }
    }

    private static func size(of path: String) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }
}

/// What tells whether the server still has the file that a part is of (RFC 9110, section 13.1.5): a strong ETag, or else
/// the time of the last change.
private struct Validator {
    let value: String

    static func path(_ part: String) -> String { part + ".validator" }

    /// Of a part that is there.
    init?(_ part: String) {
        guard let data = FileManager.default.contents(atPath: Self.path(part)) else { return nil }
        value = String(decoding: data, as: UTF8.self)
    }

    /// Of a response.
    init?(_ headers: HTTPHeaders) {
        let tag = headers.first(name: "ETag").flatMap { $0.hasPrefix("W/") ? nil : $0 }
        guard let value = tag ?? headers.first(name: "Last-Modified") else { return nil }
        self.value = value
    }

    func save(beside part: String) throws {
        try Data(value.utf8).write(to: URL(fileURLWithPath: Self.path(part)))
    }
}
