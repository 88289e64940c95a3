import AsyncHTTPClient
import Crypto
import Foundation
import GAS
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// Objects in S3, or whatever speaks its protocol.
/// See https://docs.aws.amazon.com/AmazonS3/latest/API.
///
/// Each object carries the SHA-256 of its bytes as metadata, in the same write as the bytes, and every read compares. What
/// a browser uploaded by itself carries none: its MD5, which S3 gives as the ETag, is compared instead.
public struct S3ObjectStore: ObjectStore {
    let client: AWSClient
    let settings: S3Settings

    static let checksumHeader = "x-amz-meta-gas-sha256"

    /// Keeps objects in the buckets that the client's credentials can reach.
    public init(client: AWSClient, settings: S3Settings = S3Settings()) {
        self.client = client
        self.settings = settings
    }

    /// Uploads a file, in parts if it is large.
    public func put(file: String, at location: ObjectLocation) async throws -> ObjectMetadata {
        try await put(file: file, at: location, mode: .replace)
    }

    /// What becomes of an object of that name which is there already.
    enum WriteMode {
        case replace
        /// It stays, and is the answer if it has the same bytes. S3 decides, so that of two writers one is the first.
        case keep
    }

    /// Uploads a file.
    /// - Throws: `conflict` when other bytes are there already and stay.
    func put(file: String, at location: ObjectLocation, mode: WriteMode) async throws -> ObjectMetadata {
        guard let size = try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int else {
            throw GASError(.notFound, "The file cannot be read.")
        }
        let whole = FilePart(path: file, offset: 0, count: size)
        if size > settings.partBytes {
            let hashed = try HashedFile(whole, inPartsOf: partSize(of: size))
            return try await keeping(hashed.sha256, at: location, mode) {
                try await putParts(of: hashed, size: size, at: location, mode: mode)
            }
        }
        let sha256 = try whole.sha256()
        return try await keeping(sha256, at: location, mode) {
            try await put(
                .file(path: file, offset: 0, count: size, sha256: sha256), size: size, sha256: sha256, at: location,
                mode: mode)
        }
    }

    /// What S3 has refused to replace is what was to be written, or an error.
    private func keeping(
        _ sha256: String, at location: ObjectLocation, _ mode: WriteMode,
        _ write: () async throws -> ObjectMetadata
    ) async throws -> ObjectMetadata {
        do {
            return try await write()
        } catch let error as GASError
            where mode == .keep && (error.underlying as? AWSError)?.code == "PreconditionFailed"
        {
            if let found = try await metadata(location), found.sha256 == sha256 { return found }
            throw GASError(.conflict, "Something else of that name is stored already.", cause: error.underlying)
        }
    }

    /// Uploads bytes.
    public func put(_ bytes: Data, at location: ObjectLocation) async throws -> ObjectMetadata {
        try await put(
            .data(bytes), size: bytes.count, sha256: SHA256.hash(data: bytes).hexadecimal, at: location, mode: .replace)
    }

    private func put(
        _ body: AWSBody, size: Int, sha256: String, at location: ObjectLocation, mode: WriteMode
    ) async throws -> ObjectMetadata {
        var request = request("PUT", location)
        request.headers = headers(sha256: sha256) + mode.headers
        request.body = body
        let answer = try await translatingErrors { [request] in try await client.send(request) }
        return ObjectMetadata(
            location: location, size: size, sha256: sha256,
            modified: answer.headers.first(name: "Date").flatMap(HTTPDate.parse) ?? client.now)
    }

    /// Downloads into a file of another name, which takes the name of the target when its bytes are the right ones.
    public func get(_ location: ObjectLocation, toFile file: String) async throws -> ObjectMetadata {
        let part = "\(file).\(UUID().uuidString).part"
        do {
            let answer = try await translatingErrors {
                try await client.send(request("GET", location)) { response in
                    try await Self.save(response, of: location, to: part)
                }
            }
            guard rename(part, file) == 0 else {
                throw GASError(.internal, "The file cannot be replaced.")
            }
            return answer.value
        } catch {
            if FileManager.default.fileExists(atPath: part) { try FileManager.default.removeItem(atPath: part) }
            throw error
        }
    }

