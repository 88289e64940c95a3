import Foundation
import GAS
import Logging
import NIOHTTP1

/// Uploads in parts: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html.
extension S3ObjectStore {
    /// S3's limit.
    private static let mostParts = 10_000

    /// Bytes of each part of a large file.
    func partSize(of size: Int) -> Int { max(settings.partBytes, (size + Self.mostParts - 1) / Self.mostParts) }

    /// Uploads a large file. Nobody sees it before it is complete.
    func putParts(
        of hashed: HashedFile, size: Int, at location: ObjectLocation, mode: WriteMode
    ) async throws -> ObjectMetadata {
        try await translatingErrors {
            let upload = try await begin(sha256: hashed.sha256, at: location)
            do {
                let tags = try await send(hashed.parts, of: upload, at: location)
                try await complete(upload, tags, at: location, mode: mode)
            } catch {
                await abandon(upload, at: location)
                throw error
            }
            return ObjectMetadata(location: location, size: size, sha256: hashed.sha256, modified: client.now)
        }
    }

    private func begin(sha256: String, at location: ObjectLocation) async throws -> String {
        var request = request("POST", location, query: [("uploads", "")])
        request.headers = headers(sha256: sha256)
        let answer = try await client.send(request)
        guard let upload = XMLNode(parsing: answer.value)?["UploadId"]?.text else {
            throw GASError(.internal, "S3 did not name the upload of \(location).")
        }
        return upload
    }

    /// Sends so many parts at a time, and one more for each that has arrived.
    private func send(
        _ parts: [HashedFile.Part], of upload: String, at location: ObjectLocation
    ) async throws -> [Int: String] {
        try await withThrowingTaskGroup(of: (Int, String).self) { group in
            var waiting = parts.enumerated().makeIterator()
            func sendNext() {
                guard let (index, part) = waiting.next() else { return }
                group.addTask { (index + 1, try await send(part, number: index + 1, of: upload, at: location)) }
            }
            for _ in 0..<settings.parallelParts { sendNext() }
            var tags: [Int: String] = [:]
            while let (number, tag) = try await group.next() {
                tags[number] = tag
                sendNext()
            }
            return tags
        }
    }

    private func send(
        _ part: HashedFile.Part, number: Int, of upload: String, at location: ObjectLocation
    ) async throws -> String {
        var request = request("PUT", location, query: [("partNumber", "\(number)"), ("uploadId", upload)])
        request.body = .file(
            path: part.file.path, offset: part.file.offset, count: part.file.count, sha256: part.sha256)
        guard let tag = try await client.send(request).headers.first(name: "ETag") else {
            throw GASError(.internal, "S3 did not acknowledge a part of \(location).")
        }
        return tag
    }

    private func complete(
        _ upload: String, _ tags: [Int: String], at location: ObjectLocation, mode: WriteMode
    ) async throws {
        let list = tags.sorted { $0.key < $1.key }.map { number, tag in
            let quoted = tag.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            return "<Part><PartNumber>\(number)</PartNumber><ETag>\(quoted)</ETag></Part>"
        }.joined()
        var request = request("POST", location, query: [("uploadId", upload)])
        request.headers = [("Content-Type", "application/xml")] + mode.headers
        request.body = .data(Data("<CompleteMultipartUpload>\(list)</CompleteMultipartUpload>".utf8))
        do {
            let body = try await client.send(request).value
            // S3 may begin its answer with status 200 before it knows the end.
            guard XMLNode(parsing: body)?.name == "CompleteMultipartUploadResult" else {
                throw AWSError(service: "s3", status: 500, body: body, requestID: nil)
            }
        } catch let error as AWSError where error.code == "NoSuchUpload" && error.attempts > 1 {
            // An earlier try has completed it, and its answer got lost.
            guard try await metadata(location) != nil else { throw error }
        }
    }

    /// Frees what an unfinished upload takes, also when the task is cancelled because the process ends. If that fails, a
    /// lifecycle rule of the bucket has to.
    private func abandon(_ upload: String, at location: ObjectLocation) async {
        let request = request("DELETE", location, query: [("uploadId", upload)])
        do {
            try await client.sendToTheEnd(request)
        } catch {
            client.logger.warning(
                "cannot abandon an upload", metadata: ["object": "\(location)", "error": "\(error)"])
        }
    }
}