    private static func save(
        _ response: HTTPClientResponse, of location: ObjectLocation, to file: String
    ) async throws -> ObjectMetadata {
        guard FileManager.default.createFile(atPath: file, contents: nil),
            let output = FileHandle(forWritingAtPath: file)
        else { throw GASError(.internal, "The file cannot be written.") }
        defer { try? output.close() }
        var check = ObjectCheck(response.headers)
        for try await piece in response.body {
            let bytes = Data(buffer: piece)
            check.update(bytes)
            do {
                try output.write(contentsOf: bytes)
            } catch {
                throw GASError(.internal, "The file cannot be written.", cause: error)
            }
        }
        do { try output.synchronize() } catch {
            throw GASError(.internal, "The file cannot be written.", cause: error)
        }
        return try check.verified(location)
    }

    /// Downloads into memory.
    public func get(_ location: ObjectLocation, limit: Int) async throws -> Data {
        let answer = try await translatingErrors {
            try await client.send(request("GET", location)) { response in
                let size = response.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
                guard size <= limit else {
                    throw GASError(.tooLarge, "The object has \(size) bytes; at most \(limit) were asked for.")
                }
                var check = ObjectCheck(response.headers)
                let bytes = Data(buffer: try await response.body.collect(upTo: limit))
                check.update(bytes)
                _ = try check.verified(location)
                return bytes
            }
        }
        return answer.value
    }

    /// Asks for the head of the object.
    public func metadata(_ location: ObjectLocation) async throws -> ObjectMetadata? {
        do {
            let headers = try await head(location)
            guard let size = headers.first(name: "Content-Length").flatMap({ Int($0) }) else {
                throw GASError(.internal, "S3 did not tell the size of \(location).")
            }
            return ObjectMetadata(
                location: location, size: size, sha256: headers.first(name: Self.checksumHeader),
                modified: headers.first(name: "Last-Modified").flatMap(HTTPDate.parse) ?? client.now)
        } catch let error as AWSError where error.isMissing {
            return nil
        } catch let error as AWSError {
            throw error.error
        }
    }

    /// Deletes the object.
    public func delete(_ location: ObjectLocation) async throws {
        do {
            _ = try await client.send(request("DELETE", location))
        } catch let error as AWSError where error.isMissing {
            return
        } catch let error as AWSError {
            throw error.error
        }
    }

    /// The head of an object. S3 gives no reasons there, since an answer to HEAD has no body: what it says against the bucket
    /// tells a missing bucket from a missing object, a wrong clock and credentials that have ended, and the client mends
    /// the last two.
    /// - Throws: `AWSError`.
    func head(_ location: ObjectLocation) async throws -> HTTPHeaders {
        let request = request("HEAD", location)
        do {
            return try await client.send(request).headers
        } catch let error as AWSError where [400, 403, 404].contains(error.status) {
            _ = try await client.send(
                self.request("GET", ObjectLocation(bucket: location.bucket, key: ""), query: Self.nothing))
            guard error.status != 404 else { throw error }
            return try await client.send(request).headers
        }
    }

    /// Asks for a list of no objects.
    static let nothing = [(name: "list-type", value: "2"), (name: "max-keys", value: "0")]

    /// What goes along with new bytes.
    func headers(sha256: String) -> [(name: String, value: String)] {
        [(Self.checksumHeader, sha256)]
            + (settings.encryption.map { [("x-amz-server-side-encryption", $0)] } ?? [])
            + (settings.storageClass.map { [("x-amz-storage-class", $0)] } ?? [])
    }

    func request(
        _ method: String, _ location: ObjectLocation, query: [(name: String, value: String)] = []
    ) -> AWSRequest {
        let address = S3Address(location, client.settings)
        var request = AWSRequest(service: "s3")
        request.method = method
        request.origin = address.origin
        request.path = address.path
        request.query = query
        request.operation = S3Operation.name(method, location, query)
        return request
    }
}

extension S3ObjectStore.WriteMode {
    /// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html.
    var headers: [(name: String, value: String)] { self == .keep ? [("If-None-Match", "*")] : [] }
}
